"""k networks of one shape side by side: one batched product a layer instead of a loop over networks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# In place, on what a layer has just computed: a step of a small critic takes an eighth less.
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "elu": F.elu_,
    "relu": torch.relu_,
    "tanh": torch.tanh_,
}


class BatchedLinear(nn.Module):
    """x (k, n, i) → (k, n, o), row block k by its own weights; all uniform in ±1/√i to begin with, as torch's Linear."""

    def __init__(self, k: int, i: int, o: int, generator: torch.Generator) -> None:
        super().__init__()
        self.weight, self.bias = (
            nn.Parameter(torch.empty(k, rows, o, device=generator.device).uniform_(-1, 1, generator=generator) / i**0.5)
            for rows in (i, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, x, self.weight)


class BatchedMLP(nn.Module):
    """k perceptrons (k, n, sizes[0]) → (k, n, sizes[-1]), the activation between their layers."""

    def __init__(self, k: int, sizes: list[int], activation: str, generator: torch.Generator) -> None:
        super().__init__()
        self.layers = nn.ModuleList(BatchedLinear(k, i, o, generator) for i, o in pairwise(sizes))
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        for number, layer in enumerate(self.layers):
            x = layer(self.activation(x) if number else x)
        return x
