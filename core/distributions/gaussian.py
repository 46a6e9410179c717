"""The bivariate Gaussian: the one continuous case that everybody checks first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution, gaussian_log_ratio
from core.method import Array
from core.params import Field, Range


@dataclass(frozen=True, kw_only=True)
class Gaussian(Distribution):
    """X, Y standard normal with correlation ρ: I(X; Y) = −½ ln(1 − ρ²)."""

    title: ClassVar[str] = "Bivariate Gaussian"
    reference: ClassVar[str] = "Cover & Thomas (2006), Elements of Information Theory, Example 8.5.1"

    rho: Annotated[float, Range(-0.9999, 0.9999), Field("Correlation ρ"), "Correlation of x and y."] = 0.8

    @property
    def true_mi(self) -> float:
        return -0.5 * math.log1p(-(self.rho**2))

    def _pointwise(self, x: Array, y: Array) -> Array:
        return gaussian_log_ratio(x, y, self.rho)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.standard_normal((2, n, 1))
        return x, self.rho * x + math.sqrt(1.0 - self.rho**2) * noise
