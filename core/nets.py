"""k networks of one shape side by side: one batched product a layer instead of a loop over networks."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ACTIVATIONS = {"elu": F.elu, "relu": F.relu, "tanh": torch.tanh}


class BatchedLinear(nn.Module):
    """x (k, n, i) → (k, n, o), row block k by its own weights; uniform in ±1/√i to begin with."""

    def __init__(self, k: int, i: int, o: int, generator: torch.Generator) -> None:
        super().__init__()
        weight = torch.empty(k, i, o, device=generator.device).uniform_(-1.0, 1.0, generator=generator)
        self.weight = nn.Parameter(weight / math.sqrt(i))
        self.bias = nn.Parameter(torch.zeros(k, 1, o, device=generator.device))

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
