"""The law that an estimate would have if two columns were independent: tabulated, drawn, or from series moved along each other."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from scipy.stats import random_table

from core import named
from core.analysis.significance import Null, Nulls, of_neighbours
from core.columns import once
from core.evaluation.trust import Names
from core.evaluation.trust.finding import UNNAMED
from core.evaluation.trust.serial import FEWEST, effective_rows, in_series
from core.method import Array

_COPIES = 200  # shuffled copies; tables of counts cost nothing
_TABLES = 500
_ROWS = 600  # of a shuffled copy for nearest neighbours, whose law follows the tabulated one to more rows
_ROTATIONS, _FIRST = 50, 10  # of series, and after how many a clear dependence needs no more
_CLEAR = 8.0  # deviations
_MOSTLY = 0.8  # of a column's values in a pair: its law is that of the whole column
_ONLY_RANKS = b"ranks"
_Column = tuple[bytes, Array, str]  # what it shares its law with, its values, its side


class Independence:
    """Laws for pairs of columns, each drawn once for all pairs that share it.

    A column of which only ranks count, none of them tied, is like any other of its length, so all pairs of such columns
    have one law; so have all pairs of one column of few values with any of these. Two columns of few values are shuffled
    as a table of counts. Where both columns are series, shuffled rows would be nothing like them: one is moved along the
    other, its end joined to its beginning, by steps spread over its whole length.

    References: Kraskov et al. (2004), arXiv:cond-mat/0305641; Boyett (1979), Algorithm AS 144 (tables).
    """

    def __init__(self, method: str, seed: int) -> None:
        self.neighbours, self.seed, self._laws = method == "ksg", seed, Nulls()

    def of(
        self, estimator: Any, a: Array, b: Array, mi: float, wholes: tuple[Array, Array], names: Names = UNNAMED
    ) -> Null | None:
        """The law for rows a (n,), b (n,) and the estimator that found mi in them; None for one that takes too long, and for
        series of too few effective rows. Of one that trained it is what its critics say of other partners of the same rows, and
        none for series, in which these would be strangers.

        wholes: both columns with their gaps, for what they share with other pairs. names: which of them hold names.
        """
        if not (estimator.quick or estimator.batched):
            return None
        series = in_series(*(both := (a[:, None], b[:, None])), names)
        if estimator.batched:
            drawn = None if series else estimator.surrogates_
            return None if drawn is None else Null.of(drawn)
        if series:
            return self._moved(estimator, a, b, mi) if effective_rows(*both, names) >= FEWEST else None
        ranks = [estimator.by_ranks(column, side) for column, side in ((a, "x"), (b, "y"))]
        if (
            all(ranks)
            and self.neighbours
            and estimator.algorithm == "1"
            and (law := of_neighbours(len(a), estimator.k))
        ):
            return law
        n, sides = len(a), (a, b)
        if shared := self.neighbours and any(ranks):
            sides = tuple(map(_mostly, sides, wholes))  # type: ignore[assignment]
        kinds = [self._kind(*each, estimator) for each in zip(ranks, sides, "xy", strict=True)]
        columns = sorted(zip(kinds, sides, "xy", strict=True), key=lambda each: each[0])  # whichever pair asks first
        m = min(len(columns[0][1]), _ROWS) if shared else n
        key = (m, *(kind for kind, _, _ in columns))
        draw = self._of_tables if self.neighbours and not any(ranks) else self._shuffled
        law = self._laws.once(key, lambda: draw(estimator, columns, m, self._rng(key)))
        return law if m == n else _stretched(law, m, n, estimator.k)

    def _kind(self, free: bool, column: Array, side: str, estimator: Any) -> bytes:
        names = getattr(estimator, "categories", "neither") in (side, "both")
        return _ONLY_RANKS if free else (b"names" if names else b"numbers") + _content(column)

    def _rng(self, key: tuple[Any, ...]) -> np.random.Generator:
        """A stream of its own for each law."""
        digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest, "little")])

    def _shuffled(self, estimator: Any, columns: list[_Column], m: int, rng: np.random.Generator) -> Null:
        some, sides = np.linspace(0, len(columns[0][1]) - 1, m).astype(int), {}
        for kind, column, side in columns:
            sides[side] = (np.arange(m, dtype=float) if kind == _ONLY_RANKS else np.sort(column)[some])[:, None]
        (*_, moved), orders = columns[1], (rng.permutation(m) for _ in range(_COPIES))
        return Null.of(np.array([*estimator.in_orders(sides["x"], sides["y"], orders, moved)]))

    def _of_tables(self, estimator: Any, columns: list[_Column], m: int, rng: np.random.Generator) -> Null:
        margins = (np.unique(column, return_counts=True)[1] for _, column, _ in columns)
        return Null.of(named.of_counts(random_table(*margins).rvs(_TABLES, random_state=rng)))

    def _moved(self, estimator: Any, a: Array, b: Array, mi: float) -> Null:
        steps = np.random.default_rng([self.seed, 2]).permutation(
            len(a) * np.arange(1, _ROTATIONS + 1) // (_ROTATIONS + 1)
        )
        drawn: list[float] = []
        orders = (np.roll(np.arange(len(b)), step) for step in steps[steps > 0])
        for value in estimator.in_orders(a[:, None], b[:, None], orders):
            drawn.append(value)
            if len(drawn) == _FIRST and mi > np.mean(drawn) + _CLEAR * np.std(drawn, ddof=1):
                break
        return Null.of(np.array(drawn))


def _stretched(law: Null, m: int, n: int, k: int) -> Null:
    """The law that was drawn for m rows, for n: its deviation changes as the tabulated one does, its mean as 1/n."""
    few, many = of_neighbours(m, k), of_neighbours(n, k)
    narrower = many.deviation / few.deviation if few and many else float(np.sqrt(m / n))
    drawn = law.drawn if law.drawn is not None else np.array([law.mean])
    return Null.of(law.mean * m / n + (drawn - law.mean) * narrower)


def _mostly(column: Array, whole: Array) -> Array:
    """The values that a column has at all, where most of them are in the pair; or else those of the pair."""
    if len(column) == len(whole):
        return column
    present = whole[np.isfinite(whole)]
    return present if len(column) >= _MOSTLY * len(present) else column


@once
def _content(column: Array) -> bytes:
    """The values of a column, whatever their order."""
    return hashlib.blake2b(np.sort(column).tobytes(), digest_size=16).digest()
