"""Rows cut into folds for cross-fitting: every row is scored once, by a critic that neither trained on it nor chose by it."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple

import numpy as np

from core.method import Array
from core.sentences import Sentence

FEWEST = 8  # rows: two to score, two to validate on and four to train on

Blocks = Annotated[
    Literal["where rows are in series", "always", "never"],
    "When each fold is a stretch of successive rows, so that nothing has learned from the moments around those it scores.",
]  # the parameter `blocks`


class Parts(NamedTuple):
    """Row numbers of k folds: train (k, t), validation (k, v), test (k, m)."""

    train: Array
    validation: Array
    test: Array


def split(n: int, k: int, rng: np.random.Generator, in_series: bool = False) -> Parts:
    """At most k folds of equal length that cover all n rows in random order; neighbours share a row where k ∤ n.

    An eighth of the rows outside a fold is for validation. In series, each fold is a stretch of successive rows and so
    is its validation: whoever has seen the moments before and after a row knows much of it.
    Errors: ValueError below FEWEST rows.
    """
    if n < FEWEST:
        raise ValueError(
            Sentence("there are {n} rows, and a cross-fitted critic needs at least {fewest}", n=n, fewest=FEWEST)
        )
    k = min(k, n // 2)
    m = math.ceil(n / k)
    order = np.arange(n) if in_series else rng.permutation(n)
    starts = np.linspace(0, n - m, k).astype(int)
    test = order[starts[:, None] + np.arange(m)]
    rest = np.stack([np.concatenate([order[:a], order[a + m :]]) for a in starts])
    v = max(2, rest.shape[1] // 8)
    if not in_series:
        rest = rng.permuted(rest, axis=1)
        return Parts(rest[:, v:], rest[:, :v], test)
    rest = np.stack([np.roll(r, -begin) for r, begin in zip(rest, rng.integers(rest.shape[1], size=k), strict=True)])
    # Scores pair a row with those some places on: these must not be its neighbours.
    return Parts(rest[:, v:], *(rng.permuted(part, axis=1) for part in (rest[:, :v], test)))
