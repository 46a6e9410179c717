"""The parts of MINE's representation: a network with a small linear latent, a critic on pairs, and their information."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from core.learning import bounds
from core.learning.backbones import linear
from core.learning.critics import Critic
from core.learning.scaling import tiles, unit
from core.method import Array

CHUNK = 1_000  # rows that go through the network at once when nothing is trained
OBJECTIVES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "infonce": bounds.contrast,
    "jsd": lambda joint, marginal: bounds.jsd(joint, marginal.flatten(1)),
}


class Network(nn.Module):
    """z = W body(x), (n, n_features), and the critic that scores pairs of such z."""

    def __init__(
        self, body: nn.Module, d: int, n_features: int, critic: Critic | None, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.body, self.critic = body, critic
        self.latent = linear(d, n_features, generator)
        # Each feature with mean 0 and deviation 1: the critic then neither starts saturated nor drifts.
        self.norm = nn.BatchNorm1d(n_features, affine=False)

    def forward(self, views: Tensor) -> Tensor:
        return self.norm(self.latent(self.body(views)))


def scores(critic: Critic, z: Tensor, other: Tensor, shifts: range | list[int]) -> tuple[Tensor, Tensor]:
    """T of the pairs (z_i, z'_i), (1, n), and of (z_i, z'_j) with j = i − shift, (1, s, n). z, other: (n, d)."""
    f, g = critic.encode(z[None], other[None])
    return critic.combine(f, g), critic.shifted(f, g, shifts)


@torch.no_grad()
def through(network: Network, look: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """z of a look at each of the rows x, (n, n_features), part by part."""
    network.eval()
    like = network.latent.weight
    # First the type, then the device: not every device knows double precision.
    return torch.cat([network(look(unit(part, like.dtype).to(like.device))) for part in x.split(CHUNK)])


@torch.no_grad()
def information(critic: Critic, z: Tensor, other: Tensor) -> float:
    """InfoNCE of n pairs against all other pairings, in nats: a lower bound of I(z; z'), never above ln n."""
    joint, marginal = scores(critic, z, other, range(1, len(z)))
    return float(bounds.contrast(joint, marginal))


def shown(x: Tensor) -> Array:
    """Pictures (n, c, h, w) as they are drawn: (n, h, w), or (n, h, w, 3) where there is colour."""
    return tiles(x.clamp(0, 1).cpu().numpy())


def plane(z: Array) -> Array:
    """The first two principal components of z (n, d), (n, 2); zeros beside a single feature."""
    centred = z.astype(np.float64) - z.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    two = centred @ axes[:, ::-1][:, :2]
    return np.pad(two, ((0, 0), (0, 2 - two.shape[1])))
