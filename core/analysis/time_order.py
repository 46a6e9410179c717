"""Columns of a table as series: the rows in the order of time, which gaps there are, and whether the steps are equal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.tables import NUMBERS, Table, TableError, as_numbers
from core.method import Array
from core.sentences import Sentence

FEWEST = 50  # rows of a series
_OVER, _BLOCK = 3, 3  # times that a column starts over, and rows of each run, from which on these are several series
_EQUAL = 0.05  # of the median step: what steps may differ by and still count as equal


def series_of(table: Table, names: Sequence[str], order: str | None, most: int) -> tuple[list[Array], list[str]]:
    """Columns (n,) in the order of time, NaN where a value is missing, and what there is to say of them.

    order: the column whose values give the order of time; None takes the rows as they stand. Of more than `most` rows those
    in the middle are taken, which follow each other. Errors: TableError for columns that hold no numbers, are constant or
    have fewer than 50 values.
    """
    notices: list[str] = []
    values = [_numbers(table, name) for name in names]
    at: Array = np.arange(len(values[0]))
    if order is not None:
        at, said = _in_order(np.asarray(as_numbers(table, order, []), dtype=float), order)
        values, notices = [column[at] for column in values], said
    n = len(values[0])
    notices += _starts_over(table, at)
    if n > most:
        begin = (n - most) // 2
        values = [column[begin : begin + most] for column in values]
        template = "Of {n:,} rows the {most:,} in the middle, which follow each other, are used."
        notices.append(Sentence(template, n=n, most=most))
    for name, column in zip(names, values, strict=True):
        notices += _checked(name, column)
    return values, notices


def filled(series: Array) -> Array:
    """Gaps closed by straight lines, for what needs every moment; at the ends the nearest value stands."""
    there = np.flatnonzero(np.isfinite(series))
    return np.interp(np.arange(len(series)), there, series[there])


def _numbers(table: Table, name: str) -> Array:
    if (kind := table[name].kind) not in NUMBERS:
        said = "column {name} is {kind}: choose numbers to follow in time"
        raise TableError(Sentence(said, name=name[:60], kind=Sentence(kind)))
    return np.asarray(as_numbers(table, name, []), dtype=float).ravel()


def _in_order(time: Array, name: str) -> tuple[Array, list[str]]:
    """The rows in the order of a column, those without a value left out."""
    said: list[str] = []
    at: Array = np.argsort(time, kind="stable")
    if missing := int(np.isnan(time).sum()):
        template, many = "{n:,} row without {name} is left out.", "{n:,} rows without {name} are left out."
        said.append(Sentence(template, many=many, n=missing, name=name))
    at = at[: len(at) - missing]
    steps = np.diff(time[at])
    if equal := int((steps == 0).sum()):
        template = "{n:,} row has the same {name} as the one before; such rows keep the order of the file."
        many = "{n:,} rows have the same {name} as the one before; such rows keep the order of the file."
        said.append(Sentence(template, many=many, n=equal, name=name))
    if len(steps) and (np.abs(steps - np.median(steps)) > _EQUAL * np.median(steps)).mean() > _EQUAL:
        said.append(Sentence("The rows are not equally spaced in {name}: a lag counts rows, not time.", name=name))
    return at, said


def too_short(name: str, n: int) -> str:
    """That a column of n values is no series; empty where it has enough."""
    said = "{name} has {n:,} values in these rows; a series needs at least {fewest}"
    return Sentence(said, name=name, n=n, fewest=FEWEST) if n < FEWEST else ""


def _starts_over(table: Table, at: Array) -> list[str]:
    """A notice of a date or whole number that rises row by row and begins again three times or more, as where each of
    several countries has its years; none where another column rises through all rows, as a date beside the day of the year."""
    said: list[str] = []
    for name, kind in ((c.name, c.kind) for c in table.columns if c.kind in ("datetime", "integer")):
        column = np.asarray(as_numbers(table, name, []), dtype=float).ravel()[at]
        steps = np.diff(column)
        if np.isnan(steps).any() or not steps.any():
            continue
        falls = np.flatnonzero(steps < 0)
        if not len(falls) and (kind == "datetime" or (steps != 1).any()):  # numbers of rows go through everything
            return []
        blocks = np.diff(np.concatenate([[-1], falls, [len(steps)]]))
        if len(falls) >= _OVER and blocks.min() >= _BLOCK and (steps != 0).all():
            template = (
                "{name} starts over {n} times: these rows are several series one after another, and a lag runs from one "
                "into the next; keep the rows of one of them."
            )
            said.append(Sentence(template, name=name, n=len(falls)))
    return said


def _checked(name: str, column: Array) -> list[str]:
    """What is said of gaps. Errors: TableError."""
    there = column[np.isfinite(column)]
    if few := too_short(name, len(there)):
        raise TableError(few)
    if np.ptp(there) == 0:
        raise TableError(Sentence("{name} is constant in these rows: it has no course in time", name=name))
    if not (gaps := len(column) - len(there)):
        return []
    template = "{name} lacks {n:,} value: moments without it are left out, and its phase is joined across the gap."
    many = "{name} lacks {n:,} values: moments without them are left out, and its phase is joined across the gaps."
    return [Sentence(template, many=many, name=name, n=gaps)]
