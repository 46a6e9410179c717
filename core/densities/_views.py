"""The pictures of p(y | x), each of at most 64 × 64: one input is varied, the others stay at their medians.

The picture's y is the first output; its marginal where there are several.
"""

from __future__ import annotations

import numpy as np
import torch

from core.densities._mixture import Mixture
from core.densities._report import Density
from core.densities._run import ReportData, margin
from core.method import Array

GRID = 64
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)  # of the ribbons


def line(data: ReportData, varied: int) -> tuple[Array, Array]:
    """The grid x (64,) of the varied input, a tenth beyond training's, and the whole rows (64, dx)."""
    low, high = margin(data.support[:, varied])
    x = np.linspace(low, high, GRID)
    rows = np.repeat(data.median[None], GRID, 0)
    rows[:, varied] = x
    return x, rows


def density(data: ReportData, of: Density, varied: int) -> dict[str, Array]:
    """x (64,), y (64,), density (64, 64) with p(y | x) at [y, x], input."""
    x, rows = line(data, varied)
    y = np.linspace(data.window[0], data.window[1], GRID)
    log_p = _first(of(rows)).log_density(torch.as_tensor(y).reshape(-1, 1, 1))
    return {"x": x, "y": y, "density": log_p.exp().numpy(), "input": np.array(varied)}


def components(data: ReportData, of: Density, varied: int) -> dict[str, Array]:
    """x (64,) and of each component (64, k) means, sigmas, weights: p(y | x_i) = Σ_k weights_ik N(y; means_ik, sigmas_ik²).

    Of more than 64 components the heaviest.
    """
    x, rows = line(data, varied)
    first = _first(of(rows))
    weights = first.log_weights.exp().numpy()
    heavy = np.sort(weights.sum(0).argsort()[::-1][:GRID])
    means, sigmas = first.means[..., 0].numpy(), first.scales[..., 0].numpy()
    return {
        "x": x,
        "means": means[:, heavy],
        "sigmas": sigmas[:, heavy],
        "weights": weights[:, heavy],
        "input": np.array(varied),
    }


def samples(data: ReportData, of: Density, varied: int, seed: int) -> dict[str, Array]:
    """One draw of the first output for each of up to 1,000 training rows: x (m,), y (m,). They should look like them."""
    drawn = _first(of(data.x)).sample(1, np.random.default_rng(seed))[0, :, 0]
    return {"x": data.x[:, varied], "y": drawn, "input": np.array(varied)}


def points(data: ReportData, varied: int) -> dict[str, Array]:
    """Up to 1,000 training rows: the varied input x (m, 1) and the first output y (m, 1)."""
    return {"x": data.x[:, [varied]], "y": data.y[:, :1], "input": np.array(varied)}


def ribbons(data: ReportData, of: Density, varied: int) -> dict[str, Array]:
    """x (64,), levels (5,), quantiles (5, 64) of the first output."""
    x, rows = line(data, varied)
    levels = np.array(LEVELS)
    return {"x": x, "levels": levels, "quantiles": _first(of(rows)).quantile(levels)[..., 0], "input": np.array(varied)}


def support(data: ReportData, varied: int) -> dict[str, Array]:
    """x (2,): the least and the largest value that training has seen; beyond them the model extrapolates."""
    return {"x": data.support[:, varied], "input": np.array(varied)}


def _first(mixture: Mixture) -> Mixture:
    """The marginal of the first output, whose width no other output shares in."""
    return Mixture(mixture.log_weights, mixture.means[..., :1], mixture.scales[..., :1])
