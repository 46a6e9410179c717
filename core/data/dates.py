"""Dates and times in a column of strings; where the day and the month cannot be told apart, it stays text."""

from __future__ import annotations

import pandas as pd

from core.data.cells import MOSTLY, Cells, null
from core.sentences import Sentence

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?)?$"
_ZONED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})$"
_HOUR = r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:[.][0-9]{1,9})?))?(?: ?([AaPp])[Mm])?"
_CLOCK = rf"(?:,?[ T]{_HOUR})?$"
_SLASHED = rf"^([0-9]{{1,2}})[/.]([0-9]{{1,2}})[/.]([0-9]{{4}}){_CLOCK}"
_YEAR_FIRST = rf"^([0-9]{{4}})/([0-9]{{1,2}})/([0-9]{{1,2}}){_CLOCK}"


def datelike(cells: Cells, present: int) -> bool:
    """Whether most cells look like dates."""
    return bool((cells.matches(_ISO) | cells.matches(_SLASHED) | cells.matches(_YEAR_FIRST)).sum() >= MOSTLY * present)


def date(cells: Cells, present: int) -> tuple[pd.Series, str] | None:
    """ISO dates; day/month/year where the numbers themselves say which is which; each with a time of the day or none."""
    text = cells.text.to_pandas()
    for pattern in (_ISO, _ZONED):
        good = cells.matches(pattern)
        if good.sum() >= MOSTLY * present:
            zoned = pattern == _ZONED
            return _dates(cells, pd.to_datetime(text.where(good), format="ISO8601", errors="coerce", utc=zoned), zoned)
    good = cells.matches(_YEAR_FIRST)
    if good.sum() >= MOSTLY * present:
        return _dates(cells, _assembled(text.str.extract(_YEAR_FIRST), ("year", "month", "day")), False)
    good = cells.matches(_SLASHED)
    if good.sum() < MOSTLY * present:
        return None
    parts = text.str.extract(_SLASHED)
    first, second = (parts[i].dropna().astype(int).max() for i in (0, 1))
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
    order = ("day", "month", "year") if first > 12 else ("month", "day", "year")
    cells.notices.append(
        Sentence(
            "Column {shown}: dates are read with the day first."
            if first > 12
            else "Column {shown}: dates are read with the month first.",
            shown=cells.shown,
        )
    )
    return _dates(cells, _assembled(parts, order), False)


def _assembled(parts: pd.DataFrame, order: tuple[str, str, str]) -> pd.Series:
    """Times from strings of numbers: three columns in that order, then hour, minute, second, and a or p of a twelve-hour clock."""
    said = parts.set_axis([*order, "hour", "minute", "second", "half"], axis=1)
    half = said.pop("half").str.lower()
    numbers = said.apply(pd.to_numeric)
    numbers[["hour", "minute", "second"]] = numbers[["hour", "minute", "second"]].fillna(0)
    numbers["hour"] = numbers["hour"].where(half.isna(), numbers["hour"] % 12 + 12 * (half == "p"))
    return pd.to_datetime(numbers, errors="coerce")


def _dates(cells: Cells, dates: pd.Series, zoned: bool) -> tuple[pd.Series, str] | None:
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
