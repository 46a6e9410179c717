"""What a learned density is worth on rows that it was not trained on: likelihood, calibration, and I(X; Y)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from core.arrays import evenly
from core.densities._mixture import Mixture
from core.densities._run import ReportData
from core.evaluation import calibration
from core.method import Array

Density = Callable[..., Mixture]  # rows x (n, dx), owner (n,) or (0,) → their mixtures, in y's own units

_BUDGET = 2e6  # numbers in the largest array of a pass: 16 MB, which stays near the processor
_PAIRS = 2e8  # numbers that the average over x may form in all: about 2 s
_USED = 0.01  # a component with less average weight than this counts as unused


def parts(mixture_numbers: int, n: int) -> list[slice]:
    """Slices of n rows, so that none forms more than the budget's numbers."""
    size = max(1, int(_BUDGET // max(mixture_numbers, 1)))
    return [slice(start, start + size) for start in range(0, n, size)]


def numbers(mixture: Mixture) -> int:
    """How many numbers one row of a mixture takes."""
    return math.prod((mixture.means if mixture.coupling is None else mixture.coupling).shape[1:])


def nll(density: Density, data: ReportData) -> float:
    """The mean −log p(y | x) of the unseen rows, in nats and y's own units."""
    x, y, owner = data.x_held, data.y_held, data.owner
    rows = parts(numbers(density(x[:1])), len(x))
    return float(-np.concatenate([density(x[r], owner[r]).log_density(torch.as_tensor(y[r])) for r in rows]).mean())


def calibrated(density: Density, data: ReportData, most: int = 10_000) -> dict[str, Any]:
    """PIT histogram, coverage, KS distance and CRPS on up to `most` unseen rows, as arrays for a picture.

    u is the Rosenblatt transform in the order of the outputs (for one output, the PIT), pooled over them. `crps` and
    `crps_marginal` are (dy,): the mean of each output in its own unit, and that of y's distribution without x.
    """
    x, y, owner = judging(data, most)
    transforms, crps, used = [], [], np.zeros(1)
    for rows in parts(numbers(density(x[:1])), len(x)):
        mixture, target = density(x[rows], owner[rows]), torch.as_tensor(y[rows])
        transforms.append(calibration.pit(mixture.log_weights, mixture.residuals(target), mixture.scales.log()))
        crps.append(_crps(mixture, y[rows]))
        used = used + mixture.log_weights.exp().numpy().sum(0) / len(x)
    found = _pictured(np.concatenate(transforms)) | {
        "crps": np.concatenate(crps).mean(0),
        "crps_marginal": [calibration.crps_sample(data.y[:, j], y[:, j]).mean() for j in range(y.shape[1])],
        "n": len(x),
        "outputs": y.shape[1],
        "components_used": int((used >= _USED).sum()),
    }
    return {name: np.asarray(value) for name, value in found.items()}


def _crps(mixture: Mixture, y: Array) -> Array:
    """Of each row and each output on its own, (n, dy)."""
    weights, means, spreads = (a.numpy() for a in (mixture.log_weights.exp(), mixture.means, mixture.spreads()))
    each = [calibration.crps_mixture(weights, means[..., j], spreads[..., j], y[:, j]) for j in range(y.shape[1])]
    return np.stack(each, 1)


def _pictured(u: Array) -> dict[str, Any]:
    """Histogram, coverage and KS distance of probability integral transforms."""
    bars, curve = calibration.histogram(u), calibration.coverage(u)
    return {
        "pit_counts": bars.observed,
        "pit_low": bars.low,
        "pit_high": bars.high,
        "nominal": curve.at,
        "observed": curve.observed,
        "coverage_low": curve.low,
        "coverage_high": curve.high,
        "ks": calibration.ks_distance(u),
        "ks_limit": calibration.ks_limit(u.size),
    }


def information(density: Density, data: ReportData) -> dict[str, float]:
    """I(X; Y) = E[log q(y | x) − log q(y)] on unseen rows, with q(y) = E_x q(y | x) over training rows, and its error.

    As q(y) is the model's own average, KL(p(y)‖q(y)) ≤ E KL(p(y | x)‖q(y | x)): on average the figure is at most I(X; Y).
    A finite number m of training rows shows at most ln m. "mi_se" is the standard error over the rows alone, "n_mi" their
    number: all that judge the density, unless its mixtures are so large that the averages would take minutes.
    References: D. Barber, F. Agakov (2003), The IM algorithm, NIPS 16, for the bound; Cover & Thomas (2006), theorem 2.7.2.
    """
    size = numbers(density(data.x[:1]))
    x, y, owner = judging(data, int(max(50, math.sqrt(_PAIRS / size), _PAIRS / size / len(data.x))))
    references = data.x[: int(max(50, _PAIRS / size / len(x)))]
    gain = []
    for who in [owner] if not len(owner) else [owner[owner == r] for r in np.unique(owner)]:
        mine = owner == who[0] if len(who) else np.ones(len(x), dtype=bool)
        of = lambda rows, who=who: density(rows, np.full(len(rows), who[0]) if len(who) else who)  # noqa: E731
        target, others = torch.as_tensor(y[mine]), of(references)
        own = of(x[mine]).log_density(target)
        for rows in parts(size * len(references), len(target)):
            average = torch.logsumexp(others.log_density(target[rows, None]), 1) - math.log(len(references))
            gain.append((own[rows] - average).numpy())
    gains = np.concatenate(gain)
    error = gains.std(ddof=1) / math.sqrt(len(gains)) if len(gains) > 1 else math.inf
    return {"mi": float(gains.mean()), "mi_se": float(error), "n_mi": len(gains)}


def judging(data: ReportData, most: int) -> tuple[Array, Array, Array]:
    """x, y and owner of up to `most` rows, evenly from all that judge the density."""
    some = evenly(np.arange(len(data.x_held)), most)
    return data.x_held[some], data.y_held[some], data.owner[some] if len(data.owner) else data.owner
