"""Table: which columns of a file depend on which, how strongly, and whether to believe it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.analysis.matrix import few_rows
from core.data.tables import Table
from core.spec import Spec
from dashboard.pickers import tables
from dashboard.screens.table import column_pair, contents, question
from dashboard.text import t
from dashboard.widgets import fields, layout, starting
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
            with starting.form(NAME) as start:
                asked = question.choose(address)
                settings = st.container()
                seed, unit = fields.seed(address), fields.unit(address)
                with settings:
                    start.would(lambda: _specs(address, asked, table, seed))
    with right:
        if table is None:
            contents.without_table(NAME, fields.unit_of(NAME))
        else:
            contents.draw(address, asked, table, seed, unit, ready=not isinstance(start.specs, str))
    address.close()


def _specs(address: Address, asked: question.Question, table: Table, seed: int) -> Sequence[Spec] | str:
    """What Start would run, or why it cannot: of too few rows nothing can be asked."""
    specs = asked.form(address, table, seed)
    return t(few) if (few := few_rows(table)) else specs


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    asked = question.of_run(spec)
    return asked.settings(spec) if asked else column_pair.settings_of(spec)
