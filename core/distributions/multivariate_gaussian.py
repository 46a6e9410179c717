"""Gaussian vectors whose columns are correlated in pairs, for looking at the effect of dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution, gaussian_log_ratio
from core.method import Array
from core.params import Field, Range


@dataclass(frozen=True, kw_only=True)
class MultivariateGaussian(Distribution):
    """X, Y ~ N(0, I_d) with corr(X_i, Y_i) = ρ and no other correlation: I(X; Y) = −d/2 ln(1 − ρ²)."""

    title: ClassVar[str] = "Gaussian in d dimensions"
    reference: ClassVar[str] = "Belghazi et al. (2018), Mutual Information Neural Estimation, arXiv:1801.04062, §4.1"

    dimension: Annotated[int, Range(1, 200), "Columns of x, and of y."] = 5
    rho: Annotated[
        float, Range(-0.9999, 0.9999), Field("Correlation ρ"), "Correlation of each column of x with its partner in y."
    ] = 0.5

    @property
    def true_mi(self) -> float:
        return -0.5 * self.dimension * math.log1p(-(self.rho**2))

    def _pointwise(self, x: Array, y: Array) -> Array:
        return gaussian_log_ratio(x, y, self.rho)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.standard_normal((2, n, self.dimension))
        return x, self.rho * x + math.sqrt(1.0 - self.rho**2) * noise
