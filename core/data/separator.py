"""What separates the cells of a line: said by the file, or found by trying."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TextIO

SEPARATORS = (",", ";", "\t", "|", "^", "~")
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
    """Whether blanks align the columns: lines have equally many words, most of them numbers or quoted below the first."""
    rows = [words(line) for line in lines if line.strip()]
    if len(rows) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        return False
    cells = [cell for row in rows[1:] for cell in row]
    quoted = sum(len(re.findall(_QUOTED, line)) for line in lines[1:])
    return quoted + sum(bool(NUMBER.fullmatch(cell)) for cell in cells) > 0.5 * len(cells)


_QUOTED = r'"(?:[^"]|"")*"'
_WORD = re.compile(rf"{_QUOTED}(?=\s|$)|\S+")


def words(line: str) -> list[str]:
    """The cells of a line that blanks separate; a quoted one may hold blanks."""
    return [w[1:-1].replace('""', '"') if w[0] == w[-1] == '"' and len(w) > 1 else w for w in _WORD.findall(line)]


def looks_separated(lines: list[str]) -> bool:
    """Whether lines that were read as one cell each hold one and the same sign equally often: perhaps it separates cells."""
    lines = [re.sub(_QUOTED, "", line.strip()) for line in lines if line.strip()]
    if len(lines) < 3:
        return False
    signs = set(re.sub(r"[\w.+\-]", "", lines[0]))
    counts = {sign: Counter(line.count(sign) for line in lines).most_common(1)[0] for sign in signs}
    return any(number and times >= 0.9 * len(lines) for number, times in counts.values())
