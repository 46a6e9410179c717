"""Density: a network learns the whole of p(y | x), where a regression line would average the branches."""

from __future__ import annotations

import streamlit as st

from core.spec import SpecError
from dashboard.components import export, layout, pick, player
from dashboard.components.address import Address
from dashboard.components.densities import calibrated, comparison, data, files, information, reading, slices, training
from dashboard.text import t

PAGE = "density"

layout.head(
    t("Density"),
    t(
        "One x can have several y. A mixture density network learns all of them; the least-squares line runs between them."
    ),
)
address = Address(PAGE)
left, right = layout.sides()
with left:
    buttons = st.container()
    chosen = data.choose(address)
    method = pick.one(address, "densities", "mdn")
    values = pick.settings(address, "densities", *method)
    grid = comparison.settings(address, method[0])
    seed = pick.seed(address)
    try:
        specs = chosen if isinstance(chosen, str) else comparison.specs(method[0], values, chosen, seed, grid)
    except (SpecError, ValueError) as error:
        specs = str(error)
    with buttons:
        player.controls(PAGE, specs)


def draw(shown: list[player.Shown], chart) -> None:  # type: ignore[no-untyped-def]
    s = reading.chosen(shown)
    training.numbers(s)
    labels = [t("Training"), t("Slice"), t("Is it calibrated?"), t("Information"), t("Compare")]
    tabs = st.tabs(labels, key="density:tab", on_change="rerun")
    draws = (
        training.draw,
        slices.draw,
        calibrated.draw,
        information.draw,
        lambda _, chart: comparison.draw(shown, chart),
    )
    figures = {}
    for tab, one in zip(tabs, draws, strict=True):
        if tab.open:  # what nobody looks at is not computed, and its pictures are not asked of the worker
            with tab:
                figures = one(s, chart)
    with st.container(horizontal=True):
        export.figures(PAGE, figures)
        files.menu(s)
        export.runs(PAGE, [one.run.spec for one in shown if one.run.spec])


with right:
    player.panel(PAGE, draw, lambda: data.preview(chosen, seed))
address.close()
