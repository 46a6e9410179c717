"""What disjoint parts of the rows tell of an estimate from nearest neighbours: its interval, and whether rows are too few."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from core.evaluation.trust import Finding
from core.method import Array
from core.sentences import Sentence

_PARTS = 8
_MISSING, _SHARE = 0.1, 0.06  # nats that more rows would show, and their share of the estimate, beyond which it is said
_AGAIN = 1.8  # times what the whole sees beyond its halves is what more rows would show
_LARGEST = 1_000  # rows of a part, so that all of them cost no more than the estimate


Means = Callable[[Array], Array]  # rows (p, m) → an estimate of each part (p,)


def one_by_one(of: Callable[[Array], Array]) -> Means:
    """Of a function that gives the contributions of some rows (m,) alone."""
    return lambda parts: np.array([of(rows).mean() for rows in parts])


class Parts(NamedTuple):
    """The 95 % interval, and that the estimate still rises with the number of rows."""

    interval: tuple[float, float]
    rising: Finding | None


def from_parts(local: Array, k: int, means: Means, order: Array, rises: bool = False) -> Parts:
    """Student's 95 % from up to eight disjoint parts; neighbours share rows, so the rows' own spread is too small.

    local: contributions (n,) to the estimate; `means` gives its value for each of some parts (p, m) alone, which are
    stretches of `order` (n,). `rises`: whether to look if more rows would show more.
    """
    n, mi = len(local), float(local.mean())
    parts = min(_PARTS, n // max(20, 4 * k))
    own = 1.96 * float(local.std()) / math.sqrt(n)
    if parts < 3:
        # twice: seen at most 1.7 times too small for independent sides
        return Parts((mi - 2 * own, mi + 2 * own), None)
    size = min(n // parts, _LARGEST)
    each = order[: n // parts * parts].reshape(parts, -1)[:, :size]
    values = means(each)
    half = max(own, float(stdtrit(parts - 1, 0.975) * values.std(ddof=1)) * math.sqrt(size / n))
    beyond = mi - float(values.mean())
    interval = mi - half + min(0.0, beyond), mi + half + max(0.0, beyond)
    few = rises and beyond / (math.sqrt(n / size) - 1.0) > _MISSING  # as if what is missing fell as slowly as 1/√n
    return Parts(interval, _rising(mi, means, order) if few else None)


def _rising(mi: float, means: Means, order: Array) -> Finding | None:
    """What the whole sees beyond its halves, and so more rows would see beyond the whole.

    Where the dependence is finer than the neighbours lie apart, 1.3 to 3 times as much is missing (waves, stripes and
    narrow noise, 300 to 3,000 rows); of Gaussians with few rows about as much.
    """
    beyond = mi - float(means(order[: len(order) // 2 * 2].reshape(2, -1)).mean())
    missing = _AGAIN * beyond
    if missing <= max(_MISSING, _SHARE * mi):
        return None
    return Finding(
        "amber",
        Sentence(
            "Half of the rows show {beyond:.2f} nats less: the estimate still rises with the number of rows, and more of them "
            "would add to it, perhaps {missing:.2f} nats or more.",
            beyond=beyond,
            missing=missing,
        ),
    )
