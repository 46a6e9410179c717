"""Choosing features as a transformer of scikit-learn."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin

from core import params
from core.analysis.selection import Criterion, check_arguments, ranked
from core.analysis.shared import Shared
from core.method import Array
from core.method.validation import validate_data


class FeatureSelector(SelectorMixin, BaseEstimator):
    """scikit-learn's selector by mutual information with y: keeps `n_features` columns of X, all where there are fewer.

    `ranking_` holds the columns kept, in the order of choice; `relevance_` the MI of each of these with y, `redundancy_`
    their mean MI with those chosen before, in nats. y of text, and of few values, counts as names or values do.
    """

    def __init__(self, n_features: int = 10, criterion: Criterion = "mrmr", k: int = 5, random_state: int | None = 0):
        self.n_features, self.criterion, self.k, self.random_state = n_features, criterion, k, random_state

    def fit(self, X: Any, y: Any) -> Self:
        """X: (n, d) numbers; y: (n,) numbers or names. Errors: ValueError."""
        check_arguments(self.criterion, self.n_features, self.k, 0)
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        y = np.asarray(y)
        names = y.dtype.kind not in "biuf"
        y = np.unique(y, return_inverse=True)[1] if names else y
        columns = [np.ascontiguousarray(column) for column in X.T] + [np.asarray(y, dtype=float).ravel()]
        named = [False] * X.shape[1] + [names]
        seed = params.seed(self.random_state, optional=True) or 0
        found = ranked(Shared(columns, named, self.k, seed), range(X.shape[1]), self.n_features, self.criterion)
        self.ranking_ = np.array([row["column"] for row in found], dtype=int)
        self.relevance_, self.redundancy_ = (
            np.array([row[name] for row in found]) for name in ("relevance", "redundancy")
        )
        return self

    def _get_support_mask(self) -> Array:
        mask = np.zeros(self.n_features_in_, dtype=bool)
        mask[self.ranking_] = True
        return mask

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
