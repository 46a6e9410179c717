"""Soft codes: small alphabets in which a network writes down what it sees, and the information that two of them share."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.learning.backbones import fresh, linear
from core.learning.critics import Separable

SHARPNESS = 2.0  # normalised logits times this: unit logits stay too soft to separate, larger ones lock early
COUNT, LETTERS = 5, 50  # alphabets of a critic, and letters of each
MOMENTUM, LEAST = 0.05, 1e-9  # of the table that a critic remembers, and what none of its entries falls below


class Heads(nn.Module):
    """`count` clusterings into k at once, (n, d) → (n, count, k): one linear layer, logits normalised over the batch.

    The normalisation (mean 0, deviation 1 for every logit) is what keeps a head from putting all rows in one cluster.
    """

    def __init__(self, d: int, count: int, k: int, generator: torch.Generator) -> None:
        super().__init__()
        self.count, self.k = count, k
        self.linear = linear(d, count * k, generator)
        self.norm = nn.BatchNorm1d(count * k, affine=False)

    def forward(self, features: Tensor) -> Tensor:
        logits = SHARPNESS * self.norm(self.linear(features))
        return logits.view(len(features), self.count, self.k).softmax(2)

    def restart(self, heads: list[int], optimiser: torch.optim.Optimizer, generator: torch.Generator) -> None:
        """Draw these heads anew and let the optimiser and the normalisation forget them."""
        weight = self.linear.weight
        moments = [m for m in optimiser.state[weight].values() if m.shape == weight.shape]
        mean, var = self.norm.running_mean, self.norm.running_var
        assert mean is not None and var is not None  # they are kept
        usual = var.mean()  # nearer to a new head's than the 1 that a layer begins with
        with torch.no_grad():
            for head in heads:
                rows = slice(head * self.k, (head + 1) * self.k)
                weight[rows] = fresh(self.k, weight.shape[1], generator)
                mean[rows], var[rows] = 0.0, usual
                for moment in moments:
                    moment[rows] = 0.0


class Codes(Separable):
    """T(x, y) = Σ over alphabets of ln Σ_ij p_i(x) R_ij q_j(y): p and q say how x and y are written, R_ij how much more
    often the letters i and j meet in true pairs than in others.

    It does not learn by its scores but by `information`, the mutual information of both letters, which by data processing
    is never above that of x and y. R comes from a running mean of the tables seen in training.
    """

    table: Tensor

    def __init__(self, dx: int, dy: int, generator: torch.Generator) -> None:
        nn.Module.__init__(self)
        self.f, self.g = (Heads(d, COUNT, LETTERS, generator) for d in (dx, dy))  # type: ignore[assignment]  # read alike
        self.register_buffer("table", torch.full((COUNT, LETTERS, LETTERS), LETTERS**-2.0))

    def encode(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        table = self.table.clamp_min(LEAST)
        ratio = table / (table.sum(2, keepdim=True) * table.sum(1, keepdim=True))
        return torch.einsum("nhi,hij->nhj", self.f(x[0]), ratio).flatten(1)[None], self.g(y[0]).flatten(1)[None]

    def combine(self, f: Tensor, g: Tensor) -> Tensor:
        return (f * g).unflatten(-1, (COUNT, LETTERS)).sum(-1).clamp_min(LEAST).log().sum(-1)

    def product(self, f: Tensor, g: Tensor) -> Tensor:
        parts = (side.unflatten(-1, (COUNT, LETTERS)).unbind(-2) for side in (f, g))
        each = [(a @ b.transpose(1, 2)).clamp_min(LEAST).log() for a, b in zip(*parts, strict=True)]
        return torch.stack(each).sum(0)

    def information(self, places: Tensor, y: Tensor) -> Tensor:
        """I of the letters of each place and of y, nats, the mean over places and alphabets; places (p, n, dx), y (n, dy)."""
        p = self.f(places.flatten(0, 1)).unflatten(0, places.shape[:2])
        table = torch.einsum("pnhi,nhj->phij", p, self.g(y)) / len(y)
        if self.training:
            self.table.lerp_(table.detach().mean(0), MOMENTUM)
        table = table.clamp_min(LEAST)
        margins = table.sum(3, keepdim=True).log() + table.sum(2, keepdim=True).log()
        return (table * (table.log() - margins)).sum((2, 3)).mean()
