"""A uniform signal with uniform noise: sharp edges, which smooth estimators blur."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution, columns
from core.method import Array
from core.params import Range


@dataclass(frozen=True, kw_only=True)
class AdditiveUniform(Distribution):
    """X ~ U(0, 1), Y = X + U(−ε, ε): I(X; Y) = ε − ln 2ε where ε ≤ ½, and 1/4ε beyond.

    log p(x, y)/p(x)p(y) = −ln |[y − ε, y + ε] ∩ [0, 1]| on the support, −inf off it.
    """

    title: ClassVar[str] = "Uniform with additive uniform noise"
    reference: ClassVar[str] = "Czyż et al. (2023), Beyond Normal, arXiv:2306.11078"

    noise: Annotated[float, Range(1e-3, 100.0, log=True), "ε: the noise is uniform between −ε and ε."] = 0.1

    @property
    def true_mi(self) -> float:
        return self.noise - math.log(2.0 * self.noise) if self.noise <= 0.5 else 0.25 / self.noise

    def _pointwise(self, x: Array, y: Array) -> Array:
        x, y = columns(x)[:, 0], columns(y)[:, 0]
        overlap = np.minimum(y + self.noise, 1.0) - np.maximum(y - self.noise, 0.0)
        on = (x >= 0.0) & (x <= 1.0) & (np.abs(y - x) <= self.noise) & (overlap > 0.0)
        return np.where(on, -np.log(np.where(on, overlap, 1.0)), -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.random((2, n, 1))
        return x, x + self.noise * (2.0 * noise - 1.0)
