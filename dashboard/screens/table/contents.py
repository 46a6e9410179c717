"""What the page shows of a table: a summary, the matrix, and one pair of columns closely."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.data.tables import Table
from dashboard import state
from dashboard.screens.table import column_pair, matrix, matrix_form, overview
from dashboard.text import t
from dashboard.widgets import layout, player
from dashboard.widgets.address import Address


def draw(address: Address, table: Table, seed: int, unit: str) -> None:
    """Draw it; the matrix and a trained pair are of runs."""
    page = address.page
    overview.summary(table)
    matrix_form.left_out(address, table)
    if any(run.spec and run.spec.family == "sweeps" for run in player.runs(page)):
        with st.expander(t("Columns and first rows")):
            overview.columns(table)
    _matrices(page, unit, lambda: overview.preview(table))
    column_pair.pair(address, table, *matrix_form.settings(page, seed), unit)
    _pairs(page, unit)


def without_table(page: str, unit: str) -> None:
    """What was estimated on a table that cannot be read any more is kept."""
    if not state.runs(page):
        layout.empty(t("Open a file, and its columns appear here."))
    _matrices(page, unit, lambda: None)
    _pairs(page, unit)


def _matrices(page: str, unit: str, empty: Callable[[], None]) -> None:
    player.panel(page, lambda s, chart: matrix.draw_matrix(s, chart, unit), empty, family="sweeps")


def _pairs(page: str, unit: str) -> None:
    player.panel(page, lambda s, chart: column_pair.draw_pair(s, chart, unit), lambda: None, family="estimators")
