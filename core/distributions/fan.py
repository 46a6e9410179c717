"""Noise whose width depends on x: no mean to see, and yet dependence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from scipy.special import logsumexp

from core.distributions._base import Distribution, tabulated
from core.method import Array
from core.params import Range

_STEP = 0.05


@dataclass(frozen=True, kw_only=True)
class Fan(Distribution):
    """X ~ N(0, 1), Y = e^{sX} Z with Z ~ N(0, 1): the width of Y grows with X, its mean stays 0.

    The sign of Y tells nothing, so I(X; Y) = I(X; sX + ln |Z|) = h(sX + ln |Z|) − h(ln |Z|), an additive channel whose
    densities are smooth: by the trapezoidal rule.
    """

    title: ClassVar[str] = "Noise as wide as x says"
    reference: ClassVar[str] = "Cover & Thomas (2006), Elements of Information Theory, §8.6: h(aX) = h(X) + ln |a|"

    growth: Annotated[float, Range(0.0, 3.0), "s: how fast the width grows; 0 is independence."] = 1.0

    @cached_property
    def true_mi(self) -> float:  # type: ignore[override]
        w = np.arange(*self._ends, _STEP)
        with_x, alone = self._log_density(w), _log_absolute(w)
        return float(np.exp(alone) @ np.maximum(alone, -800.0) - np.exp(with_x) @ np.maximum(with_x, -800.0)) * _STEP

    @property
    def _ends(self) -> tuple[float, float]:
        """ln |Z| falls off like e^w on the left: e^-40 is nothing."""
        return -40.0 - 9.0 * self.growth, 3.0 + 9.0 * self.growth

    @cached_property
    def _tabulated(self) -> Callable[[Array], Array]:
        return tabulated(self._log_density, *self._ends, _STEP)

    def _log_density(self, w: Array) -> Array:
        """log density of sX + ln |Z|, (n,)."""
        x = np.arange(-9.0, 9.0, _STEP / max(1.0, self.growth))
        weight = -0.5 * x**2 + math.log((x[1] - x[0]) / math.sqrt(2.0 * math.pi))
        parts = np.array_split(w, max(1, w.size * x.size // 10**7))
        return np.concatenate([logsumexp(_log_absolute(p[:, None] - self.growth * x) + weight, axis=1) for p in parts])

    def _pointwise(self, x: Array, y: Array) -> Array:
        with np.errstate(divide="ignore"):
            w = np.maximum(np.log(np.abs(y[:, 0])), -700.0)
        return _log_absolute(w - self.growth * x[:, 0]) - self._tabulated(w)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.standard_normal((2, n, 1))
        return x, np.exp(self.growth * x) * noise


def _log_absolute(w: Array) -> Array:
    """log density of ln |Z| at w: √(2/π) e^{w − e^{2w}/2}."""
    return w - 0.5 * np.exp(np.minimum(2.0 * w, 700.0)) + 0.5 * math.log(2.0 / math.pi)
