"""Arena: estimators where the mutual information is known, and by how much each is off."""

from __future__ import annotations

from typing import Any

from core.spec import Spec
from dashboard.screens.arena import contents, forms, sizes, staircase
from dashboard.text import t
from dashboard.widgets import fields, layout, player, server, starting
from dashboard.widgets.address import Address

NAME, FAMILY = "arena", forms.FAMILY
_FORMS = {"arena": forms.tasks, "staircase": forms.staircase, "sizes": forms.sizes}
_CONTENTS: dict[str, Any] = {"arena": contents, "staircase": staircase, "sizes": sizes}


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Arena"),
        t("Several estimators where the mutual information is known: by how much is each of them off?"),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left, starting.form(NAME) as start:
        titles = {"arena": t("Tasks"), "staircase": t("Staircase"), "sizes": t("Growing sizes")}
        method = fields.choice(address, "m", titles, t("Experiment"), t("What estimators are put to."))
        start.would(lambda: _FORMS[method](address))
    with right:
        player.panel(NAME, _shown, lambda: layout.empty(server.invitation(_appears(method))), family=FAMILY)
    address.close()


def _shown(shown: list[Any], chart: Any) -> None:
    if (spec := shown[-1].run.spec) is not None:
        _CONTENTS[spec.method].draw(shown[-1], chart)


def _appears(method: str) -> str:
    if method == "staircase":
        return t(
            "Press Start: the mutual information is raised in steps while critics train, and each of them has its line here."
        )
    if method == "sizes":
        return t("Press Start: estimates against the truth, and the seconds they take, appear here as the size grows.")
    return t("Press Start to compare. A map of errors fills here: a row for each task, a column for each estimator.")


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    return {"m": spec.method} | forms.settings(spec)
