"""What a clustering looks like: scores, confusion, how the heads agree, the pictures it is sure of, and features."""

from __future__ import annotations

import numpy as np

from core.evaluation.agreement import agreement
from core.evaluation.assignment import Assignment, many_to_one, match
from core.inputs import tiles
from core.method import Array

SHOWN = 8  # pictures a cluster in the gallery
PROJECTED, COMPONENTS = 2_000, 32  # rows and principal components handed to t-SNE
EVEN = 0.7  # exp(entropy of the sizes) / k below which a clustering counts as collapsed


def entropy(sizes: Array) -> float:
    """−Σ s ln s of the clusters' shares in nats: ln k when all are equally large, 0 when one has everything."""
    share = sizes[sizes > 0] / sizes.sum()
    return float(-(share * np.log(share)).sum()) + 0.0


def collapsed(sizes: Array) -> bool:
    """Whether the clusters in use, exp(H) of their shares, are fewer than seven tenths of those asked for.

    Clusters of very different size are not a collapse: what counts is how many share the rows.
    """
    return bool(np.exp(entropy(sizes)) < EVEN * len(sizes))


def confusion(labels: Array | None, clusters: Array, k: int, form: str) -> dict[str, Array]:
    """counts (n_classes, k), columns as found ("confusion_raw") or in `order`; the class row that each cluster stands
    for, one to one or ("many_to_one") its commonest; accuracy. Empty without labels."""
    if labels is None:
        return {}
    found = (many_to_one if form == "many_to_one" else match)(labels, clusters, k)
    if form == "confusion_raw":
        return {"counts": found.counts, "classes": found.classes}
    return {
        "counts": found.matched, "classes": found.classes, "mapping": found.mapping, "order": found.order,
        "accuracy": np.array(found.accuracy),
    }  # fmt: skip


def scores(labels: Array, clusters: Array, k: int) -> dict[str, float]:
    """Accuracy after the Hungarian assignment, purity (many clusters a class), NMI, AMI, ARI and VI (nats)."""
    return {
        "accuracy": match(labels, clusters, k).accuracy,
        "purity": many_to_one(labels, clusters, k).accuracy,
        **agreement(labels, clusters),
    }


def right(fit: Assignment, labels: Array, clusters: Array) -> Array:
    """Whether each row's cluster stands for its label, (n,) bool."""
    rows = fit.mapping[clusters]
    return (rows >= 0) & (fit.classes[rows] == labels)


def placed(fit: Assignment, labels: Array, clusters: Array) -> dict[str, float]:
    """The accuracy on other rows of a map that was fitted before, and NMI, which needs none."""
    return {
        "test_accuracy": float(right(fit, labels, clusters).mean()),
        "test_nmi": agreement(labels, clusters)["nmi"],
    }


def accuracies(labels: Array, clusters: Array, k: int) -> list[float]:
    """The accuracy of each column of clusters (n, heads), each matched by itself."""
    return [match(labels, column, k).accuracy for column in clusters.T]


def mutual(clusters: Array, k: int) -> Array:
    """NMI, 2 I / (H + H′), between all pairs of columns of clusters (n, heads): (heads, heads), 1 on the diagonal."""
    n, heads = clusters.shape
    one_hot = (clusters[:, :, None] == np.arange(k)).reshape(n, heads * k).astype(np.float32)
    table = (one_hot.T @ one_hot).astype(np.float64).reshape(heads, k, heads, k).transpose(0, 2, 1, 3) / n
    xlogx = lambda p: np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)  # noqa: E731
    own = -xlogx(one_hot.mean(0, dtype=np.float64)).reshape(heads, k).sum(1)
    total = own[:, None] + own[None]
    shared = total + xlogx(table).sum((2, 3))
    return np.where(total > 0, 2 * shared / np.where(total > 0, total, 1.0), 1.0)


def gallery(pictures: Array, proba: Array, rows: Array | None = None, least: bool = False) -> dict[str, Array]:
    """The pictures each cluster is surest of, or with `least` least sure: (k, 8, h, w) or (k, 8, h, w, 3) in [0, 1],
    and their certainty (k, 8).

    pictures: (n, c, h, w) in [0, 1]; `rows` (n,) marks those that may be shown. A certainty of 0 marks an empty place:
    the cluster has fewer than eight.
    """
    k, pictures = proba.shape[1], tiles(pictures)
    shown, certainty = np.zeros((k, SHOWN, *pictures.shape[1:]), np.float32), np.zeros((k, SHOWN))
    clusters, best = proba.argmax(1), proba.max(1)
    for j in range(k):
        members = np.flatnonzero((clusters == j) if rows is None else (clusters == j) & rows)
        chosen = members[np.argsort(best[members] if least else -best[members], kind="stable")[:SHOWN]]
        shown[j, : len(chosen)], certainty[j, : len(chosen)] = pictures[chosen], best[chosen]
    return {"pictures": shown, "certainty": certainty}


def components(features: Array) -> Array:
    """The leading principal components of features (n, d) → (n, ≤ 32)."""
    centred = features.astype(np.float64) - features.mean(0)
    if centred.shape[1] > len(centred):  # the same coordinates from the smaller side
        values, rows = np.linalg.eigh(centred @ centred.T)
        return (rows * np.sqrt(values.clip(0)))[:, ::-1][:, :COMPONENTS]
    _, axes = np.linalg.eigh(centred.T @ centred)
    return centred @ axes[:, ::-1][:, :COMPONENTS]
