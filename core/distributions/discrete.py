"""Two categorical variables given by their joint table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import columns
from core.distributions._table import JointTable
from core.method import Array


@dataclass(frozen=True, kw_only=True)
class Discrete(JointTable):
    """P(X = i, Y = j) ∝ table[i][j]; I(X; Y) = Σ p_ij ln p_ij / p_i p_j. Sampled as codes 0, 1, … in float64."""

    title: ClassVar[str] = "Discrete joint table"
    reference: ClassVar[str] = "Cover & Thomas (2006), Elements of Information Theory, §2.3"
    discrete: ClassVar[bool] = True

    table: Annotated[tuple, "Non-negative weights: a row for each x, a column for each y; their sum need not be 1."] = (
        (0.4, 0.1),
        (0.1, 0.4),
    )

    def _pointwise(self, x: Array, y: Array) -> Array:
        codes = np.concatenate([columns(x)[:, :1], columns(y)[:, :1]], axis=1)
        inside = ((codes >= 0) & (codes < self.probabilities.shape) & (codes == np.floor(codes))).all(axis=1)
        i, j = np.where(inside[:, None], codes, 0).astype(np.int64).T
        return np.where(inside, self._log_ratio[i, j], -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        i, j = self._cells(n, rng)
        return columns(i), columns(j)
