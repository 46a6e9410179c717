"""Information among the columns of a table, each figure of it computed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from core.analysis.estimate import estimator_class
from core.columns import Remembered
from core.data.tables import NAMED, Table, as_numbers
from core.method import Array
from core.sentences import Sentence


class Shared:
    """I(columns; column) in nats of numbers and names by nearest neighbours, each computed once, on the rows that have all."""

    def __init__(self, columns: Sequence[Array], named: Sequence[bool], k: int, seed: int) -> None:
        self.columns, self.named, self.k, self.seed = list(columns), list(named), k, seed
        self._known = Remembered(self.columns)
        self._found: dict[tuple[tuple[int, ...], int], float] = {}
        self.notices: tuple[str, ...] = ()

    @classmethod
    def of_table(cls, table: Table, names: Sequence[str], seed: int, k: int = 5) -> Self:
        """The columns of these names, the target last; `notices` say how they enter. Errors: TableError."""
        notices: list[str] = []
        values = [np.asarray(as_numbers(table, name, notices), dtype=float).ravel() for name in names]
        made = cls(values, [table[name].kind in NAMED for name in names], k, seed)
        made.notices = tuple(dict.fromkeys(notices))
        return made

    def of_rows(self, rows: Array) -> Shared:
        """The same columns on some of the rows."""
        return Shared([column[rows] for column in self.columns], self.named, self.k, self.seed)

    def relevance(self, i: int) -> float:
        """I(column; target) in nats."""
        return self.between((i,), len(self.columns) - 1)

    def know(self, i: int, relevance: float) -> None:
        """Take the MI of a column with the target as it was estimated elsewhere."""
        self._found[(i,), len(self.columns) - 1] = relevance

    def between(self, which: tuple[int, ...], other: int) -> float:
        """Errors: ValueError where columns that go together are part names and part numbers."""
        key = (tuple(sorted(which)), other)
        if key not in self._found:
            self._found[key] = self._estimate(key[0], other)
        return self._found[key]

    def _estimate(self, which: tuple[int, ...], other: int) -> float:
        kinds = {self.named[i] for i in which}
        if len(kinds) > 1:
            raise ValueError(
                Sentence("jmi cannot join names with numbers: leave the columns of names out, or choose mrmr")
            )
        sides = np.column_stack([self.columns[i] for i in which]), self.columns[other][:, None]
        whole = np.isfinite(np.hstack(sides)).all(axis=1)
        if not whole.all():
            sides = sides[0][whole], sides[1][whole]
        elif len(which) == 1:
            sides = self.columns[which[0]][:, None], sides[1]  # the column itself, of which much is known already
        if len(sides[0]) < 2:
            return 0.0
        names = {(True, True): "both", (True, False): "x", (False, True): "y", (False, False): "neither"}
        categories = names[kinds.pop(), self.named[other]]
        with self._known.used():
            ksg = estimator_class("ksg")(k=self.k, categories=categories, random_state=self.seed)
            return float(ksg.alone(*sides))
