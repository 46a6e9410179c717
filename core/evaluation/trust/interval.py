"""Where an interval of mutual information can lie: wider for rows in series, and no farther than MI can be."""

from __future__ import annotations

import math

from core.evaluation.trust.finding import UNNAMED, Names
from core.evaluation.trust.of_values import most
from core.evaluation.trust.serial import widening
from core.method import Array


def interval_of(
    mi: float, interval: tuple[float, float], x: Array, y: Array, names: Names = UNNAMED
) -> tuple[float, float]:
    """An estimate's interval as it is to be shown, from the one that takes the n rows for independent.

    It is widened where they are in series, by which it rises to no more than ln n, the most that n rows can establish. It
    never goes below 0, or the estimate where that is negative, nor above the entropy of a side of names or of few values;
    so some value that MI can have always lies in it.
    """
    low, high = widened(mi, interval, widening(x, y, names))
    return possible(mi, (low, min(high, max(interval[1], math.log(len(x))))), max(mi, most(x, y, names)))


def widened(mi: float, interval: tuple[float, float], factor: float) -> tuple[float, float]:
    """The interval, and of rows in series one that reaches as far below as above: drift makes dependence of nothing."""
    if factor == 1.0:
        return interval
    half = factor * max(mi - interval[0], interval[1] - mi)
    return mi - half, mi + half


def possible(mi: float, interval: tuple[float, float], most: float = math.inf) -> tuple[float, float]:
    """The part of an interval in which a quantity between 0 and `most` can lie, with the estimate."""
    low, high = interval
    return min(mi, max(low, min(0.0, mi))), max(0.0, min(high, most))
