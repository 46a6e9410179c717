"""Two columns of a table as a pair to be estimated: the rows that both have, and what is known of them without an estimator."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from core.analysis.correlations import correlations
from core.data.tables import NAMED, Table
from core.evaluation.trust import Names
from core.evaluation.trust.of_values import entropy_of
from core.method import Array, Source
from core.sentences import Sentence

FEWEST = 10  # complete rows of a pair
NUMBERS = ("mi", "correlation", "low", "high", "p", "noise", "nmi", "pearson", "spearman", "distance")
_UNKNOWN = {**dict.fromkeys(NUMBERS, np.nan), "trust": "red", "reasons": ""}


class ColumnPair:
    """Columns x, y of a table with the values `wholes` (n,) each; `a`, `b` are those of complete rows.

    `row` is what `MIMatrix.long` has of it without an estimate; `refused` where there can be none, which `row` says.
    """

    def __init__(self, table: Table, x: str, y: str, a: Array, b: Array, method: str) -> None:
        self.table, self.x, self.y, self.wholes = table, x, y, (a, b)
        whole: Array = np.isfinite(a) & np.isfinite(b)
        self.n = n = int(whole.sum())
        self.a: Array = a if n == len(whole) else a[whole]
        self.b: Array = b if n == len(whole) else b[whole]
        why = self._refusal()
        self.refused = bool(why)
        self.row = {"x": x, "y": y, "n": n, **_UNKNOWN, "reasons": why, "method": method}

    def _refusal(self) -> str:
        if self.n < FEWEST:
            template = "{x} and {y} have {n} complete rows in common; at least {fewest} are needed."
            return Sentence(template, x=self.x, y=self.y, n=self.n, fewest=FEWEST)
        for name, column in ((self.x, self.a), (self.y, self.b)):
            if np.ptp(column) == 0:
                return Sentence("In the rows that both columns have, {name} is constant.", name=name)
        return ""

    @cached_property
    def source(self) -> Source:
        """The complete rows, one column a side."""
        x_codes, y_codes = self._codes(self.x), self._codes(self.y)
        a, b = self.a[:, None], self.b[:, None]
        return Source(a, b, x_names=(self.x,), y_names=(self.y,), x_codes=x_codes, y_codes=y_codes)

    def _codes(self, name: str) -> tuple[int, ...]:
        return (0,) if self.table[name].kind in NAMED else ()

    @property
    def names(self) -> Names:
        """What is known of both columns."""
        return Names.of(self.source)

    def categories(self, method: str) -> dict[str, str]:
        """KSG is told which side holds names; distances between their codes mean nothing."""
        return {"categories": self.names.categories(1, 1)} if method == "ksg" else {}

    def beside(self, mi: float) -> dict[str, float]:
        """The share of the smaller entropy that mi is, where there is one, and other measures of the same rows."""
        named = tuple(self.table[name].kind == "categorical" for name in (self.x, self.y))
        entropies = [h for column in (self.a, self.b) if (h := entropy_of(column)) is not None]
        return {
            "nmi": float(np.clip(mi / min(entropies), 0.0, 1.0)) if entropies else np.nan,
            **correlations(self.a, self.b, named),  # type: ignore[arg-type]
        }
