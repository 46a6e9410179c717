"""Table: which columns of a file depend on which, how strongly, and whether to believe it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.spec import Spec
from dashboard.pickers import tables
from dashboard.screens.table import column_pair, matrix, overview
from dashboard.text import t
from dashboard.widgets import fields, layout, player, run_settings
from dashboard.widgets.address import Address

NAME = "table"


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Table"),
        t("Open a CSV file, or one of three real tables, and see the mutual information between its columns."),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left:
        table = tables.pick(address)
        if table is not None:
            buttons = st.container()
            settings = st.container()
            seed, unit = fields.seed(address), fields.unit(address)
            with settings:
                specs = matrix.matrix_specs(address, table, seed)
            with buttons:
                player.controls(NAME, specs)
    with right:
        if table is None:
            layout.empty(t("Open a file at the left, and its columns appear here."))
        else:
            overview.summary(table)
            matrix.left_out(address, table)
            if any(run.spec and run.spec.family == "sweeps" for run in player.runs(NAME)):
                with st.expander(t("Columns and first rows")):
                    overview.columns(table)
            player.panel(
                NAME,
                lambda s, chart: matrix.draw_matrix(s, chart, unit),
                lambda: overview.preview(table),
                family="sweeps",
            )
            column_pair.pair(address, table, *matrix.settings(NAME, seed), unit)
            player.panel(
                NAME, lambda s, chart: column_pair.draw_pair(s, chart, unit), lambda: None, family="estimators"
            )
    address.close()


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    return (
        matrix.settings_of(spec)
        if spec.family == "sweeps"
        else tables.settings_of(spec.data) | run_settings.of_method(spec)
    )
