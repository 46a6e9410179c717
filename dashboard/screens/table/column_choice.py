"""Boxes that choose one column of a table, or several: which are offered depends on the question."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.data.tables import Table
from dashboard import state
from dashboard.pickers import tables
from dashboard.pickers.table_reading import NAMES
from dashboard.text import t
from dashboard.widgets.address import Address

SHARED = ("columns", f"{NAMES}features")  # settings that are one choice: the columns of the table that are looked at


def keep(address: Address, **chosen: Any) -> None:
    """Remember what was chosen of the table that is open, for all questions: columns, target, x, y; None where it is as
    nobody has chosen it."""
    before, table = state.chosen(f"{address.page}.choice") or {}, state.widget(address.key("t"))
    state.choose(f"{address.page}.choice", {**before, table: before.get(table, {}) | chosen})


def kept(address: Address, what: str) -> Any:
    """What was chosen of the table that is open, in any of its questions, or None."""
    return (state.chosen(f"{address.page}.choice") or {}).get(state.widget(address.key("t")), {}).get(what)


def begun(address: Address, table: Table) -> list[str]:
    """The columns with which a question begins: those that were chosen in another one, where two remain."""
    columns = [name for name in kept(address, "columns") or () if name in tables.usable(table)]
    return columns if len(columns) > 1 else tables.chosen_first(table)


def pair_first(address: Address, names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The names, but first the pair that was looked at closely, where `known` has both."""
    pair = [kept(address, side) for side in ("x", "y")]
    return list(dict.fromkeys([*pair, *names])) if set(pair) <= set(known) else list(names)


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
    address: Address,
    name: str,
    names: Sequence[str],
    first: str | None,
    label: str,
    help: str = "",
    empty: str = "–",
    begun: str | None = None,
) -> str | None:
    """One column, or None where it may be left open: first is None then, `help` says what that means, and `empty` stands in
    the box. begun: what the box begins with in place of `first`, and then the link says which it is."""
    setting = f"{NAMES}{name}"
    key = address.begin(setting, begun or first, reader(names, may_be_open=first is None))
    if state.widget(key) not in names:
        state.set_widget(key, first)
    place = None if first is None else 0
    shown = tables.labels(list(names))
    chosen = st.selectbox(label, names, place, key=key, placeholder=empty, help=help or None, format_func=shown)
    return address.end(setting, chosen, first if begun in (None, first) else "")


def several(
    address: Address,
    name: str,
    names: Sequence[str],
    first: Sequence[str],
    label: str,
    help: str = "",
    begun: Sequence[str] | None = None,
) -> list[str]:
    """Any number of columns, in the order of choice. begun: as in `one`."""
    setting, first = f"{NAMES}{name}", list(first)
    key = address.begin(setting, list(begun or first), lambda text: _listed(text, list(names)))
    if set(state.widget(key) or ()) - set(names):
        state.set_widget(key, [c for c in state.widget(key) if c in names])
    shown = tables.labels(list(names))
    chosen = st.multiselect(label, list(names), key=key, help=help or None, format_func=shown)
    usual = first if begun is None or list(begun) == first else None
    address.end(setting, chosen if chosen == usual else json.dumps(chosen, ensure_ascii=False), usual)
    return list(chosen)


def _listed(text: str, names: list[str]) -> list[str]:
    return [] if text == "[]" else tables.listed(text, names)
