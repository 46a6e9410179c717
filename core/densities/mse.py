"""The baseline: a network that learns the mean of y by squared error, with one Gaussian noise for every x."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Independent, Normal

from core.densities._network import NetworkDensity
from core.densities._run import Scale
from core.params import Range


class _Mean(nn.Module):
    """Tanh units to a mean (n, dy), and one width per output that does not depend on x."""

    def __init__(self, dx: int, hidden: int, dy: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(dx, hidden), nn.Tanh(), nn.Linear(hidden, dy))
        self.log_width = nn.Parameter(torch.zeros(dy))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.layers(x), self.log_width


@dataclass(eq=False, repr=False, kw_only=True)
class MSE(NetworkDensity):
    """Learns the mean of y alone; where one x has several answers, it gives their average, which may be none of them.

        p(y | x) = Π_j N(y_j; f_j(x), σ_j²)

    For one output, the maximum-likelihood f minimises the squared error, and σ² is what is left of it.

    References: Bishop, 1994, Mixture density networks, NCRG/94/004, section 2.
    """

    title: ClassVar[str] = "Squared error"
    reference: ClassVar[str] = "Bishop, 1994, Mixture density networks, Aston University NCRG/94/004, section 2"

    hidden: Annotated[int, Range(1, 1024, log=True), "Number of tanh units in the hidden layer."] = 20
    iterations: Annotated[int, Range(1, 100_000, log=True), "The most optimisation steps."] = 1000

    def _network(self, dx: int, y: Tensor) -> nn.Module:
        return _Mean(dx, self.hidden, y.shape[1])

    def _nll(self, output: tuple[Tensor, Tensor], y: Tensor) -> Tensor:
        mean, log_width = output
        # A width that shrinks without end would be a density without bound: e^-7 of y's spread is taken as none.
        log_width = log_width.clamp(min=-7.0)
        return (0.5 * ((y - mean) * torch.exp(-log_width)) ** 2 + log_width + 0.5 * math.log(2 * math.pi)).sum(1)

    def _distribution(self, output: tuple[Tensor, Tensor], scale: Scale) -> Independent:
        mean, log_width = output
        spread = torch.as_tensor(scale.y_spread)
        width = log_width.clamp(min=-7.0).exp() * spread
        return Independent(Normal(mean * spread + torch.as_tensor(scale.y_mean), width.expand_as(mean)), 1)
