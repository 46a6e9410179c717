"""The records of a text, each with the line on which it begins; a quote that is never closed is found."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from core.data.opening import LIMIT, TableError
from core.data.separator import words
from core.sentences import Sentence

_TALL = 20  # lines in one row beyond which an unclosed quote is likelier than a long note

# The csv module's limit of 131,072 characters a cell is process-wide; a file's own limit is the one that counts here.
csv.field_size_limit(LIMIT)

Record = tuple[int, list[str]]  # the line on which it begins, and its cells


def read_records(text: TextIO, delimiter: str, skip: int, name: str, notices: list[str]) -> Iterator[Record]:
    """(line, cells) of every record that is not blank."""
    for _ in range(skip):
        text.readline()
    if delimiter == " ":
        yield from ((i, words(line)) for i, line in enumerate(text, skip + 1) if line.strip())
        return
    watched = _Watched(text)
    line, long, final = skip + 1, 0, []
    reader = csv.reader(watched, delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            if len(row) > 1 or (row and row[0].strip()):
                yield line, row
            if len(watched.lines) > _TALL and not long:
                long = line
            final = watched.lines[:] if len(watched.lines) > 1 else []
            last, line = line, line + len(watched.lines)
            watched.lines.clear()
    except csv.Error as error:
        raise TableError(
            Sentence("{name} cannot be split into cells in line {line}: {error}", name=name, line=line, error=error)
        ) from error
    if final and _unclosed(final, delimiter):
        raise TableError(
            Sentence(
                "{name}: a quote that opens in line {last} is never closed; close it or remove it", name=name, last=last
            )
        )
    if long:
        notices.append(
            Sentence(
                "The row of line {long} goes on for more than {tall} lines: a quote may not be closed there.",
                long=long,
                tall=_TALL,
            )
        )


class _Watched:
    """Lines of text, keeping those of the record that is being read."""

    def __init__(self, text: TextIO) -> None:
        self.text = text
        self.lines: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self.text:
            self.lines.append(line)
            yield line


def _unclosed(lines: list[str], delimiter: str) -> bool:
    """Whether the file ends inside a quoted cell."""
    try:
        list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
