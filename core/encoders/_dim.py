"""What Deep InfoMax consists of: its network with three critics, and the pictures of what it has learned."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from core.evaluation import dependence
from core.learning import bounds, local, prior
from core.learning.backbones import linear
from core.learning.codes import Codes
from core.learning.critics import Concat, Cosine, Critic
from core.learning.layers import one_stream
from core.learning.maps import MapNetwork
from core.learning.scaling import tiles
from core.method import Array

VIEWS = ("local", "prior", "dependence")
WIDE = 512  # units of the layer before y
SPREAD = 1.7  # deviation of each feature: σ(y) of a bell curve is then nearly uniform, and the prior has the rest to do
MAPPED, AMONG = 8, 128  # pictures in the view of local scores, and pictures that these are told from
MOST_EPOCHS = 40  # where none are asked for …
FEWEST_STEPS, FEWEST_SEEN = 500, 50_000  # … but so many steps, or as many as see so many rows
PLACES = 4  # of each map, drawn anew in each step: an estimate of the mean over all
SHOWN = 64  # features, and columns of a map, in a picture

OBJECTIVES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "infonce": bounds.contrast,
    "jsd": lambda joint, marginal: bounds.jsd(joint, marginal.flatten(-2)),
    "dv": lambda joint, marginal: bounds.dv(joint, marginal.flatten(-2)),
}


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

    def near(self, a: Look, b: Look, shifts: Sequence[int], places: Any = slice(None)) -> tuple[Tensor, Tensor]:
        """Scores of each of these places of a with y of b, (places, n), and with y of row i − shift, (places, s, n)."""
        return local.scores(self.local, local.places(a.map)[places], b.y, shifts)

    def whole(self, a: Look, b: Look, shifts: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Scores of all of a with y of b: of its y where these are two views, or else of its last convolution."""
        return local.scores(self.of_all, self._all(a)[None], b.y, shifts)

    def written(self, a: Look, b: Look, places: Tensor) -> tuple[Tensor, Tensor]:
        """What the codes of these places of a, and of all of a, share with those of y of b, nats."""
        near, whole = cast(Codes, self.local), cast(Codes, self.of_all)
        return near.information(local.places(a.map)[places], b.y), whole.information(self._all(a)[None], b.y)

    def _all(self, a: Look) -> Tensor:
        return a.y if self.crossed else a.conv


def enough(usual: int, n: int, batch: int) -> int:
    """Epochs over n rows in batches of so many: as usual, within what few and very few rows need."""
    steps = min(FEWEST_STEPS, FEWEST_SEEN / batch)
    return max(min(MOST_EPOCHS, usual), math.ceil(steps / (n // batch)))


def coloured(shape: Sequence[int]) -> bool:
    """Whether rows of this shape are pictures in colour."""
    return len(shape) == 3 and shape[0] == 3


def objective(shape: Sequence[int]) -> str:
    """What "auto" is for rows of this shape: InfoNCE for pictures in colour, codes for others and for rows."""
    return "infonce" if coloured(shape) else "codes"


def critic(kind: str, dx: int, dy: int, hidden: int, temperature: float, generator: torch.Generator) -> Critic:
    """A critic of places, or of whole pictures, with dx numbers and of y with dy: "codes", "dot" or "concat"."""
    if kind == "codes":
        return Codes(dx, dy, generator)
    if kind == "dot":
        return Cosine(dx, dy, [hidden] * 2, temperature, one_stream(1, generator))
    return Concat(dx, dy, hidden, 1, "relu", one_stream(1, generator))


def some(n: int, most: int, generator: torch.Generator) -> Tensor:
    """At most so many of n numbers, drawn anew."""
    return torch.randperm(n, generator=generator, device=generator.device)[:most]


def of_places(network: Network, a: Look, b: Look, shifts: Sequence[int]) -> Tensor:
    """What each place of a says of y of b above those of other rows, (h w, n), nats: their mean is InfoNCE."""
    joint, marginal = network.near(a, b, shifts)
    return joint - torch.logaddexp(joint, marginal.logsumexp(1)) + math.log(1 + marginal.shape[1])


def held_out(network: Network, a: Look, b: Look, others: Callable[[int], Sequence[int]]) -> dict[str, float]:
    """ "mi" of rows and their views, its "ceiling", "mi_local" of a place and y, nats, and "prior_ks"; others: of so many
    rows, those that each is told from."""
    joint, marginal = network.whole(a, b, others(len(a.y)))
    found = {"mi": float(bounds.contrast(joint, marginal)), "ceiling": math.log(1 + marginal.shape[-2])}
    few = min(len(a.y), AMONG)
    each = of_places(network, a.first(few), b.first(few), others(few))
    return found | {"mi_local": float(each.mean()), "prior_ks": float(prior.ks(a.y).mean())}


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
