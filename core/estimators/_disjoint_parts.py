"""The interval of an estimate from nearest neighbours, read from disjoint parts of the rows."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import stdtrit

from core.method import Array

_PARTS = 8
_LARGEST = 1_000  # rows of a part, so that all of them cost no more than the estimate


def from_parts(local: Array, k: int, of: Callable[[Array], Array], order: Array) -> tuple[float, float]:
    """Student's 95 % from up to eight disjoint parts; neighbours share rows, so the rows' own spread is too small.

    local: contributions (n,) to the estimate; `of` gives those of some rows alone; parts are stretches of `order` (n,).
    """
    n, mi = len(local), float(local.mean())
    parts = min(_PARTS, n // max(20, 4 * k))
    own = 1.96 * float(local.std()) / math.sqrt(n)
    if parts < 3:
        return mi - 2 * own, mi + 2 * own  # twice: seen at most 1.7 times too small for independent sides
    size = min(n // parts, _LARGEST)
    each = order[: n // parts * parts].reshape(parts, -1)[:, :size]
    values = np.array([of(rows).mean() for rows in each])
    half = max(own, float(stdtrit(parts - 1, 0.975) * values.std(ddof=1)) * math.sqrt(size / n))
    beyond = mi - float(values.mean())
    return mi - half + min(0.0, beyond), mi + half + max(0.0, beyond)
