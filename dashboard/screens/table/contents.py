"""What the page shows of a table: a summary, the answer to what was asked, and one pair of columns that was trained on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.data.tables import Table
from dashboard import state
from dashboard.screens.table import column_pair, overview
from dashboard.screens.table.question import Question, of_run
from dashboard.text import t
from dashboard.widgets import layout, player
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown


def draw(address: Address, asked: Question, table: Table, seed: int, unit: str, ready: bool) -> None:
    """Draw it; answers and a trained pair are of runs. ready: whether Start can be pressed."""
    page = address.page
    overview.summary(table)
    asked.above(address, table)
    if any(run.spec and run.spec.family == "sweeps" for run in player.runs(page)):
        with st.expander(t("Columns and first rows")):
            overview.columns(table)
    _answers(page, unit, lambda: overview.preview(table, t(asked.appears) if ready else ""))
    asked.below(address, table, seed, unit)
    _pairs(page, unit)


def without_table(page: str, unit: str) -> None:
    """What was estimated on a table that cannot be read any more is kept."""
    if not state.runs(page):
        layout.empty(t("Open a file, and its columns appear here."))
    _answers(page, unit, lambda: None)
    _pairs(page, unit)


def _answers(page: str, unit: str, empty: Callable[[], None]) -> None:
    """Each run as its own question draws it, whatever the form asks by now."""

    def drawn(shown: list[Shown], chart: Any) -> None:
        for sweep in dict.fromkeys(s.run.spec.method for s in shown if s.run.spec):
            alike = [s for s in shown if s.run.spec and s.run.spec.method == sweep]
            if (asked := of_run(alike[0].run.spec)) is not None:
                asked.draw(alike, chart, unit)

    player.panel(page, drawn, empty, family="sweeps")


def _pairs(page: str, unit: str) -> None:
    player.panel(page, lambda s, chart: column_pair.draw_pair(s, chart, unit), lambda: None, family="estimators")
