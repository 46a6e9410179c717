"""Two categorical variables given by their joint table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution, columns
from core.method import Array
from core.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class Discrete(Distribution):
    """P(X = i, Y = j) ∝ table[i][j]; I(X; Y) = Σ p_ij ln p_ij / p_i p_j. Sampled as codes 0, 1, … in float64."""

    title: ClassVar[str] = "Discrete joint table"
    reference: ClassVar[str] = "Cover & Thomas (2006), Elements of Information Theory, §2.3"
    discrete: ClassVar[bool] = True

    table: Annotated[tuple, "Non-negative weights: a row for each x, a column for each y; their sum need not be 1."] = (
        (0.4, 0.1),
        (0.1, 0.4),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            weights = np.array(self.table, dtype=np.float64)
        except (ValueError, TypeError) as error:
            raise ValueError(Sentence("table is not rows of equally many numbers")) from error
        if weights.ndim != 2 or weights.size == 0 or max(weights.shape) > 256:
            raise ValueError(
                Sentence("table has the shape {shape}; it must have 1 to 256 rows and columns", shape=weights.shape)
            )
        if not np.isfinite(weights).all() or (weights < 0).any() or not 0 < weights.sum() < np.inf:
            raise ValueError(Sentence("table must hold finite weights of at least 0, one of them above 0"))

    @cached_property
    def probabilities(self) -> Array:
        """The table, normalised to a sum of 1."""
        weights = np.array(self.table, dtype=np.float64)
        weights = weights / weights.max()  # so that the sum of tiny weights stays a normal number
        return weights / weights.sum()

    @cached_property
    def _log_ratio(self) -> Array:
        p = self.probabilities
        product = p.sum(axis=1, keepdims=True) * p.sum(axis=0)
        return np.log(p, out=np.full_like(p, -np.inf), where=p > 0) - np.log(np.where(product > 0, product, 1.0))

    @property
    def true_mi(self) -> float:
        p = self.probabilities
        return float((p[p > 0] * self._log_ratio[p > 0]).sum())

    def _pointwise(self, x: Array, y: Array) -> Array:
        codes = np.concatenate([columns(x)[:, :1], columns(y)[:, :1]], axis=1)
        inside = ((codes >= 0) & (codes < self.probabilities.shape) & (codes == np.floor(codes))).all(axis=1)
        i, j = np.where(inside[:, None], codes, 0).astype(np.int64).T
        return np.where(inside, self._log_ratio[i, j], -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        cells = rng.choice(self.probabilities.size, size=n, p=self.probabilities.ravel())
        x, y = np.unravel_index(cells, self.probabilities.shape)
        return columns(x), columns(y)
