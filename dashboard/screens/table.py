"""Table: which columns of a file depend on which, how strongly, and whether to believe it."""

from __future__ import annotations

import streamlit as st

from dashboard.components import layout, player, tables
from dashboard.components.address import Address
from dashboard.text import t

PAGE = "table"

layout.head(
    t("Table"), t("Open a CSV file, or one of three real tables, and see the mutual information between its columns.")
)
address = Address(PAGE)
left, right = layout.sides()
with left:
    table = tables.pick(address)
    if table is not None:
        buttons = st.container()
        specs = tables.matrix_specs(address, table)
        with buttons:
            player.controls(PAGE, specs)
with right:
    if table is None:
        layout.empty(t("Open a file at the left, and its columns appear here."))
    else:
        tables.summary(table)
        player.panel(PAGE, tables.draw_matrix, lambda: tables.preview(table), family="sweeps")
        tables.pair(address, table)
        player.panel(PAGE, tables.draw_pair, lambda: None, family="estimators")
address.close()
