"""Boxes that choose one column of a table, or several: which are offered depends on the question."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import state
from dashboard.pickers import tables
from dashboard.pickers.table_reading import NAMES
from dashboard.text import t
from dashboard.widgets.address import Address


def reader(names: Sequence[str], may_be_open: bool = False) -> Callable[[str], str | None]:
    """Reads one column's name from a link; "none" leaves it open where it may be."""

    def read(text: str) -> str | None:
        if text == "none" and may_be_open and text not in names:
            return None
        if text not in names:
            raise ValueError(t("there is no column {name}", name=text[:80]))
        return text

    return read


def one(
    address: Address, name: str, names: Sequence[str], first: str | None, label: str, help: str = "", empty: str = "–"
) -> str | None:
    """One column, or None where it may be left open: first is None then, `help` says what that means, and `empty` stands in
    the box."""
    setting = f"{NAMES}{name}"
    key = address.begin(setting, first, reader(names, may_be_open=first is None))
    if state.widget(key) not in names:
        state.set_widget(key, first)
    place = None if first is None else 0
    shown = tables.labels(list(names))
    chosen = st.selectbox(label, names, place, key=key, placeholder=empty, help=help or None, format_func=shown)
    return address.end(setting, chosen, first)


def several(
    address: Address, name: str, names: Sequence[str], first: Sequence[str], label: str, help: str = ""
) -> list[str]:
    """Any number of columns, in the order of choice."""
    setting, first = f"{NAMES}{name}", list(first)
    key = address.begin(setting, first, lambda text: _listed(text, list(names)))
    if set(state.widget(key) or ()) - set(names):
        state.set_widget(key, [c for c in state.widget(key) if c in names])
    shown = tables.labels(list(names))
    chosen = st.multiselect(label, list(names), key=key, help=help or None, format_func=shown)
    address.end(setting, chosen if chosen == first else json.dumps(chosen, ensure_ascii=False), first)
    return list(chosen)


def _listed(text: str, names: list[str]) -> list[str]:
    return [] if text == "[]" else tables.listed(text, names)
