"""A joint distribution of two sides given by a table of weights, whether of names or of the cells of a grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core.distributions._base import Distribution
from core.method import Array
from core.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class JointTable(Distribution):
    """P(i, j) ∝ table[i][j]; I = Σ p_ij ln p_ij / p_i p_j. A subclass has the field `table` and writes `_pointwise` and `_draw`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            weights = np.array(self._given, dtype=np.float64)
        except (ValueError, TypeError) as error:
            raise ValueError(Sentence("table is not rows of equally many numbers")) from error
        if weights.ndim != 2 or weights.size == 0 or max(weights.shape) > 256:
            raise ValueError(
                Sentence("table has the shape {shape}; it must have 1 to 256 rows and columns", shape=weights.shape)
            )
        if not np.isfinite(weights).all() or (weights < 0).any() or not 0 < weights.sum() < np.inf:
            raise ValueError(Sentence("table must hold finite weights of at least 0, one of them above 0"))

    @property
    def _given(self) -> Any:
        return self.table  # type: ignore[attr-defined]

    @cached_property
    def probabilities(self) -> Array:
        """The table, normalised to a sum of 1."""
        weights = np.array(self._given, dtype=np.float64)
        weights = weights / weights.max()  # so that the sum of tiny weights stays a normal number
        return weights / weights.sum()

    @property
    def true_mi(self) -> float:
        p = self.probabilities
        return float((p[p > 0] * self._log_ratio[p > 0]).sum())

    @cached_property
    def _log_ratio(self) -> Array:
        p = self.probabilities
        product = p.sum(axis=1, keepdims=True) * p.sum(axis=0)
        return np.log(p, out=np.full_like(p, -np.inf), where=p > 0) - np.log(np.where(product > 0, product, 1.0))

    def _cells(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Row and column numbers (n,) of drawn cells."""
        cells = rng.choice(self.probabilities.size, size=n, p=self.probabilities.ravel())
        i, j = np.unravel_index(cells, self.probabilities.shape)
        return i, j
