"""An order of two sides that neither the caller nor units decide: I(X; Y) = I(Y; X) to the last digit."""

from __future__ import annotations

import numpy as np

from core.columns import once
from core.method import Array


def swapped(x: Array, y: Array) -> bool:
    """Whether y (n, dy) comes before x (n, dx), so that a symmetric estimator computes with y first.

    Fewer columns come first; then the ranks decide, which no change of units moves, at the first row that differs in
    them; then the values.
    """
    if x.shape[1] != y.shape[1]:
        return y.shape[1] < x.shape[1]
    for a, b in ((_ranks(x), _ranks(y)), (x, y)):
        if (differs := (a != b).ravel()).any():
            first = int(differs.argmax())
            return bool(b.flat[first] < a.flat[first])
    return False


def _ranks(side: Array) -> Array:
    return np.column_stack([_column_ranks(column) for column in side.T])


@once
def _column_ranks(column: Array) -> Array:
    return np.unique(column, return_inverse=True)[1]
