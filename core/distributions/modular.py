"""What is left of a number on a clock: sharp stripes, each side uniform."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution
from core.method import Array
from core.params import Range


@dataclass(frozen=True, kw_only=True)
class Modular(Distribution):
    """X ~ U(0, 1), Y = (k X + ε U) mod 1 with U ~ U(0, 1): Y is uniform, and I(X; Y) = −ln ε whatever k is.

    ε = e⁻⁵ has 5 nats: from n rows no more than about ln n of it can be established.
    """

    title: ClassVar[str] = "Modular relation"
    reference: ClassVar[str] = "Cover & Thomas (2006), Elements of Information Theory, §8.1: h(Y) − h(Y | X) = 0 − ln ε"

    turns: Annotated[int, Range(1, 100, log=True), "k: how often Y goes round while X grows from 0 to 1."] = 3
    noise: Annotated[float, Range(1e-5, 1.0, log=True), "ε: the part of the round that the noise covers."] = 0.2

    @property
    def true_mi(self) -> float:
        return -math.log(self.noise)

    def _pointwise(self, x: Array, y: Array) -> Array:
        a, b = x[:, 0], y[:, 0]
        behind = np.mod(b - self.turns * a, 1.0)
        on = (a >= 0.0) & (a < 1.0) & (b >= 0.0) & (b < 1.0) & ((behind <= self.noise) | (behind > 1.0 - 1e-12))
        return np.where(on, -math.log(self.noise), -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.random((2, n, 1))
        return x, np.mod(self.turns * x + self.noise * noise, 1.0)
