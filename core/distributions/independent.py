"""Two standard Gaussian vectors that know nothing of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution
from core.method import Array
from core.params import Range


@dataclass(frozen=True, kw_only=True)
class Independent(Distribution):
    """X, Y ~ N(0, I_d), independent: I(X; Y) = 0."""

    title: ClassVar[str] = "Independent Gaussians"
    reference: ClassVar[str] = "Cover & Thomas (2006), Elements of Information Theory, Theorem 2.6.5"

    dimension: Annotated[int, Range(1, 200), "Columns of x, and of y."] = 1

    @property
    def true_mi(self) -> float:
        return 0.0

    def _pointwise(self, x: Array, y: Array) -> Array:
        return np.zeros(len(x))

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, y = rng.standard_normal((2, n, self.dimension))
        return x, y
