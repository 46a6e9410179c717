"""Nearest neighbours among rows: exact up to 5,000 rows, and beyond by a forest of random splits (Annoy).

Reference: Bernhardsson, 2013, Annoy; as openTSNE bundles it.
"""

from __future__ import annotations

from core.method import Array

EXACT = 5_000


def nearest(rows: Array, k: int, seed: int) -> tuple[Array, Array]:
    """(indices, distances) of the k nearest others of each row, (n, k) each, the nearest first; the same for a seed."""
    from openTSNE.nearest_neighbors import Annoy, Sklearn

    search = Sklearn if len(rows) <= EXACT else Annoy
    index = search(
        rows, k, metric="euclidean", n_jobs=1, random_state=seed
    )  # one thread: the same seed, the same answer
    found, distance = index.build()
    return found, distance
