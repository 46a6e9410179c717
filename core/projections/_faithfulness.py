"""How faithful a layout is: neighbours that it makes up, and neighbours that it loses.

References: Venna and Kaski, 2001, Neighborhood preservation in nonlinear projection methods, ICANN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from core.arrays import evenly, unit_of
from core.method import Array

NEIGHBOURS = 5  # scikit-learn's choice
ROWS = 5_000  # whose neighbours are ranked among all rows; of more, that many spread evenly over the data
_CELLS = 20_000_000  # distances in memory at once: 80 MB


def faithfulness(features: Array, layout: Array) -> dict[str, Any]:
    """ "trustworthiness" and "continuity" of a layout, the "neighbours" that were looked at, and of how many "rows"."""
    ranked = min(len(features), ROWS)
    return {
        "trustworthiness": trustworthiness(features, layout),
        "continuity": continuity(features, layout),
        "faithful_rows": ranked,
        "faithful_neighbours": _k(len(features)),
    }


def trustworthiness(features: Array, layout: Array) -> float:
    """1 less the penalised share of neighbours in the layout that are none among the features.

    T(k) = 1 − 2 / (m k (2n − 3k − 1)) Σ_i Σ_j (r(i, j) − k), over the m rows i that are ranked and their neighbours j in
    the layout that have a rank r(i, j) > k among the features. With m = n it is the published measure.
    """
    return _kept(layout, features)


def continuity(features: Array, layout: Array) -> float:
    """1 less the penalised share of neighbours among the features that the layout has torn apart: T with sides changed."""
    return _kept(features, layout)


def _k(n: int) -> int:
    return min(NEIGHBOURS, (n - 1) // 2)


def _kept(here: Array, there: Array) -> float:
    """1 less the penalised share of neighbours `here` (n, d) that are none `there` (n, e)."""
    # Only the order of distances counts: in a unit in which they can be squared, around the mean.
    here, there = (_centred(side) for side in (here, there))
    n, k = len(here), _k(len(here))
    rows, penalty = evenly(np.arange(n), ROWS), 0.0
    for part in np.array_split(rows, -(-len(rows) * n // _CELLS)):
        near = _nearest(here, part, k)
        distance = _distances(there, part)
        reach = np.take_along_axis(distance, near, 1)
        distance[np.arange(len(part)), part] = np.inf  # no row is its own neighbour
        for j in range(k):
            rank = 1 + (distance < reach[:, j : j + 1]).sum(1)
            penalty += float((rank - k).clip(0).sum())
    return 1.0 - 2.0 / (len(rows) * k * (2.0 * n - 3.0 * k - 1.0)) * penalty


def _centred(side: Array) -> Array:
    side = np.asarray(side, dtype=np.float64)
    side = side / unit_of(side)
    return side - side.mean(0)


def _nearest(side: Array, rows: Array, k: int) -> Array:
    """The k nearest others of each of the rows, (m, k)."""
    if side.shape[1] <= 3:  # a tree is fast in the plane and in space, and slow among many features
        near = cKDTree(side).query(side[rows], k + 1)[1]
    else:
        distance = _distances(side, rows)
        near = np.argpartition(distance, k, axis=1)[:, : k + 1]
        near = np.take_along_axis(near, np.take_along_axis(distance, near, 1).argsort(1), 1)
    # Where others are at the same place, a row need not be the first of its own neighbours, nor among them.
    own = near == rows[:, None]
    own[~own.any(1), -1] = True
    return near[~own].reshape(len(rows), k)


def _distances(side: Array, rows: Array) -> Array:
    """Squared distances of some rows from all, (m, n)."""
    squares = np.einsum("ij,ij->i", side, side)
    return (squares[rows][:, None] + squares - 2.0 * side[rows] @ side.T).clip(0.0)
