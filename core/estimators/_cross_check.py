"""An estimate held against nearest neighbours on some of its rows: what is trained, binned or Gaussian can miss structure."""

from __future__ import annotations

import numpy as np

from core import discover
from core.evaluation.trust import Finding, Names, interval_of
from core.evaluation.trust.finding import UNNAMED
from core.method import Array, Source
from core.sentences import Sentence

_FEWEST, _ROWS = 100, 2_000
_WIDEST = 10  # columns in all, beyond which nearest neighbours see next to nothing; what falls short contradicts by more alone
_MARGIN = 0.03  # nats between the intervals, before it is said


def disagreement(
    x: Array, y: Array, mi: float, interval: tuple[float, float], names: Names = UNNAMED
) -> Finding | None:
    """KSG, told which sides hold names, which misses no kind of dependence, sees more than the estimate, or, of one column
    against one, less.

    "More": neither estimate lies in the interval of the other."""
    d = x.shape[1] + y.shape[1]
    if d > _WIDEST or len(x) < _FEWEST:
        return None
    at = np.linspace(0, len(x) - 1, min(len(x), _ROWS)).astype(int)
    x, y = x[at], y[at]
    other = discover.load("estimators", "ksg")(random_state=0, categories=names.categories(x.shape[1], y.shape[1]))
    for _ in other.steps(Source(x, y)):
        pass
    theirs = other.found()  # without a verdict of its own
    low, high = around = interval_of(theirs.mi, theirs.interval, x, y, names)
    if found := misses(mi, interval, Sentence(other.title), theirs.mi, around, len(x)):
        return found
    sees = {"other": Sentence(other.title), "theirs": theirs.mi, "low": low, "high": high, "n": len(x)}
    # With few rows neighbours fall short of a high MI, as their interval says only in part.
    if d == 2 and interval[0] > high + max(0.1, 0.1 * mi):
        said = Sentence(
            "{other} sees only {theirs:.2f} nats ({low:.2f} to {high:.2f}) in {n:,} of the rows: this estimate may be too high.",
            **sees,
        )
        return Finding("amber", said)
    return None


def misses(
    mi: float, interval: tuple[float, float], other: str, theirs: float, around: tuple[float, float], n: int
) -> Finding | None:
    """An estimate is exceeded by `theirs`, with the interval `around`, of n of its rows: neither lies in the other's."""
    low, high = around
    if mi >= low - _MARGIN or interval[1] >= theirs - _MARGIN:
        return None
    said = Sentence(
        "{other} sees {theirs:.2f} nats ({low:.2f} to {high:.2f}) in {n:,} of the rows: this estimate misses a part of "
        "the dependence.",
        other=other,
        theirs=theirs,
        low=low,
        high=high,
        n=n,
    )
    return Finding("red" if low - mi > max(0.1, 0.2 * mi) else "amber", said)
