"""What is drawn of the runs: estimates against the truth, what a critic has learned, and what it minimises."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.text import t
from dashboard.widgets import export, trust_summary
from dashboard.widgets.estimate_charts import critic, curves, loss, routes
from dashboard.widgets.shown import Shown


def draw(page: str, shown: list[Shown], chart: Any, unit: str) -> None:
    """Numbers, curves, the learned surface beside the loss, the routes that were compared, what can be taken away, and
    how far to believe it."""
    trust_summary.numbers(shown, unit)
    figures = {
        "estimate": curves(shown, unit),
        "critic": critic(shown, unit),
        "loss": loss(shown),
        "routes": routes(shown, unit),
    }
    chart("mi").show(figures["estimate"], height=300 + 20 * max(0, len(shown) - 3))  # several have a longer legend
    if figures["loss"]:  # without one nothing is trained, and there is no surface to come
        _surface_and_loss(shown, chart, figures)
    if figures["routes"]:
        chart("routes").show(figures["routes"], height=130 + 34 * len(figures["routes"]["data"]))
        trust_summary.why(shown, unit)
    with st.container(horizontal=True):
        export.figures(page, figures)
        export.runs(page, [s.run.spec for s in shown if s.run.spec])
    trust_summary.reasons(shown, unit)


def _surface_and_loss(shown: list[Shown], chart: Any, figures: dict[str, Any]) -> None:
    picture, losses = st.columns([2.6, 1])
    with picture:
        waiting = t("The learned surface appears here once the critic has one to show.")
        if not any(s.run.active for s in shown):
            waiting = t("No surface was learned before the end.")
        chart("critic").show(figures["critic"], height=270, waiting=waiting)
    with losses:
        chart("loss").show(figures["loss"], height=270)
