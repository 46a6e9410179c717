"""Orders of columns: those that depend on each other stand together, the strongest with one column first."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis import ordering


def blocks(groups: np.ndarray, seed: int = 0) -> np.ndarray:
    """MI of columns: about 0.5 within a group, about 0.01 between groups."""
    noise = np.random.default_rng(seed).uniform(0, 0.02, (len(groups),) * 2)
    mi = np.where(groups[:, None] == groups, 0.5, 0.0) + (noise + noise.T) / 2
    np.fill_diagonal(mi, np.nan)
    return mi


@pytest.mark.parametrize("k", [6, 60])
def test_by_similarity_each_group_stands_together(k):
    groups = np.random.default_rng(1).permutation(np.arange(k) % 3)
    order = ordering.by_similarity(blocks(groups))
    assert sorted(order) == list(range(k))
    assert (np.diff(groups[order]) != 0).sum() == 2


def test_leaves_are_in_the_best_order_of_the_tree():
    """A chain, each column most like the one before: it comes out as a chain, from whichever end."""
    at = np.random.default_rng(2).permutation(9)
    mi = np.exp(-np.abs(at[:, None] - at).astype(float))
    np.fill_diagonal(mi, np.nan)
    assert np.abs(np.diff(at[ordering.by_similarity(mi)])).max() == 1


def test_pairs_without_an_estimate_and_infinite_ones_are_no_obstacle():
    mi = blocks(np.arange(8) % 2)
    mi[0, 1] = mi[1, 0] = np.nan
    mi[2, 4] = mi[4, 2] = np.inf
    order = list(ordering.by_similarity(mi))
    assert sorted(order) == list(range(8)) and abs(order.index(2) - order.index(4)) == 1
    assert list(ordering.by_similarity(mi[:2, :2])) == [0, 1]
    assert sorted(ordering.by_similarity(np.full((5, 5), np.nan))) == list(range(5))


def test_by_strength_the_column_itself_is_first_and_what_is_unknown_last():
    mi = np.array([[np.nan, 0.2, np.nan, 0.9], [0.2] + [np.nan] * 3, [np.nan] * 4, [0.9] + [np.nan] * 3])
    assert list(ordering.by_strength(mi, 0)) == [0, 3, 1, 2]
    assert ordering.by_strength(mi, 2)[0] == 2
