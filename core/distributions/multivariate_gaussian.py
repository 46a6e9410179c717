"""Gaussian vectors whose columns are correlated in pairs, for looking at the effect of dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution, gaussian_log_ratio, refuse_pairs
from core.method import Array
from core.params import Field, Range


@dataclass(frozen=True, kw_only=True)
class MultivariateGaussian(Distribution):
    """X, Y ~ N(0, I_d) with corr(X_i, Y_i) = ρ in the first k columns and no other: I(X; Y) = −k/2 ln(1 − ρ²)."""

    title: ClassVar[str] = "Gaussian in d dimensions"
    reference: ClassVar[str] = "Belghazi et al. (2018), Mutual Information Neural Estimation, arXiv:1801.04062, §4.1"

    dimension: Annotated[int, Range(1, 200), "Columns of x, and of y."] = 5
    rho: Annotated[
        float, Range(-0.9999, 0.9999), Field("Correlation ρ"), "Correlation of each column of x with its partner in y."
    ] = 0.5
    pairs: Annotated[
        int | None,
        Range(0, 200),
        "k: how many columns have a partner; empty: all. The others are independent of all else.",
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_pairs(self.pairs or 0, self.dimension)

    @property
    def _paired(self) -> int:
        return self.dimension if self.pairs is None else self.pairs

    @property
    def true_mi(self) -> float:
        return -0.5 * self._paired * math.log1p(-(self.rho**2))

    def _pointwise(self, x: Array, y: Array) -> Array:
        return gaussian_log_ratio(x[:, : self._paired], y[:, : self._paired], self.rho)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.standard_normal((2, n, self.dimension))
        rho = np.where(np.arange(self.dimension) < self._paired, self.rho, 0.0)
        return x, rho * x + np.sqrt(1.0 - rho**2) * noise
