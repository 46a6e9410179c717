"""How clear the case of each single row is: how far from the border of its cluster, and what a probe makes of it."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import StratifiedKFold

from core.method import Array

FOLDS = 5


def border_distance(features: Array, clusters: Array) -> Array:
    """Distance of each row (n, d) from the border between its cluster's mean and the nearest other mean, (n,).

    The border is half-way between both means; a row that lies beyond it, nearer to the other, has a negative distance.
    With fewer than two clusters there is no border, and all are NaN.
    """
    names, codes = np.unique(clusters, return_inverse=True)
    if len(names) < 2:
        return np.full(len(features), np.nan)
    features = np.asarray(features, dtype=np.float64).reshape(len(features), -1)
    means = np.stack([features[codes == c].mean(0) for c in range(len(names))])
    squares = ((features**2).sum(1)[:, None] - 2 * features @ means.T + (means**2).sum(1)).clip(0)
    apart = np.sqrt(((means[:, None] - means) ** 2).sum(2))[codes]
    own = np.take_along_axis(squares, codes[:, None], 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(apart > 0, (squares - own) / (2 * apart), np.inf)
    nearest: Array = distance.min(1)
    return np.where(np.isfinite(nearest), nearest, 0.0)


def held_out_probe(features: Array, labels: Array, random_state: int = 0) -> tuple[Array, Array]:
    """(predicted labels, margins) of a linear probe, (n,) each, every row judged by a probe that was fitted without it.

    Ridge regression on the classes, five folds. The margin is the score of the true label less the best other score:
    negative where the probe errs. Labels with fewer than five rows have NaN and are predicted as themselves.
    """
    labels = np.asarray(labels)
    names, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    margins, predicted = np.full(len(labels), np.nan), codes.copy()
    rows = np.flatnonzero(counts[codes] >= FOLDS)
    if len(np.unique(codes[rows])) < 2:
        return labels, margins
    x = np.asarray(features, dtype=np.float64).reshape(len(labels), -1)[rows]
    x = (x - x.mean(0)) / (x.std() or 1.0)
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=random_state).split(x, codes[rows]):
        fitted = RidgeClassifier().fit(x[train], codes[rows][train])
        scores = fitted.decision_function(x[test])
        scores = np.stack([-scores, scores], 1) if scores.ndim == 1 else scores
        true = np.searchsorted(fitted.classes_, codes[rows][test])
        at = np.arange(len(test))
        own = scores[at, true]
        predicted[rows[test]] = fitted.classes_[scores.argmax(1)]
        scores[at, true] = -np.inf
        margins[rows[test]] = own - scores.max(1)
    return names[predicted], margins
