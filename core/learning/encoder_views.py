"""Pictures of learned features: which pictures they call alike and unlike, and what k-means finds before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from core import discover
from core.evaluation import probes
from core.evaluation.assignment import match
from core.learning.scaling import tiles, unit
from core.method import Array

KIND = ["linear"]  # of probe
ASKED, NEAREST, FARTHEST = 5, 4, 2
MOST_CLASSES = 64
FEWEST_COLOURS, PENALTIES = 20, (1e-2, 1.0, 1e2)  # pictures whose mean colour can be guessed, and weights of the guess


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


def grey(x: Tensor) -> Tensor:
    """Colour pictures (n, 3, h, w) without their colour: the mean of the channels in all three."""
    return x.mean(1, keepdim=True).expand_as(x)


def colour(x: Tensor, features: Array, of_grey: Array, labels: Array | None) -> dict[str, Array]:
    """How much of the features of colour pictures is their mean colour.

    x: pictures (n, 3, h, w) in [0, 1]; features (n, d) of these, `of_grey` (n, d) of the same pictures without colour.
    "explained" (3,): the share of the variance of mean red, green and blue that a linear function of the features
    explains; "grey_moves": how far the features move, on average, when colour is taken away, as part of the distance
    between two pictures. With labels "accuracy" (2,): of a linear probe on the pictures and, the same probe, on the grey
    ones. All functions are fitted on every second row and scored on the others; {} of pictures without colour.
    """
    if x.ndim != 4 or x.shape[1] != 3 or len(x) < FEWEST_COLOURS:
        return {}
    means = x.mean((2, 3)).cpu().numpy().astype(np.float64)
    fit, score = np.arange(0, len(x), 2), np.arange(1, len(x), 2)
    guessed = (
        make_pipeline(StandardScaler(), RidgeCV(PENALTIES)).fit(features[fit], means[fit]).predict(features[score])
    )
    left, all_ = (((means[score] - other) ** 2).sum(0) for other in (guessed, means[fit].mean(0)))
    apart = np.linalg.norm(features - np.roll(features, 1, 0), axis=1).mean()
    moved = np.linalg.norm(features - of_grey, axis=1).mean() / max(apart, 1e-12)
    found = {"explained": 1 - left / np.maximum(all_, 1e-12), "grey_moves": np.array(moved)}
    if labels is None or len(np.unique(labels[fit])) < 2:
        return found
    sides = (probes.probe(features[fit], labels[fit], side[score], labels[score], KIND) for side in (features, of_grey))
    return found | {"accuracy": np.array([side["linear"].test for side in sides])}


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
