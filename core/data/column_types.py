"""From columns of strings to typed ones: each says its kind, and which cells did not convert and where."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

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


class _Form(NamedTuple):
    """A way to write numbers: its pattern, what makes such text plain, and what people are told of it."""

    pattern: str
    plain: Callable[[pa.ChunkedArray], pa.ChunkedArray]
    notice: str = ""


def _without(mark: str, text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring(text, mark, "")


def _comma_as_point(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring(text, ",", ".")


_PLAINLY = _Form(_PLAIN, lambda text: text)
_FORMS = {  # by the decimal mark of the file; of those that fit equally, the earlier
    ".": (_PLAINLY, _Form(_THOUSANDS, partial(_without, ","), Sentence("commas are read as thousands separators"))),
    ",": (
        _Form(_COMMA, _comma_as_point, Sentence("the comma is read as the decimal mark")),
        _Form(
            _DOTTED,
            lambda text: _comma_as_point(_without(".", text)),
            Sentence("dots are read as thousands separators"),
        ),
        _PLAINLY._replace(notice=Sentence("the dot is read as the decimal mark here")),
    ),
}


def _number(cells: Cells, present: int, decimal: str) -> tuple[pd.Series, str] | None:
    infinite = cells.matches(_INF)
    form = max(_FORMS["," if decimal == "," else "."], key=lambda form: int(cells.matches(form.pattern).sum()))
    good = cells.matches(form.pattern)
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
    if form.notice and cells.matches("," if "comma" in form.notice else "[.]").any():
        cells.notices.append(Sentence("Column {shown}: {notice}.", shown=cells.shown, notice=form.notice))
    if bad.any():
        cells.notices.append(
            Sentence(
                "Column {shown}: {n} value that is not a number counts as missing, {bad}.",
                many="Column {shown}: {n} values that are not numbers count as missing, first {bad}.",
                shown=cells.shown,
                n=int(bad.sum()),
                bad=cells.first(bad),
            )
        )
    usable = pc.if_else(pa.array(good), cells.text, pa.scalar(None, cells.text.type))
    return _values(cells, form.plain(usable), good, infinite)


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
                "Column {shown}: {n} infinite value counts as missing, {infinite}.",
                many="Column {shown}: {n} infinite values count as missing, first {infinite}.",
                shown=cells.shown,
                n=int(infinite.sum()),
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
