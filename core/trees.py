"""Which rows are near others, found with trees: for few columns. All distances are maxima over columns."""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from core.method import Array


class Trees:
    """Which rows are near others, in few columns."""

    size = sys.maxsize  # rows that may be asked for at once

    def __init__(self, x: Array, y: Array) -> None:
        self.x, self.y, self.tree = x, y, cKDTree(np.hstack([x, y]))
        self.near_x, self.near_y = Within(x), Within(y)

    def at(self, rows: Array) -> SomeRows:
        """Some of the rows among all."""
        return SomeRows(self, rows)


class SomeRows(NamedTuple):
    """As `pairwise.Block`."""

    among: Trees
    rows: Array

    def nearest(self, m: int, last: int = 0) -> tuple[Array, Array]:
        return nearest(self.among.tree, self.rows, np.arange(m - (last or m), m) + 1)

    def inside(self, reach: Array, which: Array) -> Array:
        counts = np.zeros(len(reach), dtype=np.int64)
        counts[which] = count(self.among.tree, self.among.tree.data[self.rows[which]], reach[which])
        return counts

    def alone(self, reach_x: Array, reach_y: Array) -> tuple[Array, Array]:
        return self.among.near_x(self.rows, reach_x), self.among.near_y(self.rows, reach_y)


class Within:
    """How many rows of values (n, d) lie within a radius (m,) of some of the rows (m,), those at the radius included."""

    def __init__(self, values: Array) -> None:
        self.values, self.tree = values, cKDTree(values) if values.shape[1] > 1 else None
        if self.tree is None:
            self.order = np.argsort(values[:, 0])
            self.rising = values[self.order, 0]

    def __call__(self, rows: Array, radius: Array) -> Array:
        if self.tree is not None:
            return count(self.tree, self.values[rows], radius)
        # Queries in rising order walk through memory, which is faster than in the rows' order.
        order = _in_order(self.order, rows)
        at, reach = self.values[rows[order], 0], radius[order]
        counts = np.empty(len(rows), dtype=np.int64)
        counts[order] = np.searchsorted(self.rising, at + reach, "right")
        counts[order] -= np.searchsorted(self.rising, at - reach, "left")
        return counts


def _in_order(order: Array, rows: Array) -> Array:
    """The places in `rows` (m,) of those that come first, second, … in an order of all rows."""
    place = np.full(len(order), -1)
    place[rows] = np.arange(len(rows))
    found = place[order]
    return found if len(rows) == len(order) else found[found >= 0]


def nearest(tree: cKDTree, rows: Array, which: Array) -> tuple[Array, Array]:
    """Distances and numbers of those of the nearest, 1 for itself, of rows (m,) of a tree: (m, …)."""
    order = _in_order(tree.indices, rows)  # one after the other in the same leaf
    distances, at = np.empty((len(rows), len(which))), np.empty((len(rows), len(which)), dtype=np.int64)
    distances[order], at[order] = tree.query(tree.data[rows[order]], which, p=np.inf)
    return distances, at


def to_neighbour(x: Array, k: int) -> Array:
    """How far the k-th neighbour of each row (n, d) is, k < n."""
    if x.shape[1] > 1:
        return cKDTree(x).query(x, [k + 1], p=np.inf)[0][:, 0]
    order, n = np.argsort(x[:, 0]), len(x)
    rising, nearest = x[order, 0], np.full(n, np.inf)
    for left in range(k + 1):  # of the k nearest so many lie to the left, the others to the right
        at = slice(left, n - k + left)
        ends = np.maximum(rising[at] - rising[: n - k], rising[k:] - rising[at])
        nearest[at] = np.minimum(nearest[at], ends)
    radius = np.empty(n)
    radius[order] = nearest
    return radius


def count(tree: cKDTree, values: Array, radius: Array) -> Array:
    return tree.query_ball_point(values, radius, p=np.inf, return_length=True)
