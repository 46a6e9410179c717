"""What can be asked of an estimator beyond its estimate: is there any dependence, and does it agree with itself?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import discover
from core.spec import Spec
from core.sweeps.consistency import extrapolated
from dashboard.charts import checks
from dashboard.text import plain, t
from dashboard.widgets import export, fields, player, scans, server
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import amount, title

_SWEEPS = ("permutations", "consistency")


def section(page: str, specs: Sequence[Spec] | str) -> None:
    """Folded away: two buttons that check the first of these runs, and what the last check found."""
    place = st.expander(t("Check the estimate"), key="estimate.checks", on_change="rerun")
    if not place.open:
        return
    with place:
        if isinstance(specs, str) or not specs:
            st.caption(plain(specs) if isinstance(specs, str) else t("Choose an estimator to check."))
            return
        spec = specs[0]
        _buttons(page, spec)
        player.panel(page, lambda shown, chart: _draw(shown[-1], chart), lambda: None, family="sweeps")


def _buttons(page: str, spec: Spec) -> None:
    """What is started, and what each of them asks."""
    trains = not discover.load(spec.family, spec.method).closed_form
    with st.container(horizontal=True):
        for sweep, label, off in (
            ("permutations", t("Permutation test"), trains),
            ("consistency", t("Self-consistency"), False),
        ):
            st.button(
                label,
                key=f"{page}:check.{sweep}",
                icon=":material/play_arrow:",
                disabled=off or not server.may_steer(),
                help=server.view_only() or None,
                on_click=_start,
                args=(page, spec, sweep),
            )
    _explained(spec, trains)


def _explained(spec: Spec, trains: bool) -> None:
    st.caption(
        t(
            "Of {method}. The permutation test asks whether there is any dependence: 200 estimates with y in another order. "
            "Self-consistency needs no truth: monotone maps must leave the estimate as it is, noise may only lower it, halves must "
            "add up, and smaller parts show where more rows would lead, in 20 estimates.",
            method=title(spec.method),
        )
    )
    if trains:
        st.caption(
            t("The permutation test is for estimators that do not train: each order would be a training of its own.")
        )


def _start(page: str, spec: Spec, sweep: str) -> None:
    asked = {"method": spec.method, "settings": [[name, value] for name, value in spec.parameters.items()]}
    data = spec.data.model_dump(exclude_none=True, exclude_defaults=True) | {"fresh": False}
    scans.beside(page, lambda: [fields.spec("sweeps", sweep, asked, data, spec.seed)])


def _draw(s: Shown, chart: Any) -> None:
    if s.run.spec is None:
        return
    figure = _permuted(s) if s.run.spec.method == "permutations" else _consistent(s)
    waiting = t("The picture appears here with the first estimates.")
    chart(f"check.{s.run.spec.method}").show(figure, height=320, waiting=waiting)
    if s.run.spec.method == "consistency" and s.result:
        _verdicts(s)
    if figure:
        export.figures("estimate.checks", {"check": figure})


def _permuted(s: Shown) -> dict[str, Any] | None:
    seen = s.picture("surrogates")
    if seen is None or not np.isfinite(seen["surrogates"]).any():
        return None
    heading = t("Estimates with y in another order")
    if "p_value" in s.result:
        p = s.result["p_value"]
        values = {
            "p": f"{p:.2g}" if p < 0.1 else f"{p:.2f}",
            "mi": amount(s.result["mi"], "nats"),
            "n": s.result["orders"],
        }
        heading = t("p = {p}: {mi} against {n} estimates without dependence", **values)
        if s.result["shifted"]:
            heading += " " + t("(the series shifted)")
    return checks.surrogates(seen["surrogates"], float(seen["mi"][0]), heading)


def _consistent(s: Shown) -> dict[str, Any] | None:
    rows = [row for row in s.result.get("rows", []) if row["check"] in ("whole", "parts")]
    if len(rows) < 3:
        return None
    line = extrapolated(rows)
    value = amount(line["mi"], "nats")
    return checks.subsamples(
        rows, line, t("Parts of the rows: as a line in 1/n, endless rows lead to {value}", value=value)
    )


def _verdicts(s: Shown) -> None:
    """Each check in a line, and the sentences of those that fail."""
    found = s.result["verdicts"]
    number = st.column_config.NumberColumn(format="%.3f")
    frame = _frame(found)
    config = {t("estimate"): number, t("to within"): number}
    st.dataframe(
        frame, hide_index=True, column_config=config, alt=t("What each check of self-consistency found, in nats.")
    )
    for sentence in s.result["findings"]:
        st.warning(plain(t(sentence)))
    if not s.result["findings"]:
        st.caption(t("No check found the estimator to contradict itself."))


def _frame(found: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("check"): [t(one["what"]) for one in found],
            t("estimate"): [one["mi"] for one in found],
            t("should be"): [f"{one['relation']} {one['expected']:.3f}" for one in found],
            t("to within"): [one["allowed"] for one in found],
            t("holds"): [one["holds"] for one in found],
        }
    )
