"""Where the nodes of a graph are drawn: neighbours attract, all others repel."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from scipy import sparse

from core.method import Array

_ITERATIONS = 200
_FELT = 200  # nodes, drawn anew in each iteration, that stand for all others where there are more
_FIRST, _GRAVITY = 0.1, 0.3  # how far a node moves at most at first; how strongly all are drawn to the middle


def nearest(n: int, edges: Array, most: int) -> Array:
    """At most so many of n nodes: the one with the most neighbours, these, theirs and so on; then the next such one."""
    both = np.concatenate([edges, edges[:, ::-1]])
    around = sparse.csr_matrix((np.ones(len(both), bool), (both[:, 0], both[:, 1])), (n, n))
    order = np.argsort(-np.diff(around.indptr), kind="stable")
    found = [node for node, _ in zip(_outwards(around, order), range(most), strict=False)]
    return np.sort(np.array(found, dtype=np.int64))


def _outwards(around: sparse.csr_matrix, order: Array) -> Iterator[int]:
    seen = np.zeros(around.shape[0], bool)
    for first in order:
        waiting = deque([] if seen[first] else [int(first)])
        seen[first] = True
        while waiting:
            node = waiting.popleft()
            yield node
            near = around.indices[around.indptr[node] : around.indptr[node + 1]]
            new = near[~seen[near]]
            seen[new] = True
            waiting.extend(new.tolist())


def spring(n: int, edges: Array, seed: int = 0) -> Array:
    """Places (n, 2) in about [−1, 1]²; the same seed gives the same ones.

    References: T. M. J. Fruchterman, E. M. Reingold (1991), Graph drawing by force-directed placement, Software: Practice
    and Experience 21, 1129. All nodes but a random sample are left out of the repulsion of each iteration.
    """
    rng = np.random.default_rng(seed)
    places = rng.uniform(-0.5, 0.5, (n, 2))
    length = 1 / np.sqrt(max(n, 1))
    for step in range(_ITERATIONS):
        felt = rng.choice(n, min(n, _FELT), replace=False)
        apart = places[:, None] - places[felt]
        squared = np.maximum((apart**2).sum(2), (0.01 * length) ** 2)
        moved = length**2 * n / len(felt) * (apart / squared[..., None]).sum(1) - _GRAVITY * places
        pull = places[edges[:, 0]] - places[edges[:, 1]]
        pull *= np.linalg.norm(pull, axis=1, keepdims=True) / length
        for side, sign in ((0, -1.0), (1, 1.0)):
            for axis in (0, 1):
                moved[:, axis] += sign * np.bincount(edges[:, side], pull[:, axis], n)
        far = np.linalg.norm(moved, axis=1, keepdims=True)
        places += moved / np.maximum(far, 1e-12) * np.minimum(far, _FIRST * (1 - step / _ITERATIONS))
    return (places - places.mean(0)) / max(float(np.abs(places - places.mean(0)).max(initial=0.0)), 1e-12)
