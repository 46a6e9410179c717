"""Other ways to p(y | x) for the density benchmark: a Gaussian mixture of (x, y), and two packages where they are there.

Every one is given standardised columns, which two of the three need and do not see to themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np
import torch
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.datasets import load_diabetes
from sklearn.mixture import GaussianMixture

Array = np.ndarray
Peer = Callable[[Array, Array, int], Callable[[Array, Array], float]]  # (x, y, seed) → NLL of further rows


def tables() -> Iterator[tuple[str, Array, Array]]:
    """Regression tables that packages ship: name, x (n, dx), y (n,)."""
    import pandas as pd
    from plotly import data as shipped

    from core.data.tables import load_table

    yield "diabetes (scikit-learn)", *load_diabetes(return_X_y=True)
    f = load_table("weather").frame
    yield (
        "weather (vega-datasets)",
        _numbers(f, ["day_of_year", "precipitation", "wind", "temp_min"]),
        _y(f, "temp_max"),
    )
    f = shipped.gapminder()
    continents = pd.get_dummies(f["continent"]).to_numpy(float)[:, 1:]
    yield "gapminder (plotly)", np.column_stack([np.log(f["gdpPercap"]), f["year"], continents]), _y(f, "lifeExp")
    f = load_table("penguins").frame.dropna()
    x = np.column_stack(
        [
            _numbers(f, ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]),
            pd.get_dummies(f["species"]).to_numpy(float)[:, 1:],
        ]
    )
    yield "penguins (palmerpenguins)", x, _y(f, "body_mass_g")


def _numbers(frame, names: list[str]) -> Array:  # type: ignore[no-untyped-def]
    return frame[names].to_numpy(float)


def _y(frame, name: str) -> Array:  # type: ignore[no-untyped-def]
    return frame[name].to_numpy(float)


def split(x: Array, y: Array, seed: int) -> tuple[Array, Array, Array, Array]:
    """70 % to learn from and 30 % fresh, standardised by the former: x, y (n, 1), and the fresh ones."""
    order = np.random.default_rng(seed).permutation(len(x))
    cut = len(x) * 3 // 10
    fresh, kept = order[:cut], order[cut:]
    x, y = (x - x[kept].mean(0)) / x[kept].std(0), ((y - y[kept].mean()) / y[kept].std())[:, None]
    return x[kept], y[kept], x[fresh], y[fresh]


def conditional_mixture(x: Array, y: Array, seed: int) -> Callable[[Array, Array], float]:
    """p(x, y) / p(x) of a Gaussian mixture with 1 to 10 full components, chosen by BIC."""
    joint = np.hstack([y, x])
    fits = [GaussianMixture(k, random_state=seed, reg_covar=1e-3).fit(joint) for k in (1, 2, 3, 5, 7, 10)]
    best = min(fits, key=lambda fit: fit.bic(joint))

    def nll(x: Array, y: Array) -> float:
        parts = zip(best.weights_, best.means_, best.covariances_, strict=True)
        of_x = [np.log(w) + multivariate_normal(m[1:], c[1:, 1:]).logpdf(x) for w, m, c in parts]
        return float((logsumexp(of_x, axis=0) - best.score_samples(np.hstack([y, x]))).mean())

    return nll


def scikit_mdn(x: Array, y: Array, seed: int) -> Callable[[Array, Array], float]:
    """scikit-mdn as its defaults have it: 10 softplus units, 5 components, 1,000 steps of Adam at .01, raw columns."""
    from skmdn import MixtureDensityEstimator, mdn_loss

    torch.manual_seed(seed)
    model = MixtureDensityEstimator().fit(x, y)

    def nll(x: Array, y: Array) -> float:
        with torch.no_grad():
            return float(mdn_loss(*model.model_(_tensor(x)), _tensor(y)))

    return nll


def mixture_density_nets(x: Array, y: Array, seed: int) -> Callable[[Array, Array], float]:
    """mixture-density-nets is a last layer; before it and around it, its own example: 2 × 64 units, 128 epochs of AdamW."""
    import mixture_density_nets as package
    from torch import nn

    torch.manual_seed(seed)
    body = [m for a in (x.shape[1], 64) for m in (nn.Linear(a, 64), nn.Dropout(0.2), nn.ELU())]
    network = nn.Sequential(*body, package.MDN(64, 1, 8))
    adam = torch.optim.AdamW(network.parameters())
    inputs, targets = _tensor(x), _tensor(y)
    for _ in range(128):
        for rows in torch.randperm(len(x)).split(128):
            loss = package.MDDistribution(*network(inputs[rows])).nll(targets[rows]).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
    network.eval()

    def nll(x: Array, y: Array) -> float:
        with torch.no_grad():
            return float(package.MDDistribution(*network(_tensor(x))).nll(_tensor(y)).mean())

    return nll


def peers() -> dict[str, Peer | None]:
    """Name → how to train it, None where it is not installed."""
    return {
        "conditional Gaussian mixture": conditional_mixture,
        "scikit-mdn": scikit_mdn if find_spec("skmdn") else None,
        "mixture-density-nets": mixture_density_nets if find_spec("mixture_density_nets") else None,
    }


def _tensor(values: Array) -> torch.Tensor:
    return torch.as_tensor(values, dtype=torch.float32)
