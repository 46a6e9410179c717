"""Dates and times in a column of strings; where the day and the month cannot be told apart, it stays text."""

from __future__ import annotations

import pandas as pd

from core.data.cells import MOSTLY, Cells, null
from core.sentences import Sentence

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?)?$"
_ZONED = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)? ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})$"
)
_HOUR = r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:[.][0-9]{1,9})?))?(?: ?([AaPp])[.]?[Mm][.]?)?"
_CLOCK = rf"(?:,?[ T]+{_HOUR})?$"
_SLASHED = rf"^([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}}|[0-9]{{2}}){_CLOCK}"
_YEAR_FIRST = rf"^([0-9]{{4}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{1,2}}){_CLOCK}"
_BARE = r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:[T ]?([0-9]{2})([0-9]{2})([0-9]{2})?)?()$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"((?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[A-Za-z]*[.]?"
_NAMED = rf"^(?:[A-Za-z]{{3,9}},? )?([0-9]{{1,2}})(?:st|nd|rd|th)?[ /-]{_NAME}[ ,/-]+([0-9]{{4}}|[0-9]{{2}}){_CLOCK}"
_NAME_FIRST = rf"^(?:[A-Za-z]{{3,9}},? )?{_NAME}[ -]([0-9]{{1,2}})(?:st|nd|rd|th)?[ ,-]+([0-9]{{4}}){_CLOCK}"
_ELAPSED = r"^([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]{1,9})?))?(?: ?([AaPp])[.]?[Mm][.]?)?$"

_ORDERED = {  # patterns in which it is clear which part is which
    _YEAR_FIRST: ("year", "month", "day"),
    _NAMED: ("day", "month", "year"),
    _NAME_FIRST: ("month", "day", "year"),
}
Typed = tuple[pd.Series, str]


def datelike(cells: Cells, present: int) -> bool:
    """Whether most cells look like dates or times."""
    found = cells.matches(_ISO) | cells.matches(_ZONED) | cells.matches(_SLASHED) | cells.matches(_ELAPSED)
    for pattern in _ORDERED:
        found |= cells.matches(pattern)
    return bool(found.sum() >= MOSTLY * present)


def date(cells: Cells, told: bool = False, month_first: bool = False) -> Typed | None:
    """ISO dates; day/month/year where the numbers themselves say which is which; each with a time of the day or none.

    told: the column is of dates, whatever share of it can be read, and month_first settles what its numbers do not.
    """
    enough = 1 if told else max(MOSTLY * cells.present, 1)
    text = cells.text.to_pandas()
    for pattern in (_ISO, _ZONED):
        good = cells.matches(pattern)
        if good.sum() >= enough:
            zoned = pattern == _ZONED
            points = text.where(good).str.replace(",", ".").str.replace(" ?UTC$", "Z", regex=True)
            return _dates(cells, pd.to_datetime(points, format="ISO8601", errors="coerce", utc=zoned), zoned)
    for pattern, order in (_ORDERED | ({_BARE: ("year", "month", "day")} if told else {})).items():
        if cells.matches(pattern).sum() >= enough:
            return _dates(cells, _assembled(cells, text.str.extract(pattern), order), False)
    good = cells.matches(_SLASHED)
    if good.sum() < enough:
        return None
    parts = text.str.extract(_SLASHED)
    first, second = (parts[i].dropna().astype(int).max() for i in (0, 1))
    unsure = (first > 12) == (second > 12)
    dotted = int(cells.matches(r"^[0-9]+[.][0-9]+[.][0-9]{4}").sum()) >= enough
    if unsure and not told and (first > 12 or not dotted):
        words = Sentence(
            "Column {shown} stays text: in {first} it is ambiguous whether the day or the month "
            "comes first; write dates as YYYY-MM-DD, or choose its kind."
        )
        cells.say(words, good)
        return None
    day_first = (not month_first if told else True) if unsure else first > 12
    order = ("day", "month", "year") if day_first else ("month", "day", "year")
    cells.notices.append(
        Sentence(
            "Column {shown}: dates are read with the day first."
            if day_first
            else "Column {shown}: dates are read with the month first.",
            shown=cells.shown,
        )
    )
    return _dates(cells, _assembled(cells, parts, order), False)


def _assembled(cells: Cells, parts: pd.DataFrame, order: tuple[str, str, str]) -> pd.Series:
    """Times from strings: three columns in that order, then hour, minute, second, and a or p of a twelve-hour clock."""
    found = parts.set_axis([*order, "hour", "minute", "second", "half"], axis=1)
    half = found.pop("half").str.lower()
    names = found["month"].str.lower().str[:3].map({name: i for i, name in enumerate(_MONTHS, 1)})
    found["month"] = names.where(names.notna(), found["month"])
    numbers = found.apply(pd.to_numeric)
    if (short := (found["year"].str.len() == 2).to_numpy()).any():
        numbers["year"] += short * (1900 + 100 * (numbers["year"] < 69))  # as C and Python read them
        cells.say(Sentence("Column {shown}: years of two digits are read as 1969 to 2068, {first}."), short)
    numbers[["hour", "minute", "second"]] = numbers[["hour", "minute", "second"]].fillna(0)
    numbers["hour"] = numbers["hour"].where(half.isna(), numbers["hour"] % 12 + 12 * (half == "p"))
    return pd.to_datetime(numbers, errors="coerce")


def _dates(cells: Cells, dates: pd.Series, zoned: bool) -> Typed | None:
    if not dates.notna().any():
        return None
    if zoned:
        dates = dates.dt.tz_localize(None)
        cells.notices.append(Sentence("Column {shown}: times are read in UTC.", shown=cells.shown))
    bad = dates.isna().to_numpy() & ~null(cells)
    if bad.any():
        words = Sentence(
            "Column {shown}: {n} value that is not a date counts as missing, {first}.",
            many="Column {shown}: {n} values that are not dates count as missing, first {first}.",
        )
        cells.say(words, bad)
    return dates.reset_index(drop=True), "datetime"


def time_of_day(cells: Cells) -> Typed | None:
    """Times without a day, and durations, in seconds."""
    good = cells.matches(_ELAPSED)
    if good.sum() < max(MOSTLY * cells.present, 1):
        return None
    parts = cells.text.to_pandas().str.extract(_ELAPSED)
    half = parts.pop(3).str.lower()
    hours, minutes, seconds = (pd.to_numeric(parts[i].str.replace(",", ".")).fillna(0.0) for i in range(3))
    hours = hours.where(half.isna(), hours % 12 + 12 * (half == "p"))
    values = (3600.0 * hours + 60.0 * minutes + seconds).where(good)
    cells.say(Sentence("Column {shown}: times are read as hours and minutes, in seconds, {first}."), good)
    bad = ~good & ~null(cells)
    if bad.any():
        words = Sentence(
            "Column {shown}: {n} value that is not a time counts as missing, {first}.",
            many="Column {shown}: {n} values that are not times count as missing, first {first}.",
        )
        cells.say(words, bad)
    return values.reset_index(drop=True), "numeric"
