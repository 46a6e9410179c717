"""From columns of strings to typed ones: each says its kind, and which cells did not convert and where."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.data.cells import Cells
from core.data.codes import coded
from core.data.dates import date, time_of_day
from core.data.number_columns import number
from core.data.opening import TableError
from core.sentences import Sentence

LEVELS = 20  # a column with at most this many different values is categorical however short the table
# What a user may say that a column holds.
TOLD = tuple(map(Sentence, ("number", "category", "date", "date, month first", "text")))
_WHOLE = re.compile(r"[+-]?\d+\.0*")
_BOOLEANS = ({"true": True, "false": False}, {"yes": True, "no": False})

Typed = tuple[pd.Series, str]


def convert(cells: Cells, plain: Cells, decimal: str, told: str | None = None) -> Typed:
    """The typed column and its kind. plain: the cells with their numbers made plain; told: one of TOLD, or worked out.

    Errors: TableError where no cell is what it is told to be.
    """
    if not cells.present:
        cells.notices.append(
            Sentence(
                "Column {shown} is empty: all {n_text} values are missing.", shown=cells.shown, n_text=len(cells.text)
            )
        )
        return pd.Series(np.full(len(cells.text), np.nan)), "empty"
    if told is not None:
        return _as_told(cells, plain, decimal, told)
    if cells.matches("[0-9]|(?i:^[+-]?inf)").any() or plain is not cells:
        if coded(cells):
            return _words(cells)
        found = number(cells, plain, decimal) or date(cells) or time_of_day(cells)
        if found is not None:
            return found
    return _boolean(cells) or _words(cells)


def _as_told(cells: Cells, plain: Cells, decimal: str, told: str) -> Typed:
    if told in ("category", "text"):
        return (_categories(cells), "categorical") if told == "category" else (_strings(cells), "text")
    cells.notices, notices = [], cells.notices
    as_number = lambda: number(cells, plain, decimal, told=True) or time_of_day(cells)  # noqa: E731
    found = as_number() if told == "number" else date(cells, told=True, month_first=told != "date")
    cells.notices = notices + cells.notices
    if found is None:
        raise TableError(
            Sentence(
                "column {shown} cannot be read as {told}: {first} is none; choose another kind",
                shown=cells.shown,
                told=TOLD[TOLD.index(told)],
                first=cells.first(cells.matches("")),
            )
        )
    return found


def _boolean(cells: Cells) -> Typed | None:
    levels = pc.unique(pc.utf8_lower(cells.text)).drop_null().to_pylist()
    for pair in _BOOLEANS:
        if set(levels) == set(pair):
            values = cells.text.to_pandas().str.lower().map(pair)
            return (values.astype(bool) if cells.present == len(values) else values.astype("boolean")), "boolean"
    return None


def _words(cells: Cells) -> Typed:
    levels = len(pc.unique(cells.text).drop_null())
    if levels <= max(LEVELS, cells.present // 10):
        return _categories(cells), "categorical"
    return _strings(cells), "text"


def _strings(cells: Cells) -> pd.Series:
    return pd.Series(cells.text.to_pandas().array, dtype="str")


def _categories(cells: Cells) -> pd.Series:
    """The levels in sorted order: numbers that are told to be names by their size, whole ones without a decimal point."""
    encoded = cells.text.combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    words = encoded.dictionary.to_pylist()
    order = sorted(range(len(words)), key=_size(words).__getitem__)
    place = np.empty(len(words) + 1, int)
    place[order], place[-1] = np.arange(len(words)), -1
    codes = place[pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)]
    whole = [word.partition(".")[0] for word in words if _WHOLE.fullmatch(word)]
    named = whole if len(set(whole)) == len(words) else words
    return pd.Series(pd.Categorical.from_codes(codes, dtype=_of_levels(tuple(named[i] for i in order)), validate=False))


def _size(words: list[str]) -> list[Any]:
    """What puts words in order: their size where all are numbers, else their letters."""
    try:
        return [(float(word), word) for word in words]
    except ValueError:
        return words


@lru_cache(maxsize=64)
def _of_levels(levels: tuple[str, ...]) -> pd.CategoricalDtype:
    """One for all columns that share their levels, as thousands of a wide table do."""
    return pd.CategoricalDtype(pd.Index(levels, dtype="str"))
