"""A wave in noise: dependence without correlation, which the eye sees and a coarse method does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from core.distributions._base import Distribution, tabulated
from core.method import Array
from core.params import Range

_PER_WIDTH = 8  # points of the integrals within the noise's deviation


@dataclass(frozen=True, kw_only=True)
class Periodic(Distribution):
    """X ~ U(0, 1), Y = sin(2πf X) + N(0, σ²) with a whole number f of periods.

    I(X; Y) = h(Y) − ½ ln 2πeσ², whatever f is; p(y) is the mean of N(y; sin θ, σ²) over θ, by the trapezoidal rule, which
    converges exponentially for a period and for a density that falls off.
    """

    title: ClassVar[str] = "Wave in noise"
    reference: ClassVar[str] = "Reshef et al. (2011), Detecting novel associations in large data sets, Science 334"

    periods: Annotated[int, Range(1, 100, log=True), "f: how often the wave repeats."] = 4
    noise: Annotated[float, Range(0.02, 10.0, log=True), "σ: standard deviation of the noise."] = 0.2

    @cached_property
    def true_mi(self) -> float:  # type: ignore[override]
        y = np.arange(-self._reach, self._reach, self.noise / _PER_WIDTH)
        log_p = self._log_density(y)
        entropy = -float(np.exp(log_p) @ log_p) * self.noise / _PER_WIDTH
        return entropy - 0.5 * math.log(2.0 * math.pi * math.e * self.noise**2)

    @property
    def _reach(self) -> float:
        return 1.0 + 9.0 * self.noise

    @cached_property
    def _tabulated(self) -> Callable[[Array], Array]:
        return tabulated(self._log_density, -self._reach, self._reach, self.noise / _PER_WIDTH)

    def _log_density(self, y: Array) -> Array:
        """log p(y), (n,), in parts that fit into memory."""
        points = max(50, int(2 * math.pi * _PER_WIDTH / self.noise))
        nodes = np.sin(math.pi * ((np.arange(points) + 0.5) / points - 0.5))  # half a period has all values
        parts = np.array_split(y, max(1, y.size * nodes.size // 10**7))
        log_p = [logsumexp(norm.logpdf(part[:, None], nodes, self.noise), axis=1) for part in parts]
        return np.concatenate(log_p) - math.log(len(nodes))

    def _pointwise(self, x: Array, y: Array) -> Array:
        residual = y[:, 0] - np.sin(2.0 * math.pi * self.periods * x[:, 0])
        inside = (x[:, 0] >= 0.0) & (x[:, 0] <= 1.0)
        return np.where(inside, norm.logpdf(residual, scale=self.noise) - self._tabulated(y[:, 0]), -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x = rng.random((n, 1))
        return x, np.sin(2.0 * math.pi * self.periods * x) + self.noise * rng.standard_normal((n, 1))
