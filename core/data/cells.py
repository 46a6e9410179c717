"""One column of strings, on its way to a type."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.sentences import Sentence

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NULL", "null")
MOSTLY = 0.8  # the share of cells from which on the rest count as faults of a numeric column, not as its nature
_SHORT = 256  # cells up to which Python's own patterns are faster than a call of Arrow's
_LETTERS = r"^[A-Z][A-Z]$"
_KINDS_OF_CODES = 3  # different codes of two letters from which on NA is taken for one of them


@dataclass
class Cells:
    """One column under way: its stripped strings (null where missing), the line of each, and what there is to say."""

    name: str
    text: pa.ChunkedArray
    lines: np.ndarray
    notices: list[str] = field(default_factory=list)
    no_number: str | None = None  # why cells with digits in them are no numbers

    @property
    def shown(self) -> str:
        return repr(self.name if len(self.name) <= 60 else self.name[:59] + "…")

    @property
    def present(self) -> int:
        """How many cells are not missing."""
        return len(self.text) - self.text.null_count

    @cached_property
    def values(self) -> list[str | None]:
        """The cells as Python holds them."""
        return self.text.to_pylist()

    def first(self, mask: np.ndarray) -> str:
        """ "'abc' in line 58" of the first cell where mask holds."""
        place = int(np.argmax(mask))
        value = self.text[place].as_py()
        return Sentence(
            "{value!r} in line {lines}",
            value=(value if len(value) <= 40 else value[:39] + "…"),
            lines=self.lines[place],
        )

    def say(self, words: Sentence, which: np.ndarray, **more: Any) -> None:
        """A notice of the cells where the mask holds: {shown}, {n} and {first} are the column, how many and the first."""
        values = {"shown": self.shown, "n": int(which.sum()), "first": self.first(which)} | more
        self.notices.append(Sentence(words.template, many=words.many, **values))

    def matches(self, pattern: str) -> np.ndarray:
        """Which cells match; a missing one does not."""
        if len(self.text) <= _SHORT:
            search = _compiled(pattern)
            return np.fromiter((v is not None and search(v) is not None for v in self.values), bool, len(self.text))
        found = pc.fill_null(pc.match_substring_regex(self.text, pattern), False)
        return found.to_numpy(zero_copy_only=False) if isinstance(found, pa.Array) else np.asarray(found)

    def with_text(self, text: pa.ChunkedArray) -> Cells:
        """The same column with its cells written otherwise."""
        return Cells(self.name, text, self.lines)

    def head(self, n: int) -> Cells:
        """The first n cells."""
        return Cells(self.name, self.text.slice(0, n), self.lines[:n])


@lru_cache(maxsize=128)
def _compiled(pattern: str):  # type: ignore[no-untyped-def]
    return re.compile(pattern).search  # cells are stripped: none ends in a line break, where the engines differ


def missing_as_null(name: str, column: pa.ChunkedArray, lines: np.ndarray) -> Cells:
    """Blanks around cells go; the usual words for a missing value become null, but NA among codes of two letters."""
    text = pc.utf8_trim_whitespace(column)
    if pc.any(pc.starts_with(text, '="')).as_py():  # how a spreadsheet is kept from reading 00042 as 42
        text = pc.replace_substring_regex(text, r'(?s)^="(.*)"$', r"\1")
    missing = pc.is_in(text, pa.array(MISSING, text.type))
    cells = Cells(name, pc.if_else(missing, pa.scalar(None, text.type), text), lines)
    if cells.present < len(text) and pc.any(na := pc.equal(text, "NA")).as_py() and _of_two_letters(cells):
        cells = cells.with_text(pc.if_else(na, text, cells.text))
        words = Sentence("Column {shown}: NA counts as a code like the others of two letters, not as missing, {first}.")
        cells.say(words, na.to_numpy())
    return cells


def _of_two_letters(cells: Cells) -> bool:
    return (
        0 < cells.matches(_LETTERS).sum() == cells.present and len(pc.unique(cells.text)) > _KINDS_OF_CODES
    )  # null is one of the unique


def null(cells: Cells) -> np.ndarray:
    """Which cells are missing."""
    return np.asarray(pc.is_null(cells.text))
