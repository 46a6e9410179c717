"""Does a predicted distribution keep its promises: PIT, coverage, CRPS, each beside what a calibrated one would show.

Everything here is a pure function of arrays. The probability integral transform u = F(y | x) of rows that the model was
not fitted to is uniform on [0, 1] if the model is calibrated, and coverage, histogram and Kolmogorov–Smirnov distance
are read off it, each with the band that uniform draws stay in.

References: T. Gneiting, F. Balabdaoui, A. E. Raftery (2007), Probabilistic forecasts, calibration and sharpness, JRSS B
69(2); T. Gneiting, A. E. Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102(477).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import kolmogi, ndtr
from scipy.stats import binom

from core.method import Array
from core.sentences import Sentence

_ROWS = 2**18  # mixture pairs held at once: 2 MB an array


@dataclass(frozen=True, eq=False)
class Band:
    """What was observed at each place, and the limits between which a calibrated model's lie 95 times in 100."""

    at: Array
    observed: Array
    low: Array
    high: Array


def pit(log_weights: Any, z: Any, log_scales: Any) -> Array:
    """u (n, d): every output's own CDF given the input and the outputs before it (Rosenblatt), for Gaussian mixtures.

        u_j = Σ_k w_k|<j Φ(z_kj),  w_k|<j ∝ w_k Π_{l<j} φ(z_kl) / σ_kl

    log_weights (n, k); z (n, k, d), the residuals of each component in the order of the outputs, standard normal under it;
    log_scales (n, k, d), the logarithms of their widths. With one output this is the ordinary PIT. Under the true density
    all n·d values are independent and uniform. References: M. Rosenblatt (1952), Annals of Mathematical Statistics 23.
    """
    log_weights, z, log_scales = (np.asarray(a, dtype=np.float64) for a in (log_weights, z, log_scales))
    seen = np.cumsum(-0.5 * z**2 - log_scales, axis=2)
    log_w = log_weights[..., None] + np.concatenate([np.zeros_like(seen[..., :1]), seen[..., :-1]], axis=2)
    weights = np.exp(log_w - log_w.max(1, keepdims=True))
    return (weights * ndtr(z)).sum(1) / weights.sum(1)


def histogram(u: Any, bins: int = 20, level: float = 0.95) -> Band:
    """Rows in each of `bins` equal parts of [0, 1] (`at`: their middles), with the binomial band of a uniform one."""
    u = _unit(u)
    counts, edges = np.histogram(u, bins=bins, range=(0.0, 1.0))
    low, high = (float(binom.ppf(q, len(u), 1 / bins)) for q in ((1 - level) / 2, (1 + level) / 2))
    return Band((edges[:-1] + edges[1:]) / 2, counts.astype(float), np.full(bins, low), np.full(bins, high))


def coverage(u: Any, nominal: Any = None, level: float = 0.95) -> Band:
    """The share of rows inside central intervals of each nominal probability: |u − ½| ≤ q/2, with its binomial band.

    nominal: probabilities, .05 to .95 in steps of .05 where none are given.
    """
    u = _unit(u)
    at = np.arange(1, 20) / 20 if nominal is None else np.atleast_1d(np.asarray(nominal, dtype=np.float64))
    if not ((at > 0) & (at < 1)).all():
        raise ValueError(Sentence("nominal={nominal} is not between 0 and 1", nominal=nominal))
    inside = (np.abs(u - 0.5)[:, None] <= at / 2).mean(0)
    low, high = (binom.ppf(q, len(u), at) / len(u) for q in ((1 - level) / 2, (1 + level) / 2))
    return Band(at, inside, low, high)


def ks_distance(u: Any) -> float:
    """The largest distance between the u's empirical CDF and the uniform one, in [0, 1]."""
    u = np.sort(_unit(u))
    steps = np.arange(len(u) + 1) / len(u)
    return float(max((steps[1:] - u).max(), (u - steps[:-1]).max()))


def ks_limit(n: int, level: float = 0.95) -> float:
    """What that distance stays below in `level` of calibrated models with n rows: the asymptotic law, 1.358 / √n at .95."""
    return float(kolmogi(1 - level)) / math.sqrt(n)


def crps_mixture(weights: Any, means: Any, scales: Any, y: Any) -> Array:
    """∫ (F(t) − 1{y ≤ t})² dt of Gaussian mixtures, (n,), in y's unit, exactly: E|Y − y| − ½ E|Y − Y′|.

    weights, means, scales (n, k); y (n,). Lower is better; of a point forecast it is the absolute error.
    References: E. P. Grimit et al. (2006), The continuous ranked probability score for circular variables, QJRMS 132.
    """
    weights, means, scales, y = (np.asarray(a, dtype=np.float64) for a in (weights, means, scales, y))
    out = np.empty(len(y))
    size = max(1, _ROWS // weights.shape[1] ** 2)
    for start in range(0, len(y), size):
        w, m, s, t = (a[start : start + size] for a in (weights, means, scales, y))
        gap = m[:, :, None] - m[:, None, :]
        width = np.hypot(s[:, :, None], s[:, None, :])
        spread = (w[:, :, None] * w[:, None, :] * _distance(gap, width)).sum((1, 2))
        out[start : start + size] = (w * _distance(t[:, None] - m, s)).sum(1) - 0.5 * spread
    return out


def crps_sample(sample: Any, y: Any) -> Array:
    """CRPS of the empirical distribution of `sample` (m,) for every y (n,): the reference that knows no input."""
    s, y = np.sort(np.asarray(sample, dtype=np.float64)), np.asarray(y, dtype=np.float64)
    m = len(s)
    sums = np.concatenate([[0.0], np.cumsum(s)])
    below = np.searchsorted(s, y)
    near = (y * (2 * below - m) + sums[-1] - 2 * sums[below]) / m
    return near - ((2 * np.arange(1, m + 1) - m - 1) @ s) / m**2


def _distance(gap: Array, scale: Array) -> Array:
    """E|gap + scale·N(0, 1)| = gap (2Φ(r) − 1) + 2 scale φ(r) with r = gap / scale."""
    ratio = gap / scale
    return gap * (2 * ndtr(ratio) - 1) + scale * math.sqrt(2 / math.pi) * np.exp(-0.5 * ratio**2)


def _unit(u: Any) -> Array:
    u = np.asarray(u, dtype=np.float64).ravel()
    if not len(u) or not ((u >= 0) & (u <= 1)).all():
        raise ValueError(
            Sentence("u must hold at least one value, all between 0 and 1: give values of a distribution function")
        )
    return u
