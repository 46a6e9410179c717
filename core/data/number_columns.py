"""Columns of numbers: which decimal mark, what converts, what counts as missing and in which line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.data.cells import MOSTLY, Cells, null
from core.data.dates import datelike
from core.sentences import Sentence

_EXACT = 2**53
_INTEGER = r"^[+-]?[0-9]{1,18}$"
_INF = r"^[+-]?(?i:inf|infinity)$"
_EXP = r"([eE][+-]?[0-9]{1,9})?"
_PLAIN = rf"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+){_EXP}$"
_COMMA = rf"^[+-]?([0-9]+,?[0-9]*|,[0-9]+){_EXP}$"
_THOUSANDS = r"^[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]*)?$"
_DOTTED = r"^[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]*)?$"
# What a person would call a number and no rule here converts: 12 kg beside 3 g, <0.01, 1_000, 0x1F.
_NEARLY = r"^[\s$€£¥+.(<>≤≥~≈-]*[0-9][0-9.,_ ]*\s*([%$€£¥)kKMG]|[dD][+-]?[0-9]+)?$|^0[xX][0-9a-fA-F]+$"
_SENTINELS = (-9, -99, -999, -9999, -99999, 999, 9999, 99999)  # numbers that stand for a missing one in many files


def decimal_mark(columns: list[Cells], delimiter: str) -> str:
    """One mark for the whole file, by a vote of the first cells of each column."""
    dots = commas = 0
    for cells in columns[:200]:
        head = cells.head(500)
        if not head.matches(r"[0-9]").any():
            continue
        dots += int((head.matches(_PLAIN) & head.matches(r"[.]") & ~head.matches(_DOTTED)).sum())
        dots += int((head.matches(_THOUSANDS) & head.matches(r",.*[.]")).sum())
        comma = head.matches(_COMMA) & head.matches(r",")
        # 1,234 in a file that separates by commas is a thousand; under another separator it is 1.234.
        commas += int((comma & ~head.matches(_THOUSANDS)).sum() if delimiter == "," else comma.sum())
        commas += int((head.matches(_DOTTED) & head.matches(r"[.].*,")).sum())
    return "," if commas > dots else "."


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
_BY_COMMA = _Form(_COMMA, _comma_as_point, Sentence("the comma is read as the decimal mark"))
_BY_DOTS = _Form(
    _DOTTED, lambda text: _comma_as_point(_without(".", text)), Sentence("dots are read as thousands separators")
)
_FORMS = {  # by the decimal mark of the file; of those that fit equally, the earlier
    ".": (
        _PLAINLY,
        _Form(_THOUSANDS, partial(_without, ","), Sentence("commas are read as thousands separators")),
        _BY_COMMA._replace(notice=Sentence("the comma is read as the decimal mark here")),
        _BY_DOTS,
    ),
    ",": (_BY_COMMA, _BY_DOTS, _PLAINLY._replace(notice=Sentence("the dot is read as the decimal mark here"))),
}


def number(cells: Cells, plain: Cells, decimal: str, told: bool = False) -> tuple[pd.Series, str] | None:
    """The column as numbers, from its plain spelling; None where too few cells are numbers, told: where none is."""
    infinite = plain.matches(_INF)
    form, good = _best_form(plain, decimal)
    bad = ~good & ~infinite & ~null(cells)
    if not good.any() or ((good | infinite).sum() < MOSTLY * cells.present and not told):
        _say_no_number(cells, plain, good, bad)
        return None
    for notice in plain.notices if plain is not cells else ():
        cells.notices.append(Sentence("Column {shown}: {notice}.", shown=cells.shown, notice=notice))
    if form.notice and plain.matches("," if "comma" in form.notice else "[.]").any():
        cells.notices.append(Sentence("Column {shown}: {notice}.", shown=cells.shown, notice=form.notice))
    if bad.any():
        words = Sentence(
            "Column {shown}: {n} value that is not a number counts as missing, {first}.",
            many="Column {shown}: {n} values that are not numbers count as missing, first {first}.",
        )
        cells.say(words, bad)
    usable = pc.if_else(pa.array(good), plain.text, pa.scalar(None, plain.text.type))
    values, kind = _values(cells, form.plain(usable), good, infinite)
    _say_sentinel(cells, values)
    return values, kind


def _best_form(plain: Cells, decimal: str) -> tuple[_Form, np.ndarray]:
    """The form that most cells have, and which have it."""
    best: tuple[_Form, np.ndarray] | None = None
    for form in _FORMS[decimal]:
        good = plain.matches(form.pattern)
        if best is None or good.sum() > best[1].sum():
            best = form, good
        if best[1].sum() == plain.present:
            break
    assert best is not None
    return best


def _say_no_number(cells: Cells, plain: Cells, good: np.ndarray, bad: np.ndarray) -> None:
    """Of words that may have been meant as numbers."""
    if datelike(cells, cells.present):
        return
    if plain.no_number:
        cells.notices.append(
            Sentence("Column {shown} is read as text or categories: {why}.", shown=cells.shown, why=plain.no_number)
        )
    elif good.any() or cells.matches(_NEARLY).sum() > 0.5 * cells.present:
        cells.say(Sentence("Column {shown} is read as text or categories: {first} is not a number."), bad)


def _say_sentinel(cells: Cells, values: pd.Series) -> None:
    """A number such as −999 that stands far from all others, several times, may mean missing."""
    if values.min() not in _SENTINELS and values.max() not in _SENTINELS:
        return
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = numbers[np.isfinite(numbers)]
    for end in (numbers.min(), numbers.max()) if len(numbers) else ():
        times = int((numbers == end).sum())
        rest = numbers[numbers != end]
        if end in _SENTINELS and times > 1 and len(rest) and np.abs(rest - end).min() > max(np.ptp(rest), 1):
            cells.notices.append(
                Sentence(
                    "Column {shown}: {end:g} stands {times} times, far from all other numbers: does it mean missing?",
                    shown=cells.shown,
                    end=end,
                    times=times,
                )
            )


def _values(cells: Cells, text: pa.ChunkedArray, good: np.ndarray, infinite: np.ndarray) -> tuple[pd.Series, str]:
    bare = pc.utf8_ltrim(text, "+")
    whole = cells.with_text(text).matches(_INTEGER)
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
        words = Sentence(
            "Column {shown}: {n} infinite value counts as missing, {first}.",
            many="Column {shown}: {n} infinite values count as missing, first {first}.",
        )
        cells.say(words, infinite)
    return values, kind
