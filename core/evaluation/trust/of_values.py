"""What the values of single columns give reason to doubt: digits that were rounded away, and more MI than they can hold."""

from __future__ import annotations

import math

import numpy as np

from core.columns import once
from core.evaluation.trust.finding import UNNAMED, Finding, Names
from core.method import Array
from core.sentences import Sentence

_STEPS = 40  # of double precision, from the least of a column to the most


def last_digits(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """A column that spreads over a few of the steps that double precision takes there: what it told is rounded away."""
    for name, side in (("x", x), ("y", y)):
        for j, column in enumerate(side.T):
            step = np.spacing(np.abs(column).max())
            if 0 < np.ptp(column / 2) * 2 < _STEPS * step and step > np.finfo(float).smallest_subnormal:
                return Finding(
                    "red",
                    Sentence(
                        "{column} varies only in the last digits of numbers near {size:.6g}, where double precision rounds "
                        "to steps of {step:.1g}: subtract a constant before the numbers are stored, or leave the column out.",
                        column=names.column(name, j, side.shape[1]),
                        size=float(column[0]),
                        step=float(step),
                    ),
                )
    return None


def beyond_entropy(x: Array, y: Array, mi: float) -> Finding | None:
    """MI above the entropy of a side with few values, which it cannot exceed; entropies with Miller's correction."""
    for name, side in (("x", x), ("y", y)):
        counts = _counts(side)
        entropy, correction = _entropy(counts), (len(counts) - 1) / (2 * len(side))
        if len(counts) and mi > entropy + 2 * correction + 0.01:
            return Finding(
                "red",
                Sentence(
                    "{mi:.2f} nats is more than the entropy of {name}, {entropy:.2f} nats, which MI cannot exceed: this "
                    "method does not suit values that repeat.",
                    mi=mi,
                    name=name,
                    entropy=entropy,
                ),
            )
    return None


def most(x: Array, y: Array, names: Names = UNNAMED) -> float:
    """The most that I(X; Y) of these rows can be, in nats: the least entropy, as counted, of a side of names or of few
    values, ten rows a value; infinite where no side is that."""
    least = math.inf
    for name, side in (("x", x), ("y", y)):
        counts = _row_counts(side) if 0 < len(names.codes(name)) == side.shape[1] else _counts(side)
        least = min(least, _entropy(counts)) if len(counts) else least
    return least


def entropy_of(column: Array, named: bool = False) -> float | None:
    """The entropy in nats of a column (n,) of names, or of few values, ten rows a value; None for any other, and for one
    value."""
    counts = _column_counts(column) if named else _counts(column[:, None])
    return _entropy(counts) if len(counts) > 1 else None


def _entropy(counts: Array) -> float:
    """As counted: without a correction for how few rows there are."""
    share = counts / counts.sum()
    return float(-(share * np.log(share)).sum())


def _counts(side: Array) -> Array:
    """How often each value of a side occurs, where its columns have ten rows a value; else nothing."""
    if side.shape[1] == 1:
        counts = _column_counts(side[:, 0])
    else:
        few = all(len(_column_counts(column)) <= len(side) / 10 for column in side.T)
        counts = _row_counts(side) if few else np.empty(0)
    return counts if len(counts) <= len(side) / 10 else np.empty(0)


def _row_counts(side: Array) -> Array:
    if side.shape[1] == 1:
        return _column_counts(side[:, 0])
    return np.unique(side, axis=0, return_counts=True)[1]


@once
def _column_counts(column: Array) -> Array:
    return np.unique(column, return_counts=True)[1]
