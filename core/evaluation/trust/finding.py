"""What a check finds: one reason for doubt, in a sentence that calls the columns by their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from core.method import Source
from core.sentences import Sentence

Severity = Literal["amber", "red"]


class Finding(NamedTuple):
    """One reason for doubt: how grave it is, and a plain sentence."""

    severity: Severity
    sentence: str


class Names(NamedTuple):
    """What the columns of both sides are called, where that is known, and which of them hold codes of names."""

    x: Sequence[str] = ()
    y: Sequence[str] = ()
    x_codes: Sequence[int] = ()
    y_codes: Sequence[int] = ()

    @classmethod
    def of(cls, source: Source) -> Names:
        """As the data's source has them."""
        return cls(source.x_names, source.y_names, source.x_codes, source.y_codes)

    def told(self, categories: str, dx: int, dy: int) -> Names:
        """The same where `categories` says that all dx columns of "x", dy of "y", or "both" hold names."""
        x_codes = range(dx) if categories in ("x", "both") else self.x_codes
        y_codes = range(dy) if categories in ("y", "both") else self.y_codes
        return self._replace(x_codes=x_codes, y_codes=y_codes)

    def codes(self, side: str) -> Sequence[int]:
        """The columns of a side that hold codes of names."""
        return self.x_codes if side == "x" else self.y_codes

    def categories(self, dx: int, dy: int) -> str:
        """Which sides hold names in all of their dx, dy columns: "neither", "x", "y" or "both"."""
        x, y = 0 < dx == len(self.x_codes), 0 < dy == len(self.y_codes)
        return "both" if x and y else "x" if x else "y" if y else "neither"

    def column(self, side: str, i: int, d: int, begins: bool = True) -> str:
        """The i-th of d columns of a side, where a sentence begins or within one: by its name, or else by its place."""
        known = self.x if side == "x" else self.y
        if len(known) == d:
            return Sentence("Column {name}" if begins else "column {name}", name=repr(str(known[i])))
        place = "Column {number} of {side}" if begins else "column {number} of {side}"
        return Sentence(place, number=i + 1, side=side)

    def side(self, side: str, d: int, begins: bool = True) -> str:
        """A whole side: by the name of its only column, or else as x or y."""
        return self.column(side, 0, d, begins) if len(self.x if side == "x" else self.y) == d == 1 else side


UNNAMED = Names()
