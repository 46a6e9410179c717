"""Estimate: a distribution whose mutual information is known, and estimators that are watched approaching it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.pickers import distribution
from dashboard.screens.estimate import checks, contents, presets
from dashboard.text import t
from dashboard.widgets import fields, layout, player, run_settings, starting
from dashboard.widgets.address import Address
from dashboard.widgets.estimate_charts import preview

NAME, FAMILY = "estimate", "estimators"
settings = run_settings.through(distribution.settings_of)


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Estimate"), t("Pick a distribution whose mutual information is known, and watch estimators approach it.")
    )
    address = Address(NAME)
    ready = st.container()
    left, right = layout.sides()
    with left, starting.form(NAME) as start:
        data = distribution.choose(address)
        chosen = fields.methods(address, FAMILY)
        with st.container(horizontal=True):  # one below the other where the side is narrow
            with st.container(width=130):
                seed = fields.seed(address)
            unit = partial(fields.unit, address, st.container(width=130))
        start.would(lambda: [fields.spec(FAMILY, name, values, data, seed) for name, values in chosen.items()])
    with ready:
        fields.presets(address, presets.presets())
    with right:
        player.panel(
            NAME,
            lambda shown, chart: contents.draw(NAME, shown, chart, unit()),
            lambda: preview(data, unit()),
            family=FAMILY,
        )
        checks.section(NAME, start.specs)
    address.close()
