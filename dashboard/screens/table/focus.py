"""Which pair of columns is looked at: the one that was clicked, else what the link or the boxes say, else the strongest."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.data.tables import Table
from dashboard import state
from dashboard.pickers import tables
from dashboard.screens.table import column_choice
from dashboard.widgets import player, server
from dashboard.widgets.address import Address

Pair = tuple[str, str]
_SIDES = ("x", "y")


def begin(address: Address, table: Table) -> None:
    """Give the boxes of the pair their values, before anything that marks it is drawn.

    While nobody has chosen a pair it is the strongest of the matrix. One that a link names, or that was looked at before,
    stays; only a new matrix that does not have it (another target, other columns) comes with its own strongest pair.
    """
    names = tables.usable(table)
    if len(names) < 2:
        return
    again = state.has_widget(address.key("x"))
    keys = [address.begin(side, None, column_choice.reader(names)) for side in _SIDES]
    run, long = _matrix(address.page)
    other = run is not None and run != state.chosen("pair.of")
    pair = _asked([state.widget(key) for key in keys], names, again)
    if pair is None or (again and other and not _holds(long, pair)):
        pair = (long[0]["x"], long[0]["y"]) if long else pair
    if pair is not None and not set(pair) <= set(names):  # the matrix is of other columns
        pair = None
    state.choose("pair.of", run)
    first, second, *_ = tables.chosen_first(table)
    _set(keys, pair or (first, second))
    state.choose("pair", pair)
    state.choose("pair.shown", pair)


def end(address: Address, pair: Pair) -> None:
    """Write the pair into the link, both columns or none: without them it is the strongest that is looked at."""
    column_choice.keep(address, **dict(zip(_SIDES, pair if state.chosen("pair") else (None, None), strict=True)))
    for side, name in zip(_SIDES, pair, strict=True):
        address.end(side, name if state.chosen("pair") else None, None)


def choose(pair: Pair) -> None:
    """Look at a pair from now on."""
    if set(state.chosen("pair") or ()) != set(pair):
        state.choose("pair", pair)
        st.rerun()


def now() -> Pair | None:
    """The pair that was chosen, by somebody or as the strongest; None before there is one."""
    return state.chosen("pair")


def _asked(boxes: list[Any], names: list[str], again: bool) -> Pair | None:
    """What was clicked since the boxes were last drawn, else what they say; None where that is nobody's choice.

    again: the boxes were there before, and so are the first two columns where nothing else was known."""
    clicked = state.chosen("pair")
    if clicked and clicked != state.chosen("pair.shown") and set(clicked) <= set(names):
        return clicked
    x, y = (name if name in names else None for name in boxes)
    if (x, y) == (None, None) or (again and not clicked and (x, y) == (names[0], names[1])):
        return None
    return (x or names[0], y or names[1])


def _set(keys: list[str], pair: Pair) -> None:
    for key, name in zip(keys, pair, strict=True):
        if state.widget(key) != name:
            state.set_widget(key, name)


def _matrix(page: str) -> tuple[str | None, list[dict[str, Any]]]:
    """The matrix that is shown and has its pairs, and these, the strongest first."""
    for run in player.runs(page):
        if run.spec and run.spec.method == "matrix" and (found := server.store().result(run.id)):
            return run.id, [row for row in found["long"] if row["mi"] is not None]
    return None, []


def _holds(long: list[dict[str, Any]], pair: Pair) -> bool:
    return any({row["x"], row["y"]} == set(pair) for row in long)
