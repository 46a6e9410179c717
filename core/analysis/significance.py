"""How far chance alone goes: what an estimator finds in columns that are independent, p-values, false discoveries."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from scipy.special import gammainc, gammaincc, gammainccinv, gammaincinv, ndtr, ndtri, stdtr
from scipy.stats import false_discovery_control

from core.method import Array

LEVEL = 0.05  # the share of independent pairs that lie above the noise level
_COUNTED = 10  # shuffled copies above an estimate, from which on the p-value is their share
_MANY = 100  # copies, below which their deviation is itself so uncertain that Student's law has to stand for the tail
_FLAT = 1e-3  # skewness below which the law is as good as normal
_SMALLEST = 1e-300


class Null(NamedTuple):
    """The law of an estimate, in nats, where the columns are independent: Pearson's third, by its first three moments.

    `drawn` are the estimates of shuffled copies that the moments are of, rising; none where the moments are tabulated.
    A p-value is the share of these, as long as ten of them lie above; the fitted tail goes on from there.

    References: Knijnenburg et al. (2009), Fewer permutations, more accurate P-values, Bioinformatics 25(12), i161.
    """

    mean: float
    deviation: float
    skewness: float
    drawn: Array | None = None

    @classmethod
    def of(cls, drawn: Array) -> Self:
        """From estimates of shuffled copies."""
        rising, deviation = np.sort(drawn), float(np.std(drawn, ddof=1))
        skewness = float(np.mean((drawn - drawn.mean()) ** 3)) / deviation**3 if deviation > 0 else 0.0
        return cls(float(drawn.mean()), deviation, skewness, rising)

    def p(self, mi: float) -> float:
        """How often independent columns show so much or more."""
        if self.drawn is not None:
            above = len(self.drawn) - int(np.searchsorted(self.drawn, mi))
            if above >= _COUNTED or not self.deviation > 0:
                return (above + 1) / (len(self.drawn) + 1)
            if len(self.drawn) < _MANY:
                far = (mi - self.mean) / self.deviation / math.sqrt(1 + 1 / len(self.drawn))
                return max(float(stdtr(len(self.drawn) - 1, -far)), _SMALLEST)
        z, shape = (mi - self.mean) / self.deviation, self._shape
        if math.isinf(shape):
            return max(float(ndtr(-z)), _SMALLEST)
        at = max(shape + math.copysign(math.sqrt(shape), self.skewness) * z, 0.0)
        return max(float(gammaincc(shape, at) if self.skewness > 0 else gammainc(shape, at)), _SMALLEST)

    def quantile(self, share: float = 1 - LEVEL) -> float:
        """What that share of independent pairs does not exceed: the noise level."""
        shape = self._shape
        if math.isinf(shape):
            return self.mean + self.deviation * float(ndtri(share))
        at = float(gammaincinv(shape, share) if self.skewness > 0 else gammainccinv(shape, share))
        return self.mean + self.deviation * (at - shape) / math.copysign(math.sqrt(shape), self.skewness)

    @property
    def _shape(self) -> float:
        return 4.0 / self.skewness**2 if abs(self.skewness) > _FLAT else math.inf


def of_neighbours(n: int, k: int) -> Null | None:
    """The law of KSG with normal scores of n rows that do not repeat: by ranks alone, hence the same for all columns.

    Drawn for some n and k by tests/benchmarks/independent_columns.py, and interpolated. None where that does not reach.
    """
    known = _moments()
    ks = sorted(known)
    if not ks[0] <= k <= ks[-1]:
        return None
    below, above = max(j for j in ks if j <= k), min(j for j in ks if j >= k)
    if n < max(known[below][0], known[above][0]):
        return None
    weight = 0.0 if below == above else math.log(k / below) / math.log(above / below)
    at = [np.array([np.polyval(p, 1 / math.sqrt(n)) for p in known[j][1]]) for j in (below, above)]
    deviation, mean, skewness = (1 - weight) * at[0] + weight * at[1]
    return Null(float(mean) / n, float(deviation) / math.sqrt(n), float(skewness) / math.sqrt(n))


@cache
def _moments() -> dict[int, tuple[int, list[Array]]]:
    """For each k the fewest rows, and polynomials in 1/√n: deviation times √n, mean times n, skewness times √n.

    Fitted by what each drawn moment is worth; so the last sizes lead on to n = ∞.
    """
    found = {}
    for k, rows in pd.read_csv(Path(__file__).with_name("independent_columns.csv")).groupby("k"):
        n, samples, mean, deviation, skewness = (
            rows[name].to_numpy(float) for name in ("n", "samples", "mean", "deviation", "skewness")
        )
        errors = deviation / np.sqrt(2 * samples), deviation / np.sqrt(samples), np.sqrt(6 / samples)
        fits = []
        for values, error, power, degree in zip(
            (deviation, mean, skewness), errors, (0.5, 1, 0.5), (4, 2, 2), strict=True
        ):
            fits.append(np.polyfit(1 / np.sqrt(n), values * n**power, degree, w=1 / (error * n**power)))
        found[int(k)] = int(n.min()), fits
    return found


class Nulls:
    """Laws that are drawn once and serve every pair of their kind, also where several threads ask."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Null] = {}
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def once(self, key: Hashable, draw: Callable[[], Null]) -> Null:
        """The law of that key; drawn by whoever asks first, for whom the others wait."""
        with self._lock:
            own = self._locks.setdefault(key, threading.Lock())
        with own:
            if key not in self._found:
                self._found[key] = draw()
            return self._found[key]


def missed_by_correlation(row: Mapping[str, Any]) -> bool:
    """Whether a pair, a row of `MIMatrix.long`, stands out from chance while its correlations are weak.

    q ≤ .05, and Pearson's and Spearman's are both below half of the correlation that a Gaussian pair with this MI has.
    """
    q, r, ranks, equivalent = (row.get(name) for name in ("q", "pearson", "spearman", "correlation"))
    if any(value is None or not math.isfinite(value) for value in (q, r, ranks, equivalent)):
        return False
    return bool(q <= LEVEL and max(abs(r), abs(ranks)) < equivalent / 2)  # type: ignore[operator, arg-type]


def false_discovery_rates(p: Array) -> Array:
    """Benjamini and Hochberg's q of p-values (m,), NaN where there is none.

    Of the pairs with q ≤ .05, 5 % are false discoveries on average.

    References: Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57(1), 289.
    """
    p = np.asarray(p, dtype=float)
    q, known = np.full(len(p), np.nan), np.isfinite(p)
    if known.any():
        q[known] = false_discovery_control(p[known], method="bh")
    return q
