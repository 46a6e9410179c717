"""Mutual information where one side or both are names, of which only equality counts: one number a row, in nats.

The mean of the rows is the estimate, as in `neighbours`.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma

from core import trees
from core.method import Array
from core.neighbours import NEARER, psi


def ross(x: Array, codes: Array, k: int) -> Array:
    """Numbers against names: ψ(n) + ψ(k_c) − ψ(n_c) − ψ(m), contributions (n,).

    x: (n, dx), codes: (n, dc), of which only equality counts. Within its category c of n_c rows a row's k_c-th
    neighbour, k_c = min(k, n_c − 1), lies at ε; m rows of any category are nearer, itself included. A row alone in its
    category can say nothing and gives 0.

    References: Ross (2014), Mutual information between discrete and continuous data sets, PLoS ONE 9(2), e87357, eq. 2.
    """
    n, at = len(x), _groups(codes)
    radius, k_c, n_c = np.zeros(n), np.zeros(n, dtype=np.int64), np.bincount(at)[at]
    for rows in np.split(np.argsort(at, kind="stable"), np.cumsum(np.bincount(at))[:-1]):
        k_c[rows] = min(k, len(rows) - 1)
        if len(rows) > 1:
            radius[rows] = trees.to_neighbour(x[rows], k_c[rows[0]])
    alone = n_c == 1
    near = np.maximum(
        trees.Within(x)(np.arange(n), radius * NEARER), k_c
    )  # numbers that repeat may have nobody strictly nearer
    terms = digamma(n) + psi(np.maximum(k_c, 1)) - psi(n_c) - psi(np.maximum(near, 1))
    return np.where(alone, 0.0, terms)


def table(x: Array, y: Array) -> Array:
    """Both sides categories: ψ(n_xy) + ψ(n) − ψ(n_x) − ψ(n_y) with the rows that equal each row, contributions (n,).

    It is what `neighbours.ksg` gives where every row has more than k equals, without walking through all of them.
    """
    same_x, same_y, same = (_equals(side) for side in (x, y, np.hstack([x, y])))
    return psi(same) + digamma(len(x)) - psi(same_x) - psi(same_y)


def of_counts(tables: Array) -> Array:
    """The mean of `table` from counts (…, a, b) of which no row and no column is empty, (…)."""
    each = lambda counts, axes: (counts * digamma(np.maximum(counts, 1))).sum(axis=axes)  # noqa: E731
    n = tables.sum(axis=(-2, -1))
    sides = each(tables.sum(axis=-1), -1) + each(tables.sum(axis=-2), -1)
    return digamma(n) + (each(tables, (-2, -1)) - sides) / n


def _equals(rows: Array) -> Array:
    """How many rows equal each row, itself included, (n,)."""
    at = _groups(rows)
    return np.bincount(at)[at]


def _groups(rows: Array) -> Array:
    """Numbers (n,), from 0, of which rows (n, d) that are equal have the same; column by column, since sorting rows takes
    several times as long."""
    first, *others = rows.T
    at: Array = np.unique(first, return_inverse=True)[1]
    for column in others:
        values, codes = np.unique(column, return_inverse=True)
        at = np.unique(at * len(values) + codes, return_inverse=True)[1]
    return at
