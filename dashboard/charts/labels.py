"""Names where there is little room for them: shortened so that they stay different."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

_SHARED = 4  # letters from which a common beginning is worth leaving out


def short(names: Sequence[object], most: int) -> list[str]:
    """Names as labels of at most so many characters, different where the names are: what long ones have in common at
    their beginning or end is left out, and after that their middle."""
    lines = [" ".join(str(name).split()) for name in names]
    cut = _cut(lines, most)
    for label in {c for c in cut if cut.count(c) > 1}:
        same = [i for i, c in enumerate(cut) if c == label]
        for i, c in zip(same, _cut(_apart([lines[i] for i in same]), most), strict=True):
            cut[i] = c
    return cut


def _cut(lines: list[str], most: int) -> list[str]:
    if sum(len(line) > most for line in lines) > 1:
        lines = _apart(lines)
    head = most // 2
    return [line if len(line) <= most else f"{line[:head]}…{line[head + 1 - most :]}" for line in lines]


def _apart(lines: list[str]) -> list[str]:
    """Without the whole words that all begin and end with."""
    if len(set(lines)) < 2:
        return lines
    begin, end = _common(lines), _common([line[::-1] for line in lines])
    begin, end = _words(lines[0][:begin]), _words(lines[0][::-1][:end])
    end = min(end, min(map(len, lines)) - begin)
    begin, end = (0 if n < _SHARED else n for n in (begin, end))
    return [f"{'…' if begin else ''}{line[begin : len(line) - end]}{'…' if end else ''}" for line in lines]


def _words(shared: str) -> int:
    """Letters of `shared` up to its last separator; all of it where it is one word."""
    last = max((i for i, letter in enumerate(shared) if not letter.isalnum()), default=-1)
    return last + 1 if last >= 0 else len(shared)


def _common(lines: list[str]) -> int:
    """Letters that all lines begin with."""
    return sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*lines, strict=False)))
