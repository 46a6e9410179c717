"""What a learner of graphs is given: features of the nodes, dense or sparse, and the edges between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from core.method import Array, Source
from core.sentences import Sentence

FEATURES = 100_000_000  # numbers that dense features may have at most: 800 MB


@dataclass(frozen=True, eq=False)
class GraphSource(Source):
    """A graph: x (n, d) are the nodes' features, dense or `scipy.sparse`, edges (m, 2) pairs of node numbers from 0.

    Edges have no direction, and each stands once. `names` (n,) are what the nodes are called. `split` holds the rows of a
    published division for probes, "train", "validation" and "test"; empty where there is none.
    """

    edges: Array = field(default_factory=lambda: np.empty((0, 2), np.int64))
    names: tuple[str, ...] = ()
    split: Mapping[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.x.shape[0])


def checked(features: Any, edges: Any) -> tuple[Any, Array]:
    """Features (n, d), single precision, dense or CSR, and distinct edges (m, 2) without loops.

    features: numbers, dense or sparse, or None, for which each node is told apart by a column of its own.
    edges: (m, 2) whole numbers below n. Errors: ValueError in one sentence.
    """
    pairs = _pairs(edges)
    x = _own_column(pairs) if features is None else _numbers(features)
    n, most = x.shape[0], int(pairs.max(initial=-1))
    if most >= n:
        raise ValueError(
            Sentence(
                "edges name node {most}, and there are features of {n} nodes, 0 to {last}", most=most, n=n, last=n - 1
            )
        )
    return x, distinct(pairs)


def distinct(pairs: Array) -> Array:
    """Each pair once, the smaller number first, in order; no node is its own neighbour."""
    return np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)


def identity(n: int) -> sparse.csr_matrix:
    """Features of nodes of which nothing is known: each has a column of its own."""
    return sparse.identity(n, np.float32, format="csr")


def _own_column(pairs: Array) -> sparse.csr_matrix:
    if not len(pairs):
        raise ValueError(Sentence("there are neither features nor edges: give at least one of them"))
    return identity(int(pairs.max()) + 1)


def _pairs(edges: Any) -> Array:
    pairs = np.asarray(edges)
    if pairs.size == 0:
        return np.empty((0, 2), np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(
            Sentence("edges have the shape {shape}: give pairs of node numbers, (m, 2)", shape=pairs.shape)
        )
    whole = pairs.astype(np.int64) if pairs.dtype.kind in "iuf" and np.isfinite(pairs).all() else None
    if whole is None or (whole != pairs).any() or whole.min() < 0:
        raise ValueError(Sentence("edges must hold node numbers, whole and not below 0"))
    return whole


def _numbers(features: Any) -> Any:
    if sparse.issparse(features):
        x: Any = sparse.csr_matrix(features, dtype=np.float32)
        x.sum_duplicates()
        values = x.data
    else:
        x = values = np.asarray(features, dtype=np.float32)
    if x.ndim != 2 or not x.shape[0] or not x.shape[1]:
        raise ValueError(Sentence("features have the shape {shape}: give a row for each node, (n, d)", shape=x.shape))
    if not sparse.issparse(x) and x.size > FEATURES:
        raise ValueError(
            Sentence(
                "features have {n:,} numbers, and {most:,} are allowed: give them as a sparse matrix",
                n=x.size,
                most=FEATURES,
            )
        )
    if not np.isfinite(values).all():
        raise ValueError(Sentence("features hold a number that is missing or infinite: drop or fill those rows"))
    return x
