"""Density: a network learns the whole of p(y | x), where a regression line would average the branches."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.spec import Spec, SpecError
from dashboard.pickers import problem
from dashboard.screens.density import calibration, comparison, information, slices, tab_layout, training
from dashboard.text import t
from dashboard.widgets import fields, layout, pitfalls, player, run_settings, tabs
from dashboard.widgets.address import Address

NAME = "density"

INVERSE = {"problem": "inverse", "n": 1_000}  # where no data are chosen


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Density"),
        t(
            "One x can have several y. A mixture density network learns all of them; the least-squares line runs between them."
        ),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left:
        buttons = st.container()
        chosen = problem.choose(address)
        method = fields.one(address, "densities")
        values = fields.settings(address, "densities", *method)
        grid = comparison.settings(address, method[0])
        seed = fields.seed(address)
        try:
            specs = chosen if isinstance(chosen, str) else comparison.specs(method[0], values, chosen, seed, grid)
        except (SpecError, ValueError) as error:
            specs = t(error)
        with buttons:
            player.controls(NAME, specs)

    draws = {
        "training": (t("Training"), training.draw),
        "slice": (t("Slice"), slices.draw),
        "calibrated": (t("Is it calibrated?"), calibration.draw),
        "information": (t("Information"), information.draw),
        "compare": (t("Compare"), comparison.draw),
    }
    with right:
        titles = {name: title for name, (title, _) in draws.items()}
        tab, place = tabs.opened(address, titles | {"pitfalls": t("What goes wrong")})
    with place:
        if tab == "pitfalls":
            st.caption(
                t("Common mistakes next to the correct method, each on the rows and in the unit that its figures name.")
            )
            pitfalls.all_about("densities", NAME, INVERSE if isinstance(chosen, str) else chosen, seed)
        else:
            player.panel(
                NAME,
                lambda shown, chart: tab_layout.draw(shown, chart, draws[tab][1], closely=tab != "compare"),
                lambda: problem.preview(address, chosen, seed),
                family="densities",
            )
    address.close()


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    return problem.settings_of(spec.data) | run_settings.of_method(spec)
