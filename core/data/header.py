"""Which line of a table holds the names of its columns, and whether any does."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from core.data.cells import MISSING
from core.data.records import Record
from core.data.separator import NUMBER
from core.sentences import Sentence

_YEARS = range(1500, 2201)
_LONG = 20  # lines of a title at most
_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([ T].*)?")


def drop_preamble(sample: list[Record], notices: list[str]) -> list[Record]:
    """Leave out what stands above the header: comments with #, and lines of one cell over a table of several."""
    width = Counter(len(row) for _, row in sample).most_common(1)[0][0]
    usual = Counter(_filled(row) for _, row in sample).most_common(1)[0][0]
    count = 0
    while count < min(len(sample) - 2, _LONG):
        row = sample[count][1]
        comment = row[0].lstrip().startswith("#") and len(row) != width
        if not comment and not (usual > 1 and _filled(row) == 1 and row[0].strip() and width > 1):
            break
        count += 1
    if count:
        notices.append(
            Sentence(
                "{n} comment or title line before the header was left out, line {line}.",
                many="{n} comment or title lines before the header were left out, the first in line {line}.",
                n=count,
                line=sample[0][0],
            )
        )
    return sample[count:]


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def find_header(sample: list[Record], told: bool | None, notices: list[str]) -> tuple[list[str] | None, list[Record]]:
    """The names, or None where the first row is data; and the rows of data. told: whether the first row holds names."""
    line, row = sample[0]
    row[0] = row[0].lstrip("\ufeff")  # a second byte-order mark, as concatenated files have
    first, body = [cell.strip() for cell in row], [row for _, row in sample[1:]]
    why = _data(first, line, body) if told is None and body else ""
    if told is False or why:
        notices += [why] if why else []
        return None, sample
    if told is None and body:
        _say_doubts(first, line, body, notices)
    if first[0].startswith("# ") and not any(cell.startswith("#") for cell in first[1:]):
        row = [first[0][2:], *row[1:]]  # as NumPy writes a header
    return row, sample[1:]


def _data(first: list[str], line: int, body: list[list[str]]) -> str:
    """Why the first row is data, in a sentence; nothing where it holds names."""
    filled = [cell for cell in first if cell]
    if filled and all(NUMBER.fullmatch(cell) for cell in filled) and not ("" in first and _counted(filled, True)):
        return Sentence(
            "There is no header: line {line} holds numbers, so columns are named column 1, column 2, …", line=line
        )
    # A row that repeats the names is a second header.
    below = [row for row in body if 2 * sum(a.strip() == b for a, b in zip(row, first, strict=False)) <= len(first)]
    columns = [[row[i].strip() for row in below if i < len(row) and row[i].strip()] for i in range(len(first))]
    if any(_name_of_numbers(*pair) for pair in zip(first, columns, strict=True)):
        return ""
    for cell, column in zip(first, columns, strict=True):
        if cell and not NUMBER.fullmatch(cell) and cell in column:
            return Sentence(
                "There is no header: {cell!r} of line {line} stands in the same column again, so columns are named "
                "column 1, column 2, …",
                cell=cell[:40],
                line=line,
            )
    if alike := _alike(first, columns):
        numbers = [cell for cell in alike if NUMBER.fullmatch(cell)]
        if len(numbers) < len(alike) or not _counted(numbers, "" in first):
            return Sentence(
                "There is no header: line {line} holds values such as {cell!r}, so columns are named column 1, column 2, …",
                line=line,
                cell=alike[0][:40],
            )
    return ""


def _name_of_numbers(cell: str, column: list[str]) -> bool:
    """Whether a word stands over numbers or dates."""
    if not cell or cell in MISSING or cell in "?.-" or NUMBER.fullmatch(cell) or _DATE.fullmatch(cell):
        return False
    return _mostly(NUMBER, column) or _mostly(_DATE, column)


def _mostly(pattern: re.Pattern[str], column: list[str]) -> bool:
    return sum(bool(pattern.fullmatch(cell)) for cell in column) > 0.5 * len(column)


def _alike(first: list[str], columns: list[list[str]]) -> list[str]:
    """Numbers and dates of the first row over columns of numbers and dates."""
    return [
        cell
        for cell, column in zip(first, columns, strict=True)
        if any(pattern.fullmatch(cell) and _mostly(pattern, column) for pattern in (NUMBER, _DATE))
    ]


def _counted(numbers: list[str], unnamed: bool) -> bool:
    """Whether numbers are names: years, several that rise, or pandas' own 0, 1, … beside a column without a name."""
    values = [float(cell.replace(",", ".")) for cell in numbers]
    rising = all(a < b for a, b in pairwise(values))
    if unnamed:
        return values == list(range(len(values)))
    return rising and (len(values) > 2 or all(value in _YEARS for value in values))


def _say_doubts(first: list[str], line: int, body: list[list[str]], notices: list[str]) -> None:
    """Of a header that may be data."""
    filled = [cell for cell in first if cell]
    numbers = [cell for cell in filled if NUMBER.fullmatch(cell)]
    cells = [cell.strip() for row in body for cell in row if cell.strip()]
    if numbers and not (len(numbers) > 1 and all(float(cell.replace(",", ".")) in _YEARS for cell in numbers)):
        notices.append(
            Sentence(
                "Line {line} is read as the header, though it holds numbers such as {cell!r}: choose no header if it is data.",
                line=line,
                cell=numbers[0][:40],
            )
        )
    elif len(filled) > 1 and not any(re.search("[0-9]", cell) for cell in cells):
        notices.append(
            Sentence(
                "Line {line} is read as the header, though all other lines hold words too: choose no header if it is data.",
                line=line,
            )
        )
