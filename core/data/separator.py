"""What separates the cells of a line: said by the file, or found by trying."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TextIO

SEPARATORS = (",", ";", "\t", "|")
NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?|[+-]?(inf|nan)", re.IGNORECASE)


def marked(text: TextIO) -> tuple[int, str | None]:
    """Excel's own first line `sep=;` names the separator and is no row: (lines to skip, separator)."""
    mark = re.fullmatch(r"\ufeff?sep=(.)\s*", text.readline(16))
    return (1, mark[1]) if mark else (0, None)


def sniff(lines: list[str]) -> str:
    """The separator that splits most records, the first one too, into equally many and mostly numeric cells."""
    best, found = 0.0, None
    for candidate in SEPARATORS:
        rows = [
            row
            for row in csv.reader(iter(lines), delimiter=candidate, skipinitialspace=True)
            if any(cell.strip() for cell in row)
        ]
        counts = Counter(len(row) for row in rows)
        usual, times = counts.most_common(1)[0] if counts else (0, 0)
        if usual < 2:
            continue
        cells = [cell.strip() for row in rows[1:] for cell in row[:50] if cell.strip()]
        numeric = sum(bool(NUMBER.fullmatch(cell)) for cell in cells) / max(len(cells), 1)
        score = times / len(rows) + 0.5 * (len(rows[0]) == usual) + 0.25 * numeric
        if score > best:
            best, found = score, candidate
    if found is None and _aligned(lines):
        return " "
    return found or ","


def _aligned(lines: list[str]) -> bool:
    """Whether blanks align the columns: lines have equally many words, most of them numbers below the first."""
    rows = [line.split() for line in lines if line.strip()]
    cells = [cell for row in rows[1:] for cell in row]
    same = len(rows) > 1 and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1
    return same and sum(bool(NUMBER.fullmatch(cell)) for cell in cells) > 0.5 * len(cells)
