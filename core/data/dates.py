"""Dates and times in a column of strings; where the day and the month cannot be told apart, it stays text."""

from __future__ import annotations

import pandas as pd

from core.data.cells import MOSTLY, Cells, null
from core.sentences import Sentence

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?)?$"
_ZONED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})$"
_SLASHED = r"^[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}$"
_YEAR_FIRST = r"^[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}$"


def datelike(cells: Cells, present: int) -> bool:
    """Whether most cells look like dates."""
    return bool((cells.matches(_ISO) | cells.matches(_SLASHED) | cells.matches(_YEAR_FIRST)).sum() >= MOSTLY * present)


def date(cells: Cells, present: int) -> tuple[pd.Series, str] | None:
    """ISO dates; day/month/year where the numbers themselves say which is which."""
    text = cells.text.to_pandas()
    for pattern, layout in ((_ISO, "ISO8601"), (_ZONED, "ISO8601"), (_YEAR_FIRST, "%Y/%m/%d")):
        good = cells.matches(pattern)
        if good.sum() >= MOSTLY * present:
            return _dates(cells, text.where(good), layout, pattern == _ZONED)
    good = cells.matches(_SLASHED)
    if good.sum() < MOSTLY * present:
        return None
    parts = text.where(good).str.extract(r"^(\d+)([/.])(\d+)").dropna()
    first, second, mark = parts[0].astype(int).max(), parts[2].astype(int).max(), parts[1].iloc[0]
    if (first > 12) == (second > 12):
        cells.notices.append(
            Sentence(
                "Column {shown} stays text: in {good} it is ambiguous whether the day or the month "
                "comes first; write dates as YYYY-MM-DD.",
                shown=cells.shown,
                good=cells.first(good),
            )
        )
        return None
    order = "%d{0}%m{0}%Y" if first > 12 else "%m{0}%d{0}%Y"
    cells.notices.append(
        Sentence(
            "Column {shown}: dates are read with the day first."
            if first > 12
            else "Column {shown}: dates are read with the month first.",
            shown=cells.shown,
        )
    )
    return _dates(cells, text.where(good), order.format(mark), False)


def _dates(cells: Cells, text: pd.Series, layout: str, zoned: bool) -> tuple[pd.Series, str] | None:
    dates = pd.to_datetime(text, format=layout, errors="coerce", utc=zoned)
    if not dates.notna().any():
        return None
    if zoned:
        dates = dates.dt.tz_localize(None)
        cells.notices.append(Sentence("Column {shown}: times are read in UTC.", shown=cells.shown))
    bad = dates.isna().to_numpy() & ~null(cells)
    if bad.any():
        cells.notices.append(
            Sentence(
                "Column {shown}: {n} value that is not a date counts as missing, {bad}.",
                many="Column {shown}: {n} values that are not dates count as missing, first {bad}.",
                shown=cells.shown,
                n=int(bad.sum()),
                bad=cells.first(bad),
            )
        )
    return dates.reset_index(drop=True), "datetime"
