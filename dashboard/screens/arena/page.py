"""Arena: estimators on tasks whose mutual information is known, and by how much each is off."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.data.references.tasks import TELLING
from core.distributions import tasks as all_tasks
from core.params import Param, Range, parameters
from core.spec import Spec
from core.sweeps.arena import Arena
from dashboard.screens.arena import contents
from dashboard.text import t, tn
from dashboard.widgets import fields, form, layout, player, server, starting
from dashboard.widgets.address import Address

NAME, FAMILY, METHOD = "arena", "sweeps", "arena"
_ROWS = Param("n", int, 2_000, "Rows that are drawn of each task.", Range(50, 100_000, log=True))


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Arena"),
        t("Several estimators on the same tasks, whose mutual information is known: by how much is each of them off?"),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left, starting.form(NAME) as start:
        start.would(lambda: _specs(address))
    with right:
        player.panel(
            NAME,
            lambda shown, chart: contents.draw(shown[-1], chart),
            lambda: layout.empty(
                server.invitation(
                    t(
                        "Press Start to compare. A map of errors fills here: a row for each task, a column for each estimator."
                    )
                )
            ),
            family=FAMILY,
        )
    address.close()


def _specs(address: Address) -> list[Spec] | str:
    """Which tasks, by which estimators, on how many rows. Errors: SpecError."""
    help = t("Their names are those of the benchmark Beyond Normal (2023), where all forty are described.")
    tasks = fields.several(address, "tasks", {name: name for name in all_tasks()}, TELLING, t("Tasks"), help)
    known = parameters(Arena)
    titles = fields.members(address, "estimators")
    help = t(
        "The first four take about a second for each task. One that trains is trained anew for each; auto takes longest."
    )
    methods = fields.several(address, "methods", titles, known["methods"].default, t("Estimators"), help)
    n = form.field(address, _ROWS, "n", t("Rows"))
    seeds = form.field(address, known["seeds"], "seeds", t("Samples of each task"))
    seed = fields.seed(address)
    if not tasks:
        return t("Choose at least one task.")
    if not methods:
        return t("Choose at least one estimator.")
    st.caption(tn("{n} estimate in all.", "{n} estimates in all.", len(tasks) * len(methods) * seeds))
    chosen = {"methods": methods, "seeds": seeds}
    return [fields.spec(FAMILY, METHOD, chosen, {"tasks": tasks, "n": n}, seed)]


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    seed = {"seed": spec.seed} if spec.seed else {}
    data = spec.data.model_dump()
    methods = {"methods": tuple(spec.parameters["methods"]), "seeds": spec.parameters["seeds"]}
    return seed | {"m": spec.method, "tasks": tuple(data["tasks"]), "n": data["n"]} | methods
