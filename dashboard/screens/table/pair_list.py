"""Every pair of columns as a list, the strongest first; the one that is selected is looked at closely."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core import units
from core.analysis.significance import missed_by_correlation
from core.sentences import Sentence
from dashboard import state
from dashboard.charts.labels import short
from dashboard.screens.table import focus
from dashboard.text import t
from dashboard.widgets import trust_summary
from dashboard.widgets.shown import Shown

_LABEL = 10  # letters of a column's name in the list
# What stands behind the first columns of the list, of rows that have it: heading → name in the result.
_MEASURES = {
    Sentence("q"): "q",
    Sentence("noise level"): "noise",
    Sentence("normalised"): "nmi",
    Sentence("Pearson"): "pearson",
    Sentence("Spearman"): "spearman",
    Sentence("distance corr."): "distance",
}


def pairs(s: Shown, unit: str, key: str) -> None:
    """Every pair, the strongest first, and those that correlation misses; a selected row is looked at below."""
    long = s.result.get("long")
    if not long:
        st.caption(t("The list of pairs appears when all are estimated."))
        return
    missed = [row for row in long if missed_by_correlation(row)]
    every, hidden = st.tabs([t("All pairs"), t("Missed by correlation ({n})", n=len(missed))])
    with every:
        _list(long, unit, key, ("|ρ|", t("q")))
    with hidden:
        if missed:
            _list(missed, unit, f"{key}:missed", ("|ρ|", t("Pearson"), t("Spearman"), t("q")))
        else:
            st.caption(t("No pair stands out from chance whose correlation is weak."))
        said = "Pairs with q ≤ 0.05 whose Pearson and Spearman correlation are both below half of the equivalent |ρ|."
        st.caption(t(said))
    said = "|ρ| is the correlation of a Gaussian pair with the same mutual information."
    st.caption(f"{t(said)} {t('Select a row to look at the pair.')}")
    if clicked := state.chosen("pair.clicked"):
        state.choose("pair.clicked", None)
        focus.choose(clicked)


def _list(long: list[dict[str, Any]], unit: str, key: str, first: tuple[str, ...]) -> None:
    """A row a pair; `first` are the headings that follow the names, the MI and its trust."""
    mi = t("MI ({unit})", unit=t(unit))
    trust, rows = t("trust"), t("rows")
    names = list(dict.fromkeys(name for row in long for name in (row["x"], row["y"])))
    label = dict(zip(names, short(names, _LABEL), strict=True))
    frame = pd.DataFrame(
        {
            "x": [label[row["x"]] for row in long],
            "y": [label[row["y"]] for row in long],
            mi: [_scaled(row["mi"], units.per_nat(unit)) for row in long],
            "|ρ|": [None if row["mi"] is None else units.equivalent_correlation(row["mi"]) for row in long],
            trust: [trust_summary.word(row["trust"]) for row in long],
            rows: [row["n"] for row in long],
        }
    )
    measures = {t(title): name for title, name in _MEASURES.items() if any(row.get(name) is not None for row in long)}
    for title, name in measures.items():
        scale = units.per_nat(unit) if name == "noise" else 1.0
        frame[title] = [_scaled(row.get(name), scale) for row in long]
    # On a phone no more than four stand in view.
    shown_first = ["x", "y", mi, trust, *(title for title in first if title in frame)]
    frame = frame[[*shown_first, *(title for title in frame if title not in shown_first)]]
    number, narrow = (st.column_config.NumberColumn(width=width) for width in (58, 48))
    # Together as wide as the list is beside the matrix on a screen of 1,440 pixels.
    widths = {
        name: st.column_config.Column(width=width) for name, width in (("x", 75), ("y", 75), (trust, 94), (rows, 44))
    }
    _tick(key, long)
    st.dataframe(
        frame.style.format(  # sorted by the numbers themselves
            dict.fromkeys([mi, "|ρ|", *measures], trust_summary.figure) | {t("q"): trust_summary.rate}
        ),
        hide_index=True,
        placeholder="–",
        height=420,
        on_select=partial(_clicked, key, long),  # only a new selection counts: there are two lists
        selection_mode="single-row",
        key=key,
        column_config=widths | {mi: number, **dict.fromkeys(measures, number), "|ρ|": narrow},
        alt=t("All pairs of columns with their mutual information."),
    )


def _tick(key: str, long: list[dict[str, Any]]) -> None:
    """Select the row of the pair that is looked at, wherever it was chosen."""
    pair = set(focus.now() or ())
    rows = [place for place, row in enumerate(long) if {row["x"], row["y"]} == pair]
    before = state.widget(key)
    if list(before["selection"]["rows"] if before else ()) != rows:
        state.set_widget(key, {"selection": {"rows": rows, "columns": [], "cells": []}})


def _clicked(key: str, long: list[dict[str, Any]]) -> None:
    if rows := state.widget(key).selection.rows:
        state.choose("pair.clicked", (long[rows[0]]["x"], long[rows[0]]["y"]))


def _scaled(nats: float | None, scale: float) -> float | None:
    """In the unit that is shown."""
    return None if nats is None else nats * scale
