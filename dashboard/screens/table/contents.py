"""What the page shows of a table: a summary, the matrix, and one pair of columns closely."""

from __future__ import annotations

import streamlit as st

from core.data.tables import Table
from dashboard.screens.table import column_pair, matrix, matrix_form, overview
from dashboard.text import t
from dashboard.widgets import player
from dashboard.widgets.address import Address


def draw(address: Address, table: Table, seed: int, unit: str) -> None:
    """Draw it; the matrix and a trained pair are of runs."""
    page = address.page
    overview.summary(table)
    matrix_form.left_out(address, table)
    if any(run.spec and run.spec.family == "sweeps" for run in player.runs(page)):
        with st.expander(t("Columns and first rows")):
            overview.columns(table)
    player.panel(
        page, lambda s, chart: matrix.draw_matrix(s, chart, unit), lambda: overview.preview(table), family="sweeps"
    )
    column_pair.pair(address, table, *matrix_form.settings(page, seed), unit)
    player.panel(page, lambda s, chart: column_pair.draw_pair(s, chart, unit), lambda: None, family="estimators")
