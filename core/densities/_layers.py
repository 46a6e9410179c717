"""Several networks of one shape trained as one: every weight has a leading axis, one entry a network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.densities._mixture import Mixture
from core.learning.layers import BatchedLinear, stream_each


class Body(nn.Module):
    """`layers` times tanh units: x (n, dx) or (r, n, dx) → (r, n, hidden); in training a share `left_out` of them is 0."""

    chance: torch.Generator | None = None  # for what is left out: the run's own stream, set by the run

    def __init__(
        self, dx: int, hidden: int, layers: int, left_out: float, generators: Sequence[torch.Generator]
    ) -> None:
        super().__init__()
        sizes = [dx, *[hidden] * layers]
        self.maps = nn.ModuleList(BatchedLinear(a, b, stream_each(generators)) for a, b in pairwise(sizes))
        self.left_out = left_out

    def forward(self, x: Tensor) -> Tensor:
        x = x.expand(len(self.maps[0].weight), *x.shape[-2:])  # type: ignore[arg-type]
        for layer in self.maps:
            x = torch.tanh(layer(x))
            if self.training and self.left_out:
                stays = torch.rand(x.shape, generator=self.chance, device=x.device) >= self.left_out
                x = x * stays / (1 - self.left_out)
        return x


class MixtureHead(nn.Module):
    """Units → for each of k components a logit, means, widths never below their floor and, if full, the coupling."""

    def __init__(
        self, units: int, k: int, floor: float, full: bool, y: Tensor, gens: Sequence[torch.Generator]
    ) -> None:
        super().__init__()
        self.lower: Tensor
        self.k, self.d, self.floor = k, y.shape[1], floor
        pairs = self.d * (self.d - 1) // 2 if full else 0
        self.sizes = [k, k * self.d, k * self.d, k * pairs]
        self.map = BatchedLinear(units, sum(self.sizes), stream_each(gens))
        self.register_buffer("lower", torch.tril_indices(self.d, self.d, -1), persistent=False)
        # The means start spread over the targets (every k-th in the order of the first output): equal starts stay equal.
        spread = y[y[:, 0].argsort()][((torch.arange(k) + 0.5) / k * len(y)).long()]
        with torch.no_grad():
            self.map.bias[..., k : k + k * self.d] = spread.flatten()
            if pairs:  # no coupling until the data ask for it
                self.map.weight[..., -k * pairs :] = 0
                self.map.bias[..., -k * pairs :] = 0

    def forward(self, h: Tensor) -> Mixture:
        logits, means, widths, pairs = self.map(h).split(self.sizes, -1)
        shape = (*h.shape[:2], self.k, self.d)
        coupling = None
        if pairs.shape[-1]:
            coupling = pairs.new_zeros(*shape, self.d)
            coupling[..., self.lower[0], self.lower[1]] = pairs.reshape(*shape[:3], -1)
        scales = F.softplus(widths.reshape(shape)) + self.floor
        return Mixture(logits.log_softmax(-1), means.reshape(shape), scales, coupling)
