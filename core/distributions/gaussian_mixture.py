"""Two Gaussian relations in one: crossed, or a relation among rows that have none (inliers)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution, gaussian_log_ratio
from core.method import Array
from core.params import Field, Range

_REACH, _STEP = 8.5, 0.05  # of the integral, in standard deviations: what is left out is below 1e-15


@dataclass(frozen=True, kw_only=True)
class GaussianMixture(Distribution):
    """(X, Y) standard Gaussian with correlation ρ, or, in a share s of the rows, with correlation σ.

    Both margins are standard normal, so p(x, y)/p(x)p(y) = (1 − s) r_ρ + s r_σ with the components' own ratios r; I(X; Y)
    is the integral of its logarithm, by the trapezoidal rule along the axes of each component. ρ = −σ is a cross, σ = 0 a
    relation in which only 1 − s of the rows take part.
    """

    title: ClassVar[str] = "Mixture of two Gaussians"
    reference: ClassVar[str] = "Czyż et al. (2023), The Mixtures and the Neural Critics, arXiv:2310.10240"

    rho: Annotated[float, Range(-0.99, 0.99), Field("Correlation ρ"), "Correlation of the first part of the rows."] = (
        0.9
    )
    other: Annotated[float, Range(-0.99, 0.99), Field("Correlation σ"), "Correlation of the others; 0 for none."] = -0.9
    share: Annotated[float, Range(0.0, 1.0), "s: the others' share of the rows."] = 0.5

    @cached_property
    def true_mi(self) -> float:  # type: ignore[override]
        return (1.0 - self.share) * self._mean(self.rho) + self.share * self._mean(self.other)

    def _mean(self, rho: float) -> float:
        """The log-ratio's mean over the Gaussian with correlation ρ."""
        z = np.arange(-_REACH, _REACH, _STEP)
        weight = np.exp(-0.5 * z**2) * _STEP / math.sqrt(2.0 * math.pi)
        along, across = math.sqrt((1.0 + rho) / 2.0) * z, math.sqrt((1.0 - rho) / 2.0) * z
        x, y = along[:, None] + across, along[:, None] - across
        return float(weight @ self._pointwise(x.reshape(-1, 1), y.reshape(-1, 1)).reshape(x.shape) @ weight)

    def _pointwise(self, x: Array, y: Array) -> Array:
        with np.errstate(divide="ignore"):
            first, second = np.log1p(-self.share), np.log(self.share)
        return np.logaddexp(first + gaussian_log_ratio(x, y, self.rho), second + gaussian_log_ratio(x, y, self.other))

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.standard_normal((2, n, 1))
        rho = np.where(rng.random((n, 1)) < self.share, self.other, self.rho)
        return x, rho * x + np.sqrt(1.0 - rho**2) * noise
