"""One column of strings, on its way to a type."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.sentences import Sentence

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NULL", "null")
MOSTLY = 0.8  # the share of cells from which on the rest count as faults of a numeric column, not as its nature


@dataclass
class Cells:
    """One column under way: its stripped strings (null where missing), the line of each, and what there is to say."""

    name: str
    text: pa.ChunkedArray
    lines: np.ndarray
    notices: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return repr(self.name if len(self.name) <= 60 else self.name[:59] + "…")

    def first(self, mask: np.ndarray) -> str:
        """ "'abc' in line 58" of the first cell where mask holds."""
        place = int(np.argmax(mask))
        value = self.text[place].as_py()
        return Sentence(
            "{value!r} in line {lines}",
            value=(value if len(value) <= 40 else value[:39] + "…"),
            lines=self.lines[place],
        )

    def matches(self, pattern: str) -> np.ndarray:
        """Which cells match; a missing one does not."""
        found = pc.fill_null(pc.match_substring_regex(self.text, pattern), False)
        return found.to_numpy(zero_copy_only=False) if isinstance(found, pa.Array) else np.asarray(found)


def missing_as_null(name: str, column: pa.ChunkedArray, lines: np.ndarray) -> Cells:
    """Blanks around cells go; the usual words for a missing value become null."""
    text = pc.utf8_trim_whitespace(column)
    text = pc.if_else(pc.is_in(text, pa.array(MISSING, text.type)), pa.scalar(None, text.type), text)
    return Cells(name, text, lines)


def null(cells: Cells) -> np.ndarray:
    """Which cells are missing."""
    return np.asarray(pc.is_null(cells.text))
