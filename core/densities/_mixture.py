"""Gaussian mixtures for many rows at once: density, quantiles, samples, and the torch distribution they are.

The covariance of a component is held as its modified Cholesky factor: output j, given the outputs before it, has the
mean μ_j + Σ_{l<j} Φ_jl (y_l − μ_l) and the width σ_j. So Σ = L Lᵀ with L = (I − Φ)⁻¹ diag(σ), any Φ and any σ > 0 are a
covariance, a floor under σ is a floor under L's diagonal, and the density needs no linear system solved.

References: M. Pourahmadi (1999), Joint mean-covariance models with applications to longitudinal data, Biometrika 86(3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily, MultivariateNormal, Normal

from core.method import Array

_HALVINGS = 60  # of a quantile's bracket: the resolution of float64


@dataclass(frozen=True, eq=False)
class Mixture:
    """Σ_k w_k N(y; μ_k, Σ_k) a row: log_weights (…, k), means and scales (…, k, d), coupling Φ (…, k, d, d) or None."""

    log_weights: Tensor
    means: Tensor
    scales: Tensor
    coupling: Tensor | None = None

    def residuals(self, y: Tensor) -> Tensor:
        """z (…, k, d) of y (…, d): standard normal under the component that y came from."""
        gap = y[..., None, :] - self.means
        if self.coupling is not None:
            gap = gap - (self.coupling @ gap[..., None])[..., 0]
        return gap / self.scales

    def log_density(self, y: Tensor) -> Tensor:
        """log p(y), (…), of y (…, d), by log-sum-exp: no density is ever formed that could underflow."""
        parts = -0.5 * self.residuals(y) ** 2 - self.scales.log()
        return torch.logsumexp(self.log_weights + parts.sum(-1), -1) - 0.5 * math.log(2 * math.pi) * y.shape[-1]

    def pooled(self) -> Mixture:
        """Of several networks, (r, n, k, …): one mixture of r·k components in which every network counts the same."""
        merge = lambda a: a.transpose(0, 1).flatten(1, 2)  # noqa: E731
        coupling = None if self.coupling is None else merge(self.coupling)
        log_weights = merge(self.log_weights) - math.log(len(self.log_weights))
        return Mixture(log_weights, merge(self.means), merge(self.scales), coupling)

    def chosen(self, owner: Array) -> Mixture:
        """Of several networks, (r, n, k, …): for row i that of network owner[i]."""
        pick = lambda a: a[torch.as_tensor(owner), torch.arange(a.shape[1])]  # noqa: E731
        coupling = None if self.coupling is None else pick(self.coupling)
        return Mixture(pick(self.log_weights), pick(self.means), pick(self.scales), coupling)

    def in_units(self, mean: Array, spread: Array) -> Mixture:
        """The mixture of mean + spread · y, both (d,)."""
        m, s = (torch.as_tensor(a, dtype=self.means.dtype) for a in (mean, spread))
        coupling = None if self.coupling is None else self.coupling * s[:, None] / s
        return Mixture(self.log_weights, self.means * s + m, self.scales * s, coupling)

    def factor(self) -> Tensor:
        """The Cholesky factor L (…, k, d, d) of each covariance."""
        widths = torch.diag_embed(self.scales)
        if self.coupling is None:
            return widths
        eye = torch.eye(widths.shape[-1], dtype=widths.dtype)
        return torch.linalg.solve_triangular(eye - self.coupling, widths, upper=False, unitriangular=True)

    def spreads(self) -> Tensor:
        """The standard deviation of every output on its own, (…, k, d)."""
        return self.scales if self.coupling is None else self.factor().norm(dim=-1)

    def mean(self) -> Tensor:
        """E[y], (…, d)."""
        return (self.log_weights.exp()[..., None] * self.means).sum(-2)

    def distribution(self) -> Distribution:
        """The same as a torch distribution over (…, d)."""
        if self.coupling is None:
            parts: Distribution = Independent(Normal(self.means, self.scales), 1)
        else:
            parts = MultivariateNormal(self.means, scale_tril=self.factor())
        return MixtureSameFamily(Categorical(logits=self.log_weights), parts)

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """n draws a row, (n, rows, d): pick a component, then draw."""
        ends = self.log_weights.exp().cumsum(1).numpy()
        picks = np.minimum((rng.random((n, len(ends), 1)) > ends).sum(2), ends.shape[1] - 1)
        rows, d = np.arange(len(ends)), self.means.shape[-1]
        normal = rng.standard_normal((n, len(ends), d))
        means, scales = self.means.numpy()[rows, picks], self.scales.numpy()[rows, picks]
        if self.coupling is None:
            return means + scales * normal
        return means + (self.factor().numpy()[rows, picks] @ normal[..., None])[..., 0]

    def quantile(self, levels: Array) -> Array:
        """The quantiles of every output on its own, (len(levels), rows, d), by bisection."""
        spreads, weights = self.spreads(), self.log_weights.exp()[..., None]
        level = torch.as_tensor(levels)[:, None, None]
        # A mixture's quantile lies between the smallest and the largest of its components' own.
        own = self.means + spreads * torch.special.ndtri(level)[..., None]
        low, high = own.amin(2), own.amax(2)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            below = (weights * torch.special.ndtr((middle[:, :, None] - self.means) / spreads)).sum(2) < level
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return ((low + high) / 2).numpy()
