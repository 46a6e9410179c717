"""Rows cut into folds for cross-fitting: every row is scored once, by a critic that neither trained on it nor chose by it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from core.method import Array
from core.sentences import Sentence

FEWEST = 8  # rows: two to score, two to validate on and four to train on


class Parts(NamedTuple):
    """Row numbers of k folds: train (k, t), validation (k, v), test (k, m)."""

    train: Array
    validation: Array
    test: Array


def split(n: int, k: int, rng: np.random.Generator) -> Parts:
    """At most k folds of equal length that cover all n rows in random order; neighbours share a row where k ∤ n.

    An eighth of the rows outside a fold is for validation. Errors: ValueError below FEWEST rows.
    """
    if n < FEWEST:
        raise ValueError(
            Sentence("there are {n} rows, and a cross-fitted critic needs at least {fewest}", n=n, fewest=FEWEST)
        )
    k = min(k, n // 2)
    m = math.ceil(n / k)
    order = rng.permutation(n)
    starts = np.linspace(0, n - m, k).astype(int)
    test = order[starts[:, None] + np.arange(m)]
    rest = np.stack([np.concatenate([order[:a], order[a + m :]]) for a in starts])
    rest = rng.permuted(rest, axis=1)
    v = max(2, rest.shape[1] // 8)
    return Parts(rest[:, v:], rest[:, :v], test)
