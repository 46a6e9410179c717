"""Counts with excess zeros, as sequencing and insurance have them: a number against a count that is often not observed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from scipy.special import gammaln

from core.distributions._base import Distribution
from core.method import Array
from core.params import Range

_STEP = 0.02  # of ln x, for the integral


@dataclass(frozen=True, kw_only=True)
class ZeroInflatedPoisson(Distribution):
    """X ~ Exp(1), Y ~ Poisson(m X), but 0 in a share p of the rows.

    P(Y = k) = (1 − p) m^k / (1 + m)^{k+1}, and p more for k = 0. I(X; Y) = H(Y) − E H(Y | X), summed over the counts and
    integrated over ln x by the trapezoidal rule. (The formula (1 − p) I of the paper holds where it is seen which zeros were put
    in.)
    """

    title: ClassVar[str] = "Counts with excess zeros"
    reference: ClassVar[str] = (
        "Gao et al. (2017), Estimating mutual information for discrete-continuous mixtures, arXiv:1709.06212"
    )

    zeros: Annotated[float, Range(0.0, 0.99), "p: share of the rows whose count is replaced by 0."] = 0.3
    rate: Annotated[float, Range(0.1, 20.0, log=True), "m: mean count for each unit of x."] = 3.0

    @cached_property
    def true_mi(self) -> float:  # type: ignore[override]
        v = np.arange(-42.0, 4.0, _STEP)  # x = e^v: what is left out is below 1e-18
        x = np.exp(v)
        weights = np.exp(v - x) * _STEP
        total = 0.0
        for k in range(int(60 * (1.0 + self.rate))):
            conditional, log_p = self._log_given(x, float(k)), self._log_alone(np.array(float(k)))
            total += float(weights @ (np.exp(conditional) * np.where(conditional > -700, conditional - log_p, 0.0)))
        return total

    def _log_given(self, x: Array, k: Array | float) -> Array:
        """log P(Y = k | X = x)."""
        mean = self.rate * np.maximum(x, 1e-300)
        counted = math.log1p(-self.zeros) + k * np.log(mean) - mean - gammaln(np.asarray(k) + 1.0)
        return np.where(np.asarray(k) == 0, np.logaddexp(counted, _log(self.zeros)), counted)

    def _log_alone(self, k: Array) -> Array:
        """log P(Y = k)."""
        counted = math.log1p(-self.zeros) + k * math.log(self.rate) - (k + 1.0) * math.log1p(self.rate)
        return np.where(k == 0, np.logaddexp(counted, _log(self.zeros)), counted)

    def _pointwise(self, x: Array, y: Array) -> Array:
        a, k = x[:, 0], y[:, 0]
        inside = (a >= 0.0) & (k >= 0.0) & (k == np.floor(k))
        a, k = np.where(inside, a, 1.0), np.where(inside, k, 0.0)
        return np.where(inside, self._log_given(a, k) - self._log_alone(k), -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x = rng.exponential(size=(n, 1))
        counts = rng.poisson(self.rate * x).astype(np.float64)
        return x, np.where(rng.random((n, 1)) < self.zeros, 0.0, counts)


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
