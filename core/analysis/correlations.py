"""What is put beside the mutual information of two columns: Pearson's, Spearman's and the distance correlation."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from core.arrays import evenly
from core.columns import once
from core.method import Array

DISTANCES = 400  # rows of a distance correlation, at most: it compares each with each


def correlations(a: Array, b: Array, named: tuple[bool, bool] = (False, False)) -> dict[str, float]:
    """ "pearson", "spearman" (NaN where a column holds names) and "distance", from 0 to 1, of columns (n,) without gaps.

    Distances of names are 0 for equal ones and else 1. The distance correlation is of at most 400 rows, evenly spread,
    and free of the bias of few rows: independent columns have about 0, where it is cut off.

    References: Székely & Rizzo (2013), The distance correlation t-test of independence in high dimension, J. Multivariate
    Analysis 117, 193.
    """
    found = {"pearson": np.nan, "spearman": np.nan}
    if not any(named):
        found = {"pearson": float(_unit(a) @ _unit(b)), "spearman": float(_unit_ranks(a) @ _unit_ranks(b))}
    x, y = (_names_apart(c) if names else _apart(c) for c, names in zip((a, b), named, strict=True))
    size = np.sqrt(np.vdot(x, x) * np.vdot(y, y))
    squared = float(np.vdot(x, y)) / size if size > 0 else 0.0
    return found | {"distance": float(np.sqrt(max(squared, 0.0)))}


@once
def _unit(column: Array) -> Array:
    """Centred and of length 1; 0 where nothing varies."""
    centred = column / 2 - column.mean() / 2  # halves: a difference of large numbers may overflow
    centred = centred / (np.abs(centred).max() or 1.0)
    return centred / (np.linalg.norm(centred) or 1.0)


@once
def _unit_ranks(column: Array) -> Array:
    return _unit(rankdata(column))


@once
def _apart(column: Array) -> Array:
    some = _unit(column[evenly(np.arange(len(column)), DISTANCES)])
    return _centred(np.abs(some[:, None] - some))


@once
def _names_apart(column: Array) -> Array:
    some = column[evenly(np.arange(len(column)), DISTANCES)]
    return _centred((some[:, None] != some).astype(float))


def _centred(distances: Array) -> Array:
    """Each less the means of its row and its column, so that products are free of bias; 0 on the diagonal."""
    n = len(distances)
    if n < 4:
        return np.zeros_like(distances)
    rows = distances.sum(axis=0)
    centred = distances - rows / (n - 2) - rows[:, None] / (n - 2) + rows.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(centred, 0.0)
    return centred
