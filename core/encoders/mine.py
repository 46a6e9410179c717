"""MINE as an encoder: features of a picture that say as much as they can about another look at it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from core.learning import bounds, critics
from core.learning.backbones import linear
from core.learning.encoder import TwoViewEncoder
from core.method import Array
from core.params import Field, Range

STEPS, FEWEST_STEPS = 600, 200  # a run's length where none is asked for …
FEWEST_EPOCHS, ENOUGH_EPOCHS, MOST_EPOCHS = 10, 40, 100  # … in epochs, which few rows need more of
CROSSED = 32  # rows in the picture of the critic
OBJECTIVES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "infonce": bounds.contrast,
    "jsd": lambda joint, marginal: bounds.jsd(joint, marginal.flatten(1)),
}


class _Network(nn.Module):
    """z = W body(x), (n, n_features), and the critic that scores pairs of such z."""

    def __init__(
        self, body: nn.Module, d: int, n_features: int, critic: critics.Critic, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.body, self.critic = body, critic
        self.latent = linear(d, n_features, generator)
        # Each feature with mean 0 and deviation 1: the critic then neither starts saturated nor drifts.
        self.norm = nn.BatchNorm1d(n_features, affine=False)

    def forward(self, views: Tensor) -> Tensor:
        return self.norm(self.latent(self.body(views)))


@dataclass(eq=False, repr=False, kw_only=True)
class MINE(TwoViewEncoder):
    """Learns features z of x that share the most information with those of a varied view: max I(Z; Z′).

    z = W f(x) with mean 0 and deviation 1, from a small network f; a critic T scores pairs (z, z′), and both ascend a
    bound of the mutual information: InfoNCE, E[T(z, z′) − ln 1/b Σ_j exp T(z, z′_j)] ≤ ln b, or the logistic objective.
    A fifth of the rows (at most 2,000) is held out: "mi" is InfoNCE on 1,000 of these, in nats, never above ln 1,000;
    it is at least that much. Labels are for probes only. X: pictures (n, c, h, w) or (n, h, w), uint8 or float, or rows
    (n, d). Sets `mi_` (nats), `ceiling_`, `history_`. Errors: ValueError.
    References: M. I. Belghazi et al. (2018), arXiv:1801.04062; A. van den Oord et al. (2018), arXiv:1807.03748, eq. 4.
    """

    title: ClassVar[str] = "MINE representation"
    rank: ClassVar[int] = 0
    look: ClassVar[int | None] = 0
    reference: ClassVar[str] = (
        "M. I. Belghazi et al. (2018), Mutual information neural estimation, arXiv:1801.04062, section 5"
    )
    views: ClassVar[tuple[str, ...]] = (*TwoViewEncoder.views, "critic")

    objective: Annotated[
        Literal["infonce", "jsd"],
        "What is ascended; the reported bound is InfoNCE for both.",
        Field("Objective", "Training"),
    ] = "infonce"
    critic: Annotated[
        Literal["separable", "concat"],
        "Separable compares each pair with all others of the batch at once; concat sees both parts together, slowly.",
        Field("Critic", "Network"),
    ] = "separable"
    hidden: Annotated[
        int, Range(4, 4096, log=True), "Hidden units of the critic.", Field("Hidden units of the critic", "Network")
    ] = 1024
    negatives: Annotated[
        int,
        Range(1, 512, log=True),
        "Concat critic: pairings of other rows that a row meets.",
        Field("Negatives of each row", "Training"),
    ] = 16

    def make_network(self, body: nn.Module, d: int, generator: torch.Generator) -> nn.Module:
        """The body, a linear latent and the critic."""
        k = self.n_features
        critic = critics.make(
            self.critic, 1, k, k, hidden=self.hidden, layers=1, activation="relu", generator=generator
        )
        return _Network(body, d, k, critic, generator)

    def losses(self, network: Any, looks: Tensor, epoch: int) -> dict[str, Tensor]:
        """The negative objective of a batch."""
        z, other = network(looks).chunk(2)
        return {"loss": -OBJECTIVES[self.objective](*scores(network.critic, z, other, self._shifts(len(z)))).mean()}

    def _shifts(self, n: int) -> Any:
        """Which other rows a row is compared with: all of the batch, or as many random ones as the concat critic can pay."""
        if self.critic == "separable" or self.negatives >= n - 1:
            return range(1, n)
        generator = self._run.training.generator
        return (1 + torch.randperm(n - 1, generator=generator, device=generator.device)[: self.negatives]).tolist()

    def enough(self, n: int, batch: int) -> int:
        """Long enough to learn, and not by heart."""
        per_epoch = n // batch
        wanted = max(min(ENOUGH_EPOCHS, STEPS // per_epoch), math.ceil(FEWEST_STEPS / per_epoch))
        return min(MOST_EPOCHS, max(FEWEST_EPOCHS, wanted))

    def held_out(self, network: Any, first: Tensor, second: Tensor) -> dict[str, float]:
        """ "mi": InfoNCE of the pairs, nats, and "ceiling", above which it never is."""
        return {"mi": information(network.critic, first, second), "ceiling": math.log(len(first))}

    @property
    def mi_(self) -> float:
        """Information of held-out pairs, nats."""
        return self.figures_["mi"]

    @property
    def ceiling_(self) -> float:
        """The most that `mi_` can be, nats."""
        return self.figures_["ceiling"]

    def result(self) -> dict[str, Any]:
        """Held-out information and its ceiling (nats), and with labels the table of probes and what it was scored on."""
        return super().result() | {"bound": "InfoNCE on held-out pairs"}

    def view(self, name: str) -> dict[str, Array]:
        """Also "critic", its "scores" (k, k) of 32 held-out rows with the views of all, true pairs on the diagonal."""
        if name != "critic":
            return super().view(name)
        network = self._shown_run(name).network
        with torch.no_grad():
            z, other = self._held_pairs(CROSSED, network)
            return {"scores": network.critic.matrix(z[None], other[None])[0].cpu().numpy()}


def scores(critic: critics.Critic, z: Tensor, other: Tensor, shifts: range | list[int]) -> tuple[Tensor, Tensor]:
    """T of the pairs (z_i, z'_i), (1, n), and of (z_i, z'_j) with j = i − shift, (1, s, n). z, other: (n, d)."""
    f, g = critic.encode(z[None], other[None])
    return critic.combine(f, g), critic.shifted(f, g, shifts)


@torch.no_grad()
def information(critic: critics.Critic, z: Tensor, other: Tensor) -> float:
    """InfoNCE of n pairs against all other pairings, in nats: a lower bound of I(z; z'), never above ln n."""
    joint, marginal = scores(critic, z, other, range(1, len(z)))
    return float(bounds.contrast(joint, marginal))
