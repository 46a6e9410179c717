"""The rows of two columns in their plane: where the mutual information lies, with names and dates on the axes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from core import units
from core.data.tables import Table, as_numbers
from core.method import Array
from core.sentences import Sentence
from dashboard.charts import closely
from dashboard.pickers import table_reading
from dashboard.text import t, tn

MEANING = Sentence(
    "Colours say where the information lies: orange where the two values go together more often than independent columns "
    "would have them, blue where less. Each is the mean over the 30 nearest rows."
)
_DRAWN = 2_000  # points
_KNOWN = 10_000  # rows whose neighbours are looked for
_FEW = 20  # values of a column that are named and spread
_BINS = 30
_MARKS = 6  # of very many names


class _Rows(NamedTuple):
    """Rows (m,) by number, at random, their pointwise MI in nats, and how many rows have both columns."""

    rows: Array
    local: Array
    complete: int


def of_pair(table: Table, reference: str, x: str, y: str, seed: int, unit: str) -> dict[str, Any]:
    """The rows that have both columns, or a part of them, which is said."""
    rows, local, n = _local(reference, x, y, seed)
    sides = [np.asarray(as_numbers(table, name, []), dtype=float) for name in (x, y)]
    whole = np.isfinite(sides).all(axis=0)
    rng, drawn = np.random.default_rng(0), rows[:_DRAWN]
    title = tn("{n:,} complete row", "{n:,} complete rows", n)
    if len(drawn) < n:
        title = t("{drawn} of {all}, drawn at random", drawn=f"{len(drawn):,}", all=title)
    names = [_names(table, name, values[whole]) for name, values in zip((x, y), sides, strict=True)]
    if any(names):
        title = t("{title}, spread about each value so that they can be seen", title=title)
    a, b = (_spread(values[drawn], named, rng) for values, named in zip(sides, names, strict=True))
    margins = [
        _margin(table, name, values[whole], named) for name, values, named in zip((x, y), sides, names, strict=True)
    ]
    scale = units.per_nat(unit)
    return closely.closely(a, b, local[:_DRAWN] * scale, (margins[0], margins[1]), unit, scale, title)


@st.cache_data(max_entries=64, show_spinner=False)
def _local(reference: str, x: str, y: str, seed: int) -> _Rows:
    from core.analysis.column_pair import ColumnPair
    from core.analysis.local_information import local_information

    table = table_reading.load(reference)
    sides = [np.asarray(as_numbers(table, name, []), dtype=float).ravel() for name in (x, y)]
    whole = np.flatnonzero(np.isfinite(sides).all(axis=0))
    rows = np.random.default_rng(0).permutation(whole)[:_KNOWN]
    pair = ColumnPair(table, x, y, sides[0][rows], sides[1][rows], "ksg")
    return _Rows(rows, np.zeros(len(rows)) if pair.refused else local_information(pair, seed), len(whole))


def names(table: Table, name: str) -> dict[float, str] | None:
    """What an axis calls values of a column: names, or some of them, or a few days of dates; None for numbers."""
    values = np.asarray(as_numbers(table, name, []), dtype=float).ravel()
    values = values[np.isfinite(values)]
    return _names(table, name, values) or _marks(table, name, values)


def _margin(table: Table, name: str, values: Array, named: dict[float, str] | None) -> closely.Margin:
    if named:
        places, counts = np.unique(values, return_counts=True)
        width = 0.6 * (float(np.diff(places).min()) if len(places) > 1 else 1.0)
        return closely.Margin(name, places, counts, width, named)
    counts, edges = np.histogram(values, _BINS)
    return closely.Margin(
        name, (edges[1:] + edges[:-1]) / 2, counts, float(edges[1] - edges[0]), _marks(table, name, values)
    )


def _names(table: Table, name: str, values: Array) -> dict[float, str] | None:
    """Value → what the axis calls it, where a column has few values and their points would hide each other."""
    levels = np.unique(values)
    if table[name].kind not in ("categorical", "boolean", "integer") or len(levels) > _FEW:
        return None
    if table[name].kind == "categorical":
        known = table.frame[name].cat.categories
        return {v: str(known[int(v)]) for v in levels}
    return {v: f"{v:g}" if table[name].kind == "integer" else t("yes") if v else t("no") for v in levels}


def _marks(table: Table, name: str, values: Array) -> dict[float, str] | None:
    """A few days of a column of dates, which enters as days since 1970, or a few of very many names → what the axis calls
    them; None for numbers."""
    if table[name].kind == "categorical":
        levels = np.unique(values)
        some = levels[np.linspace(0, len(levels) - 1, min(len(levels), _MARKS)).astype(int)]
        known = table.frame[name].cat.categories
        return {float(v): str(known[int(v)]) for v in some}
    if table[name].kind != "datetime" or not len(values):
        return None
    days = np.linspace(values.min(), values.max(), 4)
    unit = "D" if np.ptp(values) > 4 else "m"
    moments = (days * 86_400e6).astype("datetime64[us]").astype(f"datetime64[{unit}]")
    return {float(day): str(moment).replace("T", " ") for day, moment in zip(days, moments, strict=True)}


def _spread(values: Array, names: dict[float, str] | None, rng: np.random.Generator) -> Array:
    if not names:
        return values
    gap = float(np.diff(list(names)).min()) if len(names) > 1 else 1.0
    return values + 0.25 * gap * rng.uniform(-1.0, 1.0, len(values))
