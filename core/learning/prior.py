"""Features brought to a uniform distribution: a discriminator tells them from uniform draws, and they learn to deceive it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from core.learning.layers import BatchedMLP, one_stream

HIDDEN = 200
BINS = 20


class PriorTerms(NamedTuple):
    """What the encoder descends and what the discriminator does; either leaves the other's weights alone."""

    loss_prior: Tensor
    loss_discriminator: Tensor


class UniformPrior(nn.Module):
    """D, which tells σ(y), y (n, k), from draws u of the uniform distribution on [0, 1]ᵏ.

    The discriminator descends −E log D(u) − E log (1 − D(σ(y))), the encoder −E log D(σ(y)): what raises one lowers the
    other. Where D cannot tell both apart they are 2 ln 2 and ln 2. With one and the same loss for both, the encoder
    would help the discriminator, and y would leave the uniform distribution as fast as it can.

    References: R. D. Hjelm et al. (2019), arXiv:1808.06670, equation 7; I. Goodfellow et al. (2014), arXiv:1406.2661.
    """

    def __init__(self, k: int, generator: torch.Generator) -> None:
        super().__init__()
        self.net = BatchedMLP([k, HIDDEN, HIDDEN, 1], "relu", one_stream(1, generator))

    def forward(self, y: Tensor, generator: torch.Generator) -> PriorTerms:
        u = torch.rand(y.shape, generator=generator, device=y.device)
        fake = torch.sigmoid(y)
        frozen = {name: weight.detach() for name, weight in self.net.named_parameters()}
        deceived = functional_call(self.net, frozen, (fake[None],))
        real, seen = self.net(torch.stack([u, fake.detach()]).flatten(0, 1)[None]).view(2, -1)
        return PriorTerms(F.softplus(-deceived).mean(), F.softplus(-real).mean() + F.softplus(seen).mean())


def ks(y: Tensor) -> Tensor:
    """The largest gap between the distribution functions of σ(y_j) and of the uniform distribution, (k,), of y (n, k)."""
    ordered = torch.sigmoid(y.double()).sort(0).values
    ranks = torch.arange(len(y), device=y.device, dtype=ordered.dtype)[:, None]
    return torch.maximum((ranks + 1) / len(y) - ordered, ordered - ranks / len(y)).amax(0)


def histogram(y: Tensor) -> Tensor:
    """The density of all σ(y) in 20 equal parts of [0, 1], (20,): 1 where they are uniform."""
    u = torch.sigmoid(y.double()).cpu()
    return torch.histc(u, BINS, 0.0, 1.0) * BINS / u.numel()
