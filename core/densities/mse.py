"""The baseline: a network that learns the mean of y by squared error, with one Gaussian noise for every x."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor, nn

from core.densities._mixture import Mixture
from core.densities._network import NetworkDensity
from core.learning.layers import BatchedLinear, stream_each
from core.params import Range

_FLOOR = -7.0  # a width that shrinks without end would be a density without bound: e^-7 of y's spread is taken as none


class _Mean(nn.Module):
    """Units to a mean, and one width per output that does not depend on x: a mixture of one Gaussian."""

    def __init__(self, hidden: int, dy: int, generators: list[torch.Generator]) -> None:
        super().__init__()
        self.map = BatchedLinear(hidden, dy, stream_each(generators))
        self.log_width = nn.Parameter(torch.zeros(len(generators), 1, 1, dy))

    def forward(self, h: Tensor) -> Mixture:
        means = self.map(h)[:, :, None]
        return Mixture(means.new_zeros(means.shape[:3]), means, self.log_width.clamp(min=_FLOOR).exp().expand_as(means))


@dataclass(eq=False, repr=False, kw_only=True)
class MSE(NetworkDensity):
    """Learns the mean of y alone; where one x has several answers, it gives their average, which may be none of them.

        p(y | x) = Π_j N(y_j; f_j(x), σ_j²)

    For one output, the maximum-likelihood f minimises the squared error, and σ² is what is left of it.

    References: Bishop, 1994, Mixture density networks, NCRG/94/004, section 2.
    """

    title: ClassVar[str] = "Squared error"
    look: ClassVar[int | None] = 3
    reference: ClassVar[str] = "Bishop, 1994, Mixture density networks, Aston University NCRG/94/004, section 2"

    hidden: Annotated[int, Range(1, 1024, log=True), "Number of tanh units in each hidden layer."] = 20
    iterations: Annotated[int, Range(1, 100_000, log=True), "The most optimisation steps."] = 1000

    restarts: Annotated[int, Range(1, 16), "Networks trained side by side, as one."] = 1

    def _network(self, dx: int, y: Tensor, generators: list[torch.Generator]) -> nn.Module:
        return nn.Sequential(self._body(dx, len(y), generators), _Mean(self.hidden, y.shape[1], generators))
