"""What a learned density is worth on rows that it was not trained on: likelihood, calibration, and I(X; Y)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from core.densities._mixture import Mixture
from core.evaluation import calibration
from core.method import Array

Density = Callable[[Array], Mixture]  # rows x (n, dx) → their mixtures, in y's own units

_BUDGET = 2e7  # numbers in the largest array of a pass: 160 MB
_PAIRS = 2e8  # numbers that the average over x may form in all: about 2 s
_USED = 0.01  # a component with less average weight than this counts as unused


def parts(mixture_numbers: int, n: int) -> list[slice]:
    """Slices of n rows, so that none forms more than the budget's numbers."""
    size = max(1, int(_BUDGET // max(mixture_numbers, 1)))
    return [slice(start, start + size) for start in range(0, n, size)]


def numbers(mixture: Mixture) -> int:
    """How many numbers one row of a mixture takes."""
    return math.prod((mixture.means if mixture.coupling is None else mixture.coupling).shape[1:])


def calibrated(density: Density, x: Array, y: Array, y_train: Array) -> dict[str, Any]:
    """PIT histogram, coverage, KS distance and CRPS on rows x (n, dx), y (n, dy), as arrays for a picture.

    u is the Rosenblatt transform in the order of the outputs (for one output, the PIT), pooled over them. `crps` and
    `crps_marginal` are (dy,): the mean of each output in its own unit, and that of y's distribution without x.
    """
    transforms, crps, used = [], [], np.zeros(1)
    for rows in parts(numbers(density(x[:1])), len(x)):
        m, t = density(x[rows]), torch.as_tensor(y[rows])
        transforms.append(calibration.pit(m.log_weights, m.residuals(t), m.scales.log()))
        weights, means, spreads = (a.numpy() for a in (m.log_weights.exp(), m.means, m.spreads()))
        each = [
            calibration.crps_mixture(weights, means[..., j], spreads[..., j], y[rows, j]) for j in range(y.shape[1])
        ]
        crps.append(np.stack(each, 1))
        used = used + weights.sum(0) / len(x)
    u = np.concatenate(transforms)
    bars, curve = calibration.histogram(u), calibration.coverage(u)
    marginal = [calibration.crps_sample(y_train[:, j], y[:, j]).mean() for j in range(y.shape[1])]
    out = {
        "pit_counts": bars.observed,
        "pit_low": bars.low,
        "pit_high": bars.high,
        "nominal": curve.at,
        "observed": curve.observed,
        "coverage_low": curve.low,
        "coverage_high": curve.high,
        "crps": np.concatenate(crps).mean(0),
        "crps_marginal": np.array(marginal),
        "ks": calibration.ks_distance(u),
        "ks_limit": calibration.ks_limit(u.size),
        "n": len(x),
        "outputs": y.shape[1],
        "components_used": int((used >= _USED).sum()),
    }
    return {name: np.asarray(value) for name, value in out.items()}


def information(density: Density, x: Array, y: Array, x_train: Array) -> dict[str, float]:
    """I(X; Y) = E[log q(y | x) − log q(y)] on rows apart, with q(y) = E_x q(y | x) over training rows, and its error.

    As q(y) is the model's own average, KL(p(y)‖q(y)) ≤ E KL(p(y | x)‖q(y | x)): on average the figure is at most I(X; Y).
    A finite number m of training rows shows at most ln m. "mi_se" is the standard error over the rows alone.
    References: D. Barber, F. Agakov (2003), The IM algorithm, NIPS 16, for the bound; Cover & Thomas (2006), theorem 2.7.2.
    """
    size = numbers(density(x[:1]))
    n = int(min(len(x), 2000, max(50, math.sqrt(_PAIRS / size))))
    m = int(min(len(x_train), 1000, max(50, _PAIRS / size / n)))
    target = torch.as_tensor(y[:n])
    own, others = density(x[:n]).log_density(target), density(x_train[:m])
    averages = []
    for rows in parts(size * m, n):
        averages.append(torch.logsumexp(others.log_density(target[rows, None]), 1) - math.log(m))
    gain = (own - torch.cat(averages)).numpy()
    return {"mi": float(gain.mean()), "mi_se": float(gain.std(ddof=1) / math.sqrt(n)) if n > 1 else math.inf}
