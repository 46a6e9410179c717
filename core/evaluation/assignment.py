"""Clusters have no names: the assignment to classes under which they agree best, and scores that need none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from core.arrays import plain
from core.method import Array
from core.params import Param, Range
from core.sentences import Sentence

CELLS = 10_000_000  # of a table of counts: 80 MB; what has more groups is no clustering


@dataclass(frozen=True, eq=False)
class Assignment:
    """Which class each cluster stands for, and how well that fits.

    `classes` are the labels in the order of the rows; `counts[i, j]`, (n_classes, k), the rows of class i in cluster j;
    `mapping[j]`, (k,), the row of `counts` that cluster j stands for, −1 where it stands for none.
    """

    classes: Array
    counts: Array
    mapping: Array

    @property
    def order(self) -> Array:
        """The clusters in the order of the classes they stand for, those that stand for none last."""
        return np.argsort(np.where(self.mapping < 0, len(self.classes), self.mapping), kind="stable")

    @property
    def matched(self) -> Array:
        """The counts with their columns in that order: with a cluster for every class, agreement is the diagonal."""
        return self.counts[:, self.order]

    @property
    def correct(self) -> int:
        """The rows whose cluster stands for their class; the assignment problem's cost is its negative."""
        used = self.mapping >= 0
        return int(self.counts[self.mapping[used], np.flatnonzero(used)].sum())

    @property
    def accuracy(self) -> float:
        """correct / n."""
        return self.correct / int(self.counts.sum())

    def predict(self, clusters: Any) -> Array:
        """The class of each cluster index, (n,); a cluster that stands for none gives −1, so classes must be numbers."""
        named = np.where(self.mapping >= 0, self.classes[self.mapping], -1)
        return named[np.asarray(clusters)]


def match(labels: Any, clusters: Any, k: int | None = None) -> Assignment:
    """One cluster a class: the one-to-one assignment with the most agreeing rows, argmin over maps of −Σ counts.

    labels: (n,) of any kind. clusters: (n,) whole numbers 0 … k − 1; k is their largest plus one where it is not given.
    With k > classes some clusters stand for nothing, with k < classes some classes have no cluster.
    Errors: ValueError. References: H. W. Kuhn (1955), The Hungarian method for the assignment problem, NRLQ 2.
    """
    classes, counts = _table(labels, clusters, k)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    mapping = np.full(counts.shape[1], -1)
    mapping[columns] = rows
    return Assignment(classes, counts, mapping)


def many_to_one(labels: Any, clusters: Any, k: int | None = None) -> Assignment:
    """Several clusters a class: each cluster stands for its commonest class; the accuracy is the purity.

    It can only grow with k and reaches 1 for k = n: read it beside k. Arguments and errors are those of `match`.
    """
    classes, counts = _table(labels, clusters, k)
    mapping = np.where(counts.sum(0) > 0, counts.argmax(0), -1)
    return Assignment(classes, counts, mapping)


def groups(labels: Array, name: str) -> tuple[Array, Array]:
    """The different labels, and which of them each row has. Errors: ValueError where they cannot be put in order."""
    try:
        return np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise ValueError(
            Sentence("{name} mixes kinds that have no order, such as numbers and None: give one kind", name=name)
        ) from error


def _table(labels: Any, clusters: Any, k: int | None) -> tuple[Array, Array]:
    """The classes and the counts (n_classes, k)."""
    labels, clusters = np.asarray(plain(labels)), np.asarray(plain(clusters))
    if labels.ndim != 1 or labels.shape != clusters.shape or not len(labels):
        raise ValueError(
            Sentence(
                "labels and clusters must be two equally long lists with at least one row, "
                "but their shapes are {labels} and {clusters}",
                labels=labels.shape,
                clusters=clusters.shape,
            )
        )
    if not np.issubdtype(clusters.dtype, np.integer) or clusters.min() < 0:
        raise ValueError(
            Sentence("clusters must be whole numbers from 0 up; number them first, for example by np.unique")
        )
    k = int(clusters.max()) + 1 if k is None else Param("k", int, 1, "", Range(1, 2**62)).check(k)
    if k <= clusters.max():
        raise ValueError(
            Sentence(
                "k={k} is too small: the largest cluster is {largest}, so k must be at least one more",
                k=k,
                largest=clusters.max(),
            )
        )
    classes, rows = groups(labels, "labels")
    if len(classes) * k > CELLS:
        raise ValueError(
            Sentence(
                "{n_classes:,} classes and clusters from 0 to {last:,} make a table of more than {cells:,} cells: number "
                "the clusters from 0 without gaps first, np.unique(clusters, return_inverse=True)[1]",
                n_classes=len(classes),
                last=k - 1,
                cells=CELLS,
            )
        )
    counts = np.zeros((len(classes), k), dtype=np.int64)
    np.add.at(counts, (rows, clusters), 1)
    return classes, counts
