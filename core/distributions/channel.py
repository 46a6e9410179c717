"""The additive Gaussian channel: a signal of known power, received with noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution, columns, gaussian_log_ratio
from core.method import Array
from core.params import Range


@dataclass(frozen=True, kw_only=True)
class Channel(Distribution):
    """X ~ N(0, P·I_d), Y = X + N(0, N·I_d): I(X; Y) = d/2 ln(1 + P/N), the channel's capacity.

    P = 3 and N = 0.2 give 2 bits (1.386 nats) in each dimension.
    """

    title: ClassVar[str] = "Gaussian channel"
    reference: ClassVar[str] = "Shannon (1949), Communication in the Presence of Noise, Proc. IRE 37(1)"

    power: Annotated[float, Range(1e-4, 1e4, log=True), "P: variance of the signal in each dimension."] = 3.0
    noise: Annotated[float, Range(1e-4, 1e4, log=True), "N: variance of the noise in each dimension."] = 0.2
    dimension: Annotated[int, Range(1, 200), "Columns of the signal, and of what is received."] = 1

    @property
    def true_mi(self) -> float:
        return 0.5 * self.dimension * math.log1p(self.power / self.noise)

    def _pointwise(self, x: Array, y: Array) -> Array:
        total = self.power + self.noise
        return gaussian_log_ratio(
            columns(x) / math.sqrt(self.power), columns(y) / math.sqrt(total), math.sqrt(self.power / total)
        )

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.standard_normal((2, n, self.dimension))
        x *= math.sqrt(self.power)
        return x, x + math.sqrt(self.noise) * noise
