"""From columns of strings to typed ones: each says its kind, and which cells did not convert and where."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.data.cells import MOSTLY, Cells, null
from core.data.dates import date, datelike
from core.sentences import Sentence

LEVELS = 20  # a column with at most this many different values is categorical however short the table
_EXACT = 2**53

_INTEGER = r"^[+-]?[0-9]{1,18}$"
_INF = r"^[+-]?(?i:inf|infinity)$"
_EXP = r"([eE][+-]?[0-9]{1,9})?"
_PLAIN = rf"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+){_EXP}$"
_COMMA = rf"^[+-]?([0-9]+,?[0-9]*|,[0-9]+){_EXP}$"
_THOUSANDS = r"^[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]*)?$"
_DOTTED = r"^[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]*)?$"
# What a person would call a number and no rule here converts: 12%, $1,200, 1.5D+02, 1_000.
_NEARLY = r"^[\s$€£¥+.(-]*[0-9][0-9.,_ ]*\s*([%$€£¥)]|[dD][+-]?[0-9]+)?$"
_BOOLEANS = ({"true": True, "false": False}, {"yes": True, "no": False})


def decimal_mark(columns: list[Cells], delimiter: str) -> str:
    """One mark for the whole file, by a vote of the first cells of each column."""
    dots = commas = 0
    for cells in columns[:200]:
        head = Cells(cells.name, cells.text.slice(0, 500), cells.lines)
        dots += int((head.matches(_PLAIN) & head.matches(r"[.]") & ~head.matches(_DOTTED)).sum())
        dots += int((head.matches(_THOUSANDS) & head.matches(r",.*[.]")).sum())
        comma = head.matches(_COMMA) & head.matches(r",")
        # 1,234 in a file that separates by commas is a thousand; under another separator it is 1.234.
        commas += int((comma & ~head.matches(_THOUSANDS)).sum() if delimiter == "," else comma.sum())
        commas += int((head.matches(_DOTTED) & head.matches(r"[.].*,")).sum())
    return "," if commas > dots else "."


def convert(cells: Cells, decimal: str) -> tuple[pd.Series, str]:
    """The typed column and its kind."""
    present = len(cells.text) - cells.text.null_count
    if not present:
        cells.notices.append(
            Sentence(
                "Column {shown} is empty: all {n_text} values are missing.", shown=cells.shown, n_text=len(cells.text)
            )
        )
        return pd.Series(np.full(len(cells.text), np.nan)), "empty"
    for attempt in (_codes, lambda c, n: _number(c, n, decimal), date, _boolean):
        found = attempt(cells, present)
        if found is not None:
            return found
    return _words(cells, present)


def _codes(cells: Cells, present: int) -> tuple[pd.Series, str] | None:
    """Digits that are names: leading zeros of one length (00042), or integers too long for 64 bits."""
    if cells.matches(r"^0[0-9]+$").any() and cells.matches(r"^[0-9]+$").sum() == present:
        lengths = pc.unique(pc.utf8_length(cells.text)).drop_null()
        if len(lengths) == 1:
            cells.notices.append(
                Sentence("Column {shown} is read as categorical: its zeros in front make it a code.", shown=cells.shown)
            )
            return _words(cells, present)
    if cells.matches(r"^[+-]?[0-9]{19,}$").any() and cells.matches(r"^[+-]?[0-9]+$").sum() == present:
        cells.notices.append(
            Sentence(
                "Column {shown} is read as text: its integers have too many digits for a number.", shown=cells.shown
            )
        )
        return _words(cells, present)
    return None


def _number(cells: Cells, present: int, decimal: str) -> tuple[pd.Series, str] | None:
    forms: list[tuple[str, Callable[[pa.ChunkedArray], pa.ChunkedArray], str]] = [
        (_PLAIN, lambda t: t, ""),
        (_THOUSANDS, lambda t: pc.replace_substring(t, ",", ""), "commas are read as thousands separators"),
    ]
    if decimal == ",":
        dot = lambda t: pc.replace_substring(t, ",", ".")  # noqa: E731
        forms = [
            (_COMMA, dot, "the comma is read as the decimal mark"),
            (_DOTTED, lambda t: dot(pc.replace_substring(t, ".", "")), "dots are read as thousands separators"),
            (_PLAIN, lambda t: t, "the dot is read as the decimal mark here"),
        ]
    infinite = cells.matches(_INF)
    form, plain, told = max(forms, key=lambda form: int(cells.matches(form[0]).sum()))
    good = cells.matches(form)
    bad = ~good & ~infinite & ~null(cells)
    if not good.any() or (good | infinite).sum() < MOSTLY * present:
        if (good.any() or cells.matches(_NEARLY).sum() > 0.5 * present) and not datelike(cells, present):
            cells.notices.append(
                Sentence(
                    "Column {shown} is read as text or categories: {bad} is not a number.",
                    shown=cells.shown,
                    bad=cells.first(bad),
                )
            )
        return None
    if told and cells.matches("," if "comma" in told else "[.]").any():
        cells.notices.append(f"Column {cells.shown}: {told}.")
    if bad.any():
        cells.notices.append(
            Sentence(
                "Column {shown}: {int} value(s) not a number count as missing, first {bad}.",
                shown=cells.shown,
                int=int(bad.sum()),
                bad=cells.first(bad),
            )
        )
    usable = pc.if_else(pa.array(good), cells.text, pa.scalar(None, cells.text.type))
    return _values(cells, plain(usable), good, infinite)


def _values(cells: Cells, text: pa.ChunkedArray, good: np.ndarray, infinite: np.ndarray) -> tuple[pd.Series, str]:
    bare = pc.utf8_ltrim(text, "+")
    whole = Cells(cells.name, text, cells.lines).matches(_INTEGER)
    if (whole == good).all():
        integers = pc.cast(bare, pa.int64())
        if good.all():
            return pd.Series(integers.to_numpy()), "integer"
        exact = pc.max(pc.abs(integers)).as_py() <= _EXACT
        kind, values = "integer", integers.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        # float64 holds these exactly and is what everybody expects; larger ones would run into each other.
        values = values.astype(np.float64) if exact else values
    else:
        floats = pc.cast(bare, pa.float64()).to_numpy().copy() + 0.0  # −0.0 + 0.0 is 0.0: one value, not two
        infinite = infinite | np.isinf(floats)
        floats[infinite] = np.nan
        values, kind = pd.Series(floats), "numeric"
    if infinite.any():
        cells.notices.append(
            Sentence(
                "Column {shown}: {int} infinite value(s) count as missing, first {infinite}.",
                shown=cells.shown,
                int=int(infinite.sum()),
                infinite=cells.first(infinite),
            )
        )
    return values, kind


def _boolean(cells: Cells, present: int) -> tuple[pd.Series, str] | None:
    levels = pc.unique(pc.utf8_lower(cells.text)).drop_null().to_pylist() if present else []
    for pair in _BOOLEANS:
        if set(levels) == set(pair):
            values = cells.text.to_pandas().str.lower().map(pair)
            return (values.astype(bool) if present == len(values) else values.astype("boolean")), "boolean"
    return None


def _words(cells: Cells, present: int) -> tuple[pd.Series, str]:
    words = pd.Series(cells.text.to_pandas().array, dtype="str")
    levels = int(words.nunique())
    if levels <= max(LEVELS, present // 10):
        return words.astype("category"), "categorical"
    return words, "text"
