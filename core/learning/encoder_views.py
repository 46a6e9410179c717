"""Pictures of learned features: which pictures they call alike and unlike, and what k-means finds before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from core import discover
from core.evaluation.assignment import match
from core.learning.scaling import tiles, unit
from core.method import Array

ASKED, NEAREST, FARTHEST = 5, 4, 2
MOST_CLASSES = 64


def neighbours(x: Tensor, features: Array, labels: Array | None) -> dict[str, Array]:
    """Five of these pictures, a row each: itself, its four nearest and its two farthest by the distance of features.

    x: scaled pictures (n, c, h, w); features (n, d). "pictures" (5, 7, h, w) or (5, 7, h, w, 3) in [0, 1], "distances"
    (5, 7), and "labels" where they are known; {} of rows and of fewer than seven pictures.
    """
    if x.ndim != 4 or len(x) < 1 + NEAREST + FARTHEST:
        return {}
    asked = np.linspace(0, len(x) - 1, ASKED).astype(int)
    distance = np.linalg.norm(features[asked, None] - features[None], axis=-1)
    distance[np.arange(ASKED), asked] = -1.0  # a picture stands before its equals
    order = distance.argsort(1, kind="stable")
    rows = np.concatenate([order[:, : 1 + NEAREST], order[:, -FARTHEST:]], 1)
    shown = tiles(unit(x[torch.as_tensor(rows.ravel())].cpu()).numpy())
    known = {} if labels is None else {"labels": labels[rows]}
    found = np.take_along_axis(distance, rows, 1).clip(min=0.0)
    return {"pictures": shown.reshape(*rows.shape, *shown.shape[1:]), "distances": found, **known}


def clusters(plain: Array, features: Array, labels: Any, seed: int) -> dict[str, Array]:
    """Counts of each class in the k clusters that k-means finds in raw rows ("before") and in features ("after"), (k, k)
    each, k the number of classes, clusters in the order of the classes that the Hungarian matching gives them; "classes"
    and "accuracy" (2,). {} without labels, for one class and for more than 64. The labels only name the clusters."""
    if labels is None or not 2 <= (k := len(np.unique(labels))) <= MOST_CLASSES or len(plain) <= k:
        return {}
    kmeans = discover.load("clusterers", "kmeans")
    flat = plain.reshape(len(plain), -1)
    found = [
        match(labels, kmeans(n_clusters=k, standardise=False, random_state=seed).fit(rows).labels_, k)
        for rows in (flat, features)
    ]
    before, after = found
    accuracy = np.array([before.accuracy, after.accuracy])
    return {"before": before.matched, "after": after.matched, "classes": after.classes, "accuracy": accuracy}
