"""A density drawn on a grid: constant in each cell, so that its mutual information is exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._table import JointTable
from core.method import Array

_RING = ((0, 1, 1, 0), (1, 0, 0, 1), (1, 0, 0, 1), (0, 1, 1, 0))


@dataclass(frozen=True, kw_only=True)
class Drawn(JointTable):
    """p(x, y) on the unit square, constant in the cells of a grid and ∝ table[i][j] in cell (i, j).

    I(X; Y) = Σ p_ij ln p_ij / p_i p_j is that of the table: within a cell x and y are independent.
    """

    title: ClassVar[str] = "Density drawn on a grid"
    reference: ClassVar[str] = "Cover & Thomas (2006), Elements of Information Theory, §8.5"

    table: Annotated[
        tuple, "Non-negative weights of the cells: a row for each interval of x, a column for each of y."
    ] = _RING

    def _pointwise(self, x: Array, y: Array) -> Array:
        sizes = np.array(self.probabilities.shape)
        at = np.hstack([x[:, :1], y[:, :1]]) * sizes
        inside = np.all((at >= 0) & (at <= sizes), axis=1)
        i, j = np.minimum(np.where(inside[:, None], at, 0).astype(np.int64), sizes - 1).T
        return np.where(inside, self._log_ratio[i, j], -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, y = (
            (cell + rng.random(n)) / size
            for cell, size in zip(self._cells(n, rng), self.probabilities.shape, strict=True)
        )
        return x[:, None], y[:, None]
