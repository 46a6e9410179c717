"""Turns x and y as rigid bodies, each in a random direction, and keeps the mutual information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Transform
from core.method import Array
from core.params import Range


@dataclass(frozen=True, kw_only=True)
class Rotation(Transform):
    """x → Qx, y → Ry with random orthogonal matrices: what two columns shared lies in all of them, the same I(X; Y)."""

    title: ClassVar[str] = "Rotation of"
    reference: ClassVar[str] = "Kraskov et al. (2004), Estimating mutual information, arXiv:cond-mat/0305641, appendix"
    _usual: ClassVar = {"name": "multivariate_gaussian", "dimension": 5, "pairs": 2, "rho": 0.8}

    direction: Annotated[int, Range(0, 2**32 - 1), "Which random directions: a number that draws them."] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._needs_continuous()

    def _forward_x(self, values: Array) -> Array:
        return values @ self._matrix(values.shape[1], 0)

    def _forward_y(self, values: Array) -> Array:
        return values @ self._matrix(values.shape[1], 1)

    def _inverse_x(self, values: Array) -> Array:
        return values @ self._matrix(values.shape[1], 0).T

    def _inverse_y(self, values: Array) -> Array:
        return values @ self._matrix(values.shape[1], 1).T

    def _matrix(self, d: int, side: int) -> Array:
        rng = np.random.default_rng([self.direction, side])
        q, r = np.linalg.qr(rng.standard_normal((d, d)))
        return q * np.sign(np.diag(r))
