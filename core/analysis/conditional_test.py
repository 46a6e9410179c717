"""Are two columns independent once others are known? A conditional MI against rows that keep what they owe to the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from core.analysis.estimate import estimator_class
from core.analysis.significance import Null
from core.arrays import normal_scores
from core.information import quantities
from core.method import Array

_COPIES, _FIRST = 100, 10  # drawn at most, and after how many a clear dependence needs no more
_CLEAR = 8.0  # deviations
_ABOVE = 10  # copies above the value, after which the p-value is known well enough
_NEAR = 6  # rows nearest in z among which x is exchanged
_APART = 3.0  # between two names, in deviations of a number


@dataclass(frozen=True)
class Side:
    """A column as an estimator takes it, (n, d): a number as itself, names as a column of 0 and 1 for each of them."""

    values: Array
    names: bool

    @classmethod
    def of(cls, column: Array, names: bool) -> Side:
        """column: (n,), numbers or codes."""
        if not names:
            return cls(column[:, None].astype(float), False)
        levels = np.unique(column)
        return cls((column[:, None] == levels[1:]).astype(float), True)

    def at(self, rows: Array) -> Side:
        """The same of some rows."""
        return Side(self.values[rows], self.names)


def conditional_test(x: Side, y: Side, given: list[Side], rng: np.random.Generator) -> tuple[float, float]:
    """I(x; y | given) in nats by nearest neighbours, and p: how often rows without that dependence show as much.

    In a copy each row has the x of a row that is near it in what is given, so that x keeps what it owes to it and loses what
    it shares with y beyond. Fewer than 100 copies are drawn where the answer is clear before.

    References: Runge (2018), Conditional independence testing based on a nearest-neighbor estimator of conditional mutual
    information, AISTATS; arXiv:1709.01447. Besag & Clifford (1991), Sequential Monte Carlo p-values, Biometrika 78, 301.
    """
    ksg, z = estimator_class("ksg")(), np.hstack([side.values for side in given])
    of = lambda rows: float(ksg.several_alone([x.values[rows], y.values, z], quantities.CONDITIONAL))  # noqa: E731
    value, near = of(np.arange(len(z))), _neighbours(given, rng)
    drawn: list[float] = []
    while len(drawn) < _COPIES:
        drawn.append(of(_exchanged(near, rng)))
        clear = len(drawn) == _FIRST and value > np.mean(drawn) + _CLEAR * np.std(drawn, ddof=1)
        if clear or sum(copy >= value for copy in drawn) >= _ABOVE:
            break
    return value, Null.of(np.array(drawn)).p(value)


def _neighbours(given: list[Side], rng: np.random.Generator) -> Array:
    """(n, k) the rows nearest to each in what is given, itself among them; of equal ones any."""
    parts = [
        _APART * side.values if side.names else np.column_stack([normal_scores(column) for column in side.values.T])
        for side in given
    ]
    places = np.hstack(parts)
    places = places + 1e-6 * rng.normal(size=places.shape)
    return np.asarray(cKDTree(places).query(places, min(_NEAR, len(places)))[1])


def _exchanged(near: Array, rng: np.random.Generator) -> Array:
    """For each row one near it, no row taken twice as long as one is free (Runge 2018, algorithm 1)."""
    n, k = near.shape
    shuffled = np.take_along_axis(near, rng.permuted(np.tile(np.arange(k), (n, 1)), axis=1), axis=1).tolist()
    taken, chosen = bytearray(n), [0] * n
    for i in rng.permutation(n).tolist():
        row = shuffled[i]
        chosen[i] = next((j for j in row if not taken[j]), row[-1])
        taken[chosen[i]] = 1
    return np.array(chosen)
