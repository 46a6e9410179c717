"""Estimate: a distribution whose mutual information is known, and estimators that are watched approaching it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.spec import Spec, SpecError
from dashboard.pickers import distribution
from dashboard.screens.estimate import presets
from dashboard.text import t
from dashboard.widgets import export, fields, layout, player, run_settings, trust_summary
from dashboard.widgets.address import Address
from dashboard.widgets.estimate_charts import critic, curves, loss, preview

NAME = "estimate"


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Estimate"), t("Pick a distribution whose mutual information is known, and watch estimators approach it.")
    )
    address = Address(NAME)
    ready = st.container()
    left, right = layout.sides()
    with left:
        buttons = st.container()
        data = distribution.choose(address)
        chosen = fields.methods(address, "estimators")
        with st.container(horizontal=True):  # one below the other where the side is narrow
            with st.container(width=130):
                seed = fields.seed(address)
            with st.container(width=130):
                unit = fields.unit(address)
        try:
            specs = [fields.spec("estimators", name, values, data, seed) for name, values in chosen.items()]
        except SpecError as error:
            specs = t(error)
        with buttons:
            player.controls(NAME, specs)
    with ready:
        fields.presets(address, presets.presets())

    def draw_runs(shown: list[player.Shown], chart) -> None:  # type: ignore[no-untyped-def]
        trust_summary.numbers(shown, unit)
        figures = {"estimate": curves(shown, unit), "critic": critic(shown, unit), "loss": loss(shown)}
        chart("mi").show(figures["estimate"], height=300 + 20 * max(0, len(shown) - 3))  # several have a longer legend
        if figures["loss"]:  # without one nothing is trained, and there is no surface to come
            picture, losses = st.columns([2.6, 1])
            with picture:
                waiting = t("The learned surface appears here once the critic has one to show.")
                if not any(s.run.active for s in shown):
                    waiting = t("No surface was learned before the end.")
                chart("critic").show(figures["critic"], height=270, waiting=waiting)
            with losses:
                chart("loss").show(figures["loss"], height=270)
        with st.container(horizontal=True):
            export.figures(NAME, figures)
            export.runs(NAME, [s.run.spec for s in shown if s.run.spec])
        trust_summary.reasons(shown)

    with right:
        player.panel(NAME, draw_runs, lambda: preview(data, unit))
    address.close()


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    return distribution.settings_of(spec.data) | run_settings.of_method(spec)
