"""What features are worth: small classifiers fitted on training rows and scored on rows that they never saw.

The labels of the scored rows are used for counting only. Noise, raw pixels and principal components stand beside the
features, because 90 % means little where noise scores 90 % too.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from core.method import Array
from core.sentences import Sentence

COMPARED = {"pixels": Sentence("raw values"), "pca": Sentence("PCA"), "noise": Sentence("noise")}  # see `baselines`
KINDS = ("linear", "two_layer", "knn", "mlp")
HIDDEN = 256  # units of the two-layer probes
_PASSES = 30  # of the training rows through a two-layer probe; more change the second decimal of a percentage


@dataclass(frozen=True)
class Score:
    """A probe's share of right answers on its training and test rows, and the test share's 95 % interval."""

    train: float
    test: float
    low: float
    high: float
    n: int


def probe(
    train_features: Any,
    train_labels: Any,
    test_features: Any,
    test_labels: Any,
    kinds: Sequence[str] = KINDS,
    random_state: int = 0,
) -> dict[str, Score]:
    """Each kind of probe fitted on the training rows and scored on both parts; the same seed gives the same scores.

    features: (n, d) and (m, d); labels: (n,) and (m,) of any kind. "linear": logistic regression. "two_layer": 256
    linear units and a softmax, which is no richer than "linear" but trained by descent. "knn": the five nearest rows.
    "mlp": 256 ReLU units. Errors: ValueError.
    """
    train, test = (
        np.asarray(side, dtype=np.float32).reshape(len(side), -1) for side in (train_features, test_features)
    )
    train_labels, test_labels = np.asarray(train_labels), np.asarray(test_labels)
    _check(train, train_labels, test, test_labels, kinds)
    # One scale for all columns: distances between rows keep their meaning, and steps of descent have one size.
    middle, spread = train.mean(0), float(train.std()) or 1.0
    train, test = (train - middle) / spread, (test - middle) / spread
    scores = {}
    for kind in kinds:
        fitted = _fitted(kind, train, train_labels, random_state)
        right = int((fitted.predict(test) == test_labels).sum())
        low, high = interval(right, len(test))
        scores[kind] = Score(float(fitted.score(train, train_labels)), right / len(test), low, high, len(test))
    return scores


def baselines(train: Any, test: Any, d: int, random_state: int = 0) -> dict[str, tuple[Array, Array]]:
    """What features are compared with, as (training, test) pairs: "noise" (d), "pixels" (all), "pca" (d, or fewer).

    train: (n, …), test: (m, …), raw rows or pictures. Noise knows nothing of the pictures: it scores by chance.
    """
    rng = np.random.default_rng(random_state)
    rows = tuple(np.asarray(side, dtype=np.float32).reshape(len(side), -1) for side in (train, test))
    pca = PCA(min(d, *rows[0].shape), svd_solver="randomized", random_state=random_state).fit(rows[0])
    noise = tuple(rng.standard_normal((len(side), d), dtype=np.float32) for side in rows)
    return {"noise": noise, "pixels": rows, "pca": tuple(map(pca.transform, rows))}  # type: ignore[dict-item]


def split(labels: Any, share: float = 0.25, random_state: int = 0) -> tuple[Array, Array]:
    """Rows to fit on and rows to score on, (n,) numbers in order, where no test rows were kept apart.

    Every class has the same share in both parts, unless one has a single row. Errors: ValueError below two rows.
    """
    labels = np.asarray(labels)
    if len(labels) < 2:
        raise ValueError(
            Sentence(
                "there is {n_labels} labelled row, and a probe needs at least 2: one to fit, one to score",
                n_labels=len(labels),
            )
        )
    _, counts = np.unique(labels, return_counts=True)
    few = counts.min() < 2 or math.floor(share * len(labels)) < len(counts)
    parts = train_test_split(
        np.arange(len(labels)), test_size=share, random_state=random_state, stratify=None if few else labels
    )
    return np.sort(parts[0]), np.sort(parts[1])


def interval(right: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The interval of a share right / n that holds the true one in `level` of cases; never beyond [0, 1].

    References: E. B. Wilson (1927), Journal of the American Statistical Association 22, 209.
    """
    low, high = binomtest(right, n).proportion_ci(level, method="wilson")
    return float(low), float(high)


def _fitted(kind: str, x: Array, labels: Array, seed: int) -> Any:
    made = {
        "linear": lambda: LogisticRegression(max_iter=200, tol=1e-3),
        "two_layer": lambda: _network("identity", seed),
        "knn": lambda: KNeighborsClassifier(min(5, len(x)), algorithm="brute"),
        "mlp": lambda: _network("relu", seed),
    }[kind]()
    with warnings.catch_warnings():  # the number of passes is what is meant, not a failure
        warnings.simplefilter("ignore", ConvergenceWarning)
        return made.fit(x, labels)


def _network(activation: str, seed: int) -> MLPClassifier:
    return MLPClassifier((HIDDEN,), activation=activation, max_iter=_PASSES, random_state=seed % 2**32)


def _check(train: Array, train_labels: Array, test: Array, test_labels: Array, kinds: Sequence[str]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise ValueError(Sentence("kinds={kind!r} is not one of {names}", kind=kind, names=", ".join(KINDS)))
    if not len(train) or not len(test) or len(train) != len(train_labels) or len(test) != len(test_labels):
        raise ValueError(
            Sentence(
                "a probe needs as many labels as rows, and at least one row in both parts; it was given {n_train} rows "
                "with {n_train_labels} labels, and {n_test} with {n_test_labels} to score",
                n_train=len(train),
                n_train_labels=len(train_labels),
                n_test=len(test),
                n_test_labels=len(test_labels),
            )
        )
    if train.shape[1] != test.shape[1]:
        raise ValueError(
            Sentence(
                "the rows to score have {d_test} features and those to fit {d_train}",
                d_test=test.shape[1],
                d_train=train.shape[1],
            )
        )
    if len(np.unique(train_labels)) < 2:
        raise ValueError(
            Sentence("all rows have one label, so there is nothing to tell apart; give at least two classes")
        )
