"""Rows of a table that are to be grouped: which columns they have, and the classes that they are compared with."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from core.data.references import TableData
from dashboard import state
from dashboard.pickers import tables
from dashboard.text import plain, t
from dashboard.widgets.address import Address


def choose(address: Address) -> dict[str, Any]:
    """The data of a spec: {"table", "x", "labels"}; no x where there is no table that can be read."""
    table = tables.pick(address, first="wine")
    reference = str(state.widget(address.key("t")))
    if table is None:
        return {"table": reference, "x": []}
    from core.data.design_matrix import LEVELS, label_columns, sample_columns

    labels = _labels(address, label_columns(table), reference)
    grouped = sample_columns(table)
    names = [name for name in grouped if name != labels]
    first = [name for name in names if table[name].kind in ("numeric", "integer")] or names
    key = address.begin("x", first, lambda text: tables.listed(text, names))
    kept = [name for name in state.widget(key) if name in names]
    state.set_widget(key, kept if kept or not state.widget(key) else first)  # emptied by hand it stays empty
    help = t("Rows that are alike in these columns are grouped. Categories enter as columns of 0 and 1.")
    x = st.multiselect(t("Columns"), names, key=key, help=help)
    if said := tables.unusable(table, grouped, t("more than {n} categories", n=LEVELS)):
        st.caption(plain(said))
    address.end("x", x if x == first else json.dumps(x, ensure_ascii=False), first)
    return {"table": reference, "x": x} | ({"labels": labels} if labels else {})


def _labels(address: Address, names: list[str], reference: str) -> str | None:
    """The column that is only compared with; the bundled tables have one."""
    entry = tables.BUNDLED.get(reference)
    first = entry.labels if entry and entry.labels in names else None

    def read(text: str) -> str | None:
        if text != "none" and text not in names:
            raise ValueError(t("there is no column {name} to compare with", name=text[:80]))
        return None if text == "none" else text

    key = address.begin("labels", first, read)
    if state.widget(key) not in (None, *names):
        state.set_widget(key, first)
    chosen = st.selectbox(
        t("Compare with"),
        [None, *names],
        key=key,
        format_func=lambda name: t("nothing") if name is None else name,
        placeholder=t("nothing"),  # what a box shows whose value is None
        help=t("A column of classes. It is compared with the clusters afterwards and never used for training."),
    )
    return address.end("labels", chosen, first)


def settings_of(data: TableData) -> dict[str, Any]:
    """The settings of `choose` that give these data."""
    x = json.dumps(data.x, ensure_ascii=False)
    return {"labels": None, **tables.settings_of(data), "x": x}
