"""What a clustering looks like: scores, confusion, how the heads agree, the pictures it is sure of, and features."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from core import discover
from core.evaluation.agreement import agreement
from core.evaluation.assignment import Assignment, many_to_one, match
from core.learning.scaling import tiles
from core.method import Array

SHOWN = 8  # pictures a cluster in the gallery
PROJECTED, COMPONENTS = 2_000, 32  # rows and principal components handed to t-SNE
PART = 4_000  # rows whose clusters are compared at once
EVEN = 0.7  # exp(entropy of the sizes) / k below which a clustering counts as collapsed


def entropy(sizes: Array) -> float:
    """−Σ s ln s of the clusters' shares in nats: ln k when all are equally large, 0 when one has everything."""
    share = sizes[sizes > 0] / sizes.sum()
    return float(-(share * np.log(share)).sum()) + 0.0


def collapsed(sizes: Array) -> bool:
    """Whether the clusters in use, exp(H) of their shares, are fewer than seven tenths of those asked for.

    Clusters of very different size are not a collapse: what counts is how many share the rows.
    """
    return in_use(sizes) < EVEN * len(sizes)


def in_use(sizes: Array) -> float:
    """How many clusters of equal size would be as mixed, exp(H) of the shares: k when all are equally large."""
    return float(np.exp(entropy(sizes)))


def summary(labels: Array, k: int, mi: float) -> dict[str, Any]:
    """The sizes of the clusters, how many are in use and whether they collapsed, and "health", the share of ln k in mi."""
    sizes = np.bincount(labels, minlength=k)
    found = {"sizes": sizes.tolist(), "clusters_in_use": in_use(sizes), "collapsed": collapsed(sizes)}
    return found | {"mi": mi, "health": mi / math.log(k) if k > 1 else 0.0}


def confusion(labels: Array | None, clusters: Array, k: int, form: str) -> dict[str, Array]:
    """counts (n_classes, k), columns as found ("confusion_raw") or in `order`; the class row that each cluster stands
    for, one to one or ("many_to_one") its commonest; accuracy. Empty without labels."""
    if labels is None:
        return {}
    found = (many_to_one if form == "many_to_one" else match)(labels, clusters, k)
    if form == "confusion_raw":
        return {"counts": found.counts, "classes": found.classes}
    return {
        "counts": found.matched,
        "classes": found.classes,
        "mapping": found.mapping,
        "order": found.order,
        "accuracy": np.array(found.accuracy),
    }


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
    counts = np.zeros((heads * k, heads * k))
    for first in range(0, n, PART):  # one_hot of all rows could take gigabytes
        part = clusters[first : first + PART]
        one_hot = (part[:, :, None] == np.arange(k)).reshape(len(part), heads * k).astype(np.float32)
        counts += one_hot.T @ one_hot
    table = counts.reshape(heads, k, heads, k).transpose(0, 2, 1, 3) / n
    xlogx = lambda p: np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)  # noqa: E731
    own = -xlogx(counts.diagonal() / n).reshape(heads, k).sum(1)
    total = own[:, None] + own[None]
    shared = total + xlogx(table).sum((2, 3))
    return np.where(total > 0, 2 * shared / np.where(total > 0, total, 1.0), 1.0)


def agreement_of_heads(clusters: Array, k: int) -> dict[str, float]:
    """The mean NMI of all pairs of heads, good or bad: a few near the best would agree by choice. Empty for one head."""
    heads = clusters.shape[1]
    if heads < 2:
        return {}
    return {"agreement_all": float(mutual(clusters, k)[~np.eye(heads, dtype=bool)].mean())}


def chosen(proba: Array, among: Array | None = None, least: bool = False) -> Array:
    """The rows that each cluster is surest of, or with `least` least sure, (k, 8); −1 where it has fewer than eight.

    `among` (n,) marks those that may be shown.
    """
    clusters, best = proba.argmax(1), proba.max(1)
    out = np.full((proba.shape[1], SHOWN), -1)
    for j, line in enumerate(out):
        members = np.flatnonzero((clusters == j) if among is None else (clusters == j) & among)
        first = members[np.argsort(best[members] if least else -best[members], kind="stable")[:SHOWN]]
        line[: len(first)] = first
    return out


def gallery(
    pictures: Callable[[Array], Array], proba: Array, rows: Array, labels: Array | None = None
) -> dict[str, Array]:
    """The pictures of `rows` (k, m): (k, m, h, w) or (k, m, h, w, 3) in [0, 1], their certainty and label (k, m).

    pictures: rows (n,) → (n, c, h, w) in [0, 1]. A certainty of 0 marks an empty place.
    """
    there = (rows >= 0).ravel()
    found = tiles(pictures(np.where(there, rows.ravel(), 0)))
    found[~there] = 0
    certainty = np.where(rows >= 0, proba.max(1)[rows], 0.0)
    known = {} if labels is None else {"label": np.where(rows >= 0, labels[rows], -1)}
    return {"pictures": found.reshape(*rows.shape, *found.shape[1:]), "certainty": certainty, **known}


def baselines(x: Array, labels: Array, k: int, seed: int) -> dict[str, float]:
    """The accuracies of k-means on rows x and on their principal components, the lines to beat, and the number of rows."""
    kmeans = discover.load("clusterers", "kmeans")(n_clusters=min(k, len(x)), standardise=False, random_state=seed)
    pca = discover.load("projections", "pca")(random_state=seed)
    accuracy = lambda rows: match(labels, kmeans.fit(rows).labels_).accuracy  # noqa: E731
    found = {"kmeans_accuracy": accuracy(x), "pca_kmeans_accuracy": accuracy(pca.fit(x).transform(x))}
    return found | {"kmeans_rows": len(x)}
