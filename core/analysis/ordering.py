"""Orders of columns in which a matrix of mutual information is easier to read."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from core.method import Array
from core.units import equivalent_correlation

_LEAVES = 500  # columns whose leaves are put into the best order: the work grows with their cube


def by_similarity(mi: Array) -> Array:
    """Column numbers (k,) of a matrix of MI (k, k) in nats, such that columns that depend on each other stand together.

    Average linkage of the distances 1 − √(1 − exp(−2 I)), which are 0 where one column determines the other and 1 where
    they are independent; of the 2^(k − 1) orders that the tree allows, the one with the smallest sum of distances between
    neighbours. Pairs without an estimate are taken for independent.

    References: Linfoot (1957), An informational measure of correlation, Information and Control 1, 85;
    Bar-Joseph, Gifford & Jaakkola (2001), Fast optimal leaf ordering for hierarchical clustering, Bioinformatics 17, S22.
    """
    if len(mi) < 3:
        return np.arange(len(mi))
    between = squareform(_distances(mi), checks=False)
    tree = linkage(between, "average")
    ordered: Array = leaves_list(optimal_leaf_ordering(tree, between) if len(mi) <= _LEAVES else tree)
    return ordered if ordered[0] <= ordered[-1] else ordered[::-1]  # either end could be the first


def by_strength(mi: Array, column: int) -> Array:
    """Column numbers (k,): the one given, then the others by their MI with it, the strongest first, unknown ones last."""
    with_it = np.where(np.isfinite(mi[column]) | np.isposinf(mi[column]), mi[column], -np.inf)
    with_it[column] = np.inf
    order: Array = np.argsort(-with_it, kind="stable")
    return np.concatenate([[column], order[order != column]])


def _distances(mi: Array) -> Array:
    known = np.where(np.isnan(mi), 0.0, mi)
    distances = 1.0 - np.vectorize(equivalent_correlation, otypes=[float])(known)
    np.fill_diagonal(distances, 0.0)
    return distances
