"""What Deep InfoMax consists of: its network with three critics, and the pictures of what it has learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from core.evaluation import dependence
from core.learning import local, prior
from core.learning.backbones import linear
from core.learning.critics import Critic
from core.learning.maps import MapNetwork
from core.learning.scaling import tiles
from core.method import Array

VIEWS = ("local", "prior", "dependence")
WIDE = 512  # units of the layer before y
SPREAD = 1.7  # deviation of each feature: σ(y) of a bell curve is then nearly uniform, and the prior has the rest to do
MAPPED, AMONG = 8, 128  # pictures in the view of local scores, and pictures that these are told from
SHOWN = 64  # features, and columns of a map, in a picture


class Look(NamedTuple):
    """What the network makes of looks at n things: map (n, c, h, w), last convolution (n, d) and y (n, n_features)."""

    map: Tensor
    conv: Tensor
    y: Tensor

    def chunk(self, k: int) -> list[Look]:
        """In k equal parts."""
        return [Look(*part) for part in zip(*(side.chunk(k) for side in self), strict=True)]

    def first(self, n: int) -> Look:
        """The first n rows."""
        return Look(*(side[:n] for side in self))


class Network(nn.Module):
    """x → map M → features of its layers → y, (n, n_features); and the critics of the three terms."""

    def __init__(
        self, body: MapNetwork, k: int, critics: Sequence[Critic], crossed: bool, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.body = body
        self.fc = nn.Sequential(linear(body.d, WIDE, generator), nn.BatchNorm1d(WIDE), nn.ReLU())
        self.latent = linear(WIDE, k, generator)
        self.norm = nn.BatchNorm1d(k, affine=False)
        self.local, self.of_all = critics
        self.crossed = crossed
        self.prior = prior.UniformPrior(k, generator)

    def forward(self, looks: Tensor) -> Tensor:
        return self.look(self.body.near(looks)).y

    def look(self, map_: Tensor) -> Look:
        """All that follows from a map."""
        conv = self.body.far(map_)
        return Look(map_, conv, SPREAD * self.norm(self.latent(self.fc(conv))))

    def near(self, a: Look, b: Look, shifts: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Scores of each place of a with y of b, (h w, n), and with y of row i − shift, (h w, s, n)."""
        return local.scores(self.local, local.places(a.map), b.y, shifts)

    def whole(self, a: Look, b: Look, shifts: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Scores of all of a with y of b: of its y where these are two views, or else of its last convolution."""
        return local.scores(self.of_all, (a.y if self.crossed else a.conv)[None], b.y, shifts)


def of_places(network: Network, a: Look, b: Look, shifts: Sequence[int]) -> Tensor:
    """What each place of a says of y of b above those of other rows, (h w, n), nats: their mean is InfoNCE."""
    joint, marginal = network.near(a, b, shifts)
    return joint - torch.logaddexp(joint, marginal.logsumexp(1)) + math.log(1 + marginal.shape[1])


@torch.no_grad()
def local_view(network: Any, looks: Tensor, shifts: Sequence[int]) -> dict[str, Array]:
    """Of the first looks, "pictures" where they are any, and what each place says of its own y, "scores"."""
    own = network.look(network.body.near(looks))
    scores = (
        of_places(network, own, own, shifts).T.reshape(len(looks), *own.map.shape[2:])[:MAPPED, :, :SHOWN].cpu().numpy()
    )
    pictures = {"pictures": tiles(looks[:MAPPED].clamp(0, 1).cpu().numpy())} if looks.ndim == 4 else {}
    return {"scores": scores} | pictures


def features_view(name: str, y: Tensor) -> dict[str, Array]:
    """How far σ(y) is from uniform, or how much its columns repeat each other."""
    if name == "dependence":
        return {"mi": dependence.of_pairs(y[:, :SHOWN].numpy())} if y.shape[1] > 1 else {}
    return {"density": prior.histogram(y).numpy(), "ks": prior.ks(y).numpy()}
