"""Mixture density network: p(y | x) as a mixture of Gaussians whose weights, means and widths are learned functions of x."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal
from torch.nn import functional as F

from core import discover
from core.densities._network import NetworkDensity
from core.densities._run import Scale
from core.method import Array, Source, check_is_fitted
from core.params import Range

_LOG_2PI = math.log(2 * math.pi)


class _Mixture(nn.Module):
    """Tanh units, then for each of k components a logit, a mean and a width (n, k, dy), the width never below its floor."""

    def __init__(self, dx: int, hidden: int, k: int, floor: float, y: Tensor) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(dx, hidden), nn.Linear(hidden, k * (1 + 2 * y.shape[1]))
        self.k, self.dy, self.floor = k, y.shape[1], floor
        # The means start spread over the targets (every k-th in the order of the first output): equal starts stay equal.
        spread = y[y[:, 0].argsort()][((torch.arange(k) + 0.5) / k * len(y)).long()]
        with torch.no_grad():
            self.head.bias[k : k + k * self.dy] = spread.flatten()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits, means, widths = self.head(torch.tanh(self.body(x))).split(
            [self.k, self.k * self.dy, self.k * self.dy], 1
        )
        shape = (len(x), self.k, self.dy)
        return logits.log_softmax(1), means.reshape(shape), F.softplus(widths.reshape(shape)) + self.floor


@dataclass(eq=False, repr=False, kw_only=True)
class MDN(NetworkDensity):
    """Learns a whole distribution of y for each x, so one input may have several answers.

        p(y | x) = Σ_k π_k(x) Π_j N(y_j; μ_kj(x), σ_kj(x)²)

    Trained on the negative log-likelihood, by log-sum-exp on standardised data; a density may exceed 1, so a negative
    value is no fault. `predict` is the mean, `predict_density` the mixture itself (torch.distributions).

    References: Bishop, 1994, Mixture density networks, NCRG/94/004.
    """

    title: ClassVar[str] = "Mixture density network"
    reference: ClassVar[str] = "Bishop, 1994, Mixture density networks, Aston University NCRG/94/004"
    views: ClassVar[tuple[str, ...]] = ("density", "components", "baseline", "points")

    n_components: Annotated[int, Range(1, 64), "Number of Gaussians in the mixture."] = 8
    sigma_floor: Annotated[float, Range(1e-4, 0.5, log=True), "Smallest width of a Gaussian, in spreads of y."] = 0.01

    def _network(self, dx: int, y: Tensor) -> nn.Module:
        return _Mixture(dx, self.hidden, self.n_components, self.sigma_floor, y)

    def _nll(self, output: tuple[Tensor, Tensor, Tensor], y: Tensor) -> Tensor:
        log_weights, means, widths = output
        parts = -0.5 * ((y[:, None] - means) / widths) ** 2 - widths.log()
        return 0.5 * _LOG_2PI * y.shape[1] - torch.logsumexp(log_weights + parts.sum(2), 1)

    def _distribution(self, output: tuple[Tensor, Tensor, Tensor], scale: Scale) -> MixtureSameFamily:
        mean, spread = torch.as_tensor(scale.y_mean), torch.as_tensor(scale.y_spread)
        log_weights, means, widths = output
        parts = Independent(Normal(means * spread + mean, widths * spread), 1)
        return MixtureSameFamily(Categorical(logits=log_weights), parts)

    def sample(self, X: Any, n: int = 1) -> Array:
        """n draws of y for each row, (n, rows, dy): pick a component, then draw; the same seed gives the same draws."""
        density: Any = self.predict_density(X)
        rng = np.random.default_rng(self.random_state)
        normal = density.component_distribution.base_dist
        ends = density.mixture_distribution.probs.cumsum(1).numpy()
        picks = np.minimum((rng.random((n, len(ends), 1)) > ends).sum(2), self.n_components - 1)
        rows = np.arange(len(ends))
        means, widths = normal.loc.numpy()[rows, picks], normal.scale.numpy()[rows, picks]
        return means + widths * rng.standard_normal(means.shape)

    def quantile(self, X: Any, q: float | Array) -> Array:
        """The q-quantiles of each output on its own, (len(q), rows, dy), or (rows, dy) for a single q, by bisection."""
        levels = np.atleast_1d(np.asarray(q, dtype=np.float64))
        if not ((levels > 0) & (levels < 1)).all():
            raise ValueError(f"q={q} is not between 0 and 1")
        density: Any = self.predict_density(X)
        normal, weights = density.component_distribution.base_dist, density.mixture_distribution.probs[..., None]
        level = torch.as_tensor(levels)[:, None, None]
        # A mixture's quantile lies between the smallest and the largest of its components' own.
        own = normal.loc + normal.scale * torch.special.ndtri(level)[..., None]
        low, high = own.amin(2), own.amax(2)
        for _ in range(60):  # halved 60 times, the bracket is at the resolution of float64
            middle = (low + high) / 2
            below = (weights * normal.cdf(middle[:, :, None])).sum(2) < level
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        out = ((low + high) / 2).numpy()
        return out[0] if np.ndim(q) == 0 else out

    def view(self, name: str) -> dict[str, Array]:
        """ "density" and "points" as described there; "components": x (64,), means, weights, scales (k, 64);
        "baseline": x (64,), mean (64,), what a network trained on squared error says."""
        return self._baseline() if name == "baseline" else super().view(name)

    def _picture(
        self, name: str, network: nn.Module, scale: Scale, window: Array, source: Source | None
    ) -> dict[str, Array]:
        if name != "components" or len(scale.x_mean) != 1 or len(scale.y_mean) != 1:
            return super()._picture(name, network, scale, window, source)
        x = np.linspace(window[0, 0], window[0, 1], 64)
        density: Any = self._density(network, scale, x[:, None])
        normal = density.component_distribution.base_dist
        weights = density.mixture_distribution.probs
        return {
            "x": x,
            "means": normal.loc[..., 0].T.numpy(),
            "weights": weights.T.numpy(),
            "scales": normal.scale[..., 0].T.numpy(),
        }

    def _baseline(self) -> dict[str, Array]:
        run = getattr(self, "_run", None)
        if run is None:
            check_is_fitted(self)
        points, window = (run.points, run.window) if run else (self.points_, self.window_)
        if points["x"].shape[1] != 1 or points["y"].shape[1] != 1:
            return {}
        if getattr(self, "_baseline_of", None) is not points:  # learned once a run, and only when somebody looks
            plain = discover.load("densities", "mse")(random_state=self.random_state, device="cpu")
            x = np.linspace(window[0, 0], window[0, 1], 64)
            self._baseline_curve = {"x": x, "mean": plain.drain(Source(**points)).predict(x[:, None])[:, 0]}
            self._baseline_of = points
        return dict(self._baseline_curve)
