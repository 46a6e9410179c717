"""k networks of one shape side by side: one batched product a layer instead of a loop over networks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# In place, on what a layer has just computed: a step of a small critic takes an eighth less.
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "elu": F.elu_,
    "relu": torch.relu_,
    "silu": partial(F.silu, inplace=True),
    "tanh": torch.tanh_,
}


Draw = Callable[[int, int, int], Tensor]  # rows and columns of a weight and its number of inputs → (k, rows, columns)


def one_stream(k: int, generator: torch.Generator) -> Draw:
    """Weights of k networks uniform in ±1/√inputs, as torch's Linear begins, all from one random stream, on its device."""

    def draw(rows: int, columns: int, inputs: int) -> Tensor:
        weights = torch.empty(k, rows, columns, device=generator.device)
        return weights.uniform_(-1, 1, generator=generator) / inputs**0.5

    return draw


def stream_each(generators: Sequence[torch.Generator]) -> Draw:
    """The same, each network's from a random stream of its own: the first one's do not depend on how many there are."""

    def draw(rows: int, columns: int, inputs: int) -> Tensor:
        bound = 1 / math.sqrt(inputs)
        weights = (torch.empty(rows, columns).uniform_(-bound, bound, generator=g) for g in generators)
        return torch.stack([*weights])

    return draw


class BatchedLinear(nn.Module):
    """x (k, n, i) → (k, n, o), row block k by its own weights."""

    def __init__(self, i: int, o: int, draw: Draw) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(draw(i, o, i)), nn.Parameter(draw(1, o, i))

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, x, self.weight)


class BatchedMLP(nn.Module):
    """k perceptrons (k, n, sizes[0]) → (k, n, sizes[-1]), the activation between their layers."""

    def __init__(self, sizes: list[int], activation: str, draw: Draw) -> None:
        super().__init__()
        self.layers = nn.ModuleList(BatchedLinear(i, o, draw) for i, o in pairwise(sizes))
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        for number, layer in enumerate(self.layers):
            x = layer(self.activation(x) if number else x)
        return x


def clip_each(module: nn.Module, most: float, squares: bool = False) -> None:
    """Scale the gradient of each of the k networks side by side in a module to a norm of at most so much.

    squares: the norm from one sum of squares, and a grain more of it. It rounds otherwise; both are kept, because a run
    with the same seed shall be the same to the last bit as in versions before.
    """
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    rows = [g.flatten(1) for g in gradients]
    norms = torch.stack([row.norm(dim=1) for row in rows]).norm(dim=0)
    if squares:
        norms = torch.stack([row.square().sum(1) for row in rows]).sum(0).sqrt() + 1e-6
    factor = most / norms.clamp(min=most)
    for gradient in gradients:
        gradient.mul_(factor.view(-1, *[1] * (gradient.ndim - 1)))
