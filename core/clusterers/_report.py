"""What a clustering looks like: confusion, sizes, the pictures it is surest of, features to project."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from core.evaluation.assignment import match
from core.method import Array

SHOWN = 8  # pictures a cluster in the gallery
PROJECTED, COMPONENTS = 2_000, 32  # rows and principal components handed to t-SNE


def entropy(sizes: Array) -> float:
    """−Σ s ln s of the clusters' shares in nats: ln k when all are equally large, 0 when one has everything."""
    share = sizes[sizes > 0] / sizes.sum()
    return float(-(share * np.log(share)).sum()) + 0.0


def collapsed(sizes: Array) -> bool:
    """Whether some cluster has less than a tenth of an equal part."""
    return bool(sizes.min() < 0.1 * sizes.sum() / len(sizes))


def confusion(labels: Array | None, clusters: Array, k: int, raw: bool = False) -> dict[str, Array]:
    """counts (n_classes, k), columns as found or in `order`, the class row that each cluster stands for, accuracy."""
    if labels is None:
        return {}
    found = match(labels, clusters, k)
    if raw:
        return {"counts": found.counts, "classes": found.classes}
    return {
        "counts": found.matched, "classes": found.classes, "mapping": found.mapping, "order": found.order,
        "accuracy": np.array(found.accuracy),
    }  # fmt: skip


def scores(labels: Array, clusters: Array, k: int) -> dict[str, float]:
    """Accuracy after the Hungarian assignment, normalised mutual information, adjusted Rand index."""
    return {
        "accuracy": match(labels, clusters, k).accuracy,
        "nmi": float(normalized_mutual_info_score(labels, clusters)),
        "ari": float(adjusted_rand_score(labels, clusters)),
    }


def gallery(pictures: Array, proba: Array) -> dict[str, Array]:
    """The pictures each cluster is surest of: (k, 8, h, w) or (k, 8, h, w, 3) in [0, 1], and their certainty (k, 8).

    pictures: (n, c, h, w) in [0, 1]. A certainty of 0 marks an empty place: the cluster has fewer than eight.
    """
    k = proba.shape[1]
    pictures = np.moveaxis(pictures[:, :3], 1, -1) if pictures.shape[1] >= 3 else pictures[:, 0]
    shown, certainty = np.zeros((k, SHOWN, *pictures.shape[1:]), np.float32), np.zeros((k, SHOWN))
    clusters, best = proba.argmax(1), proba.max(1)
    for j in range(k):
        members = np.flatnonzero(clusters == j)
        chosen = members[np.argsort(-best[members], kind="stable")[:SHOWN]]
        shown[j, : len(chosen)], certainty[j, : len(chosen)] = pictures[chosen], best[chosen]
    return {"pictures": shown, "certainty": certainty}


def components(features: Array) -> Array:
    """The leading principal components of features (n, d) → (n, ≤ 32)."""
    centred = features.astype(np.float64) - features.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return centred @ axes[:, ::-1][:, :COMPONENTS]
