"""Deep InfoMax: features of a picture that say as much as they can about each of its places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from core.arrays import evenly
from core.encoders import _dim, _dim_fields
from core.encoders._dim import OBJECTIVES
from core.evaluation import dependence
from core.learning import critics, fields, maps
from core.learning.encoder import TwoViewEncoder
from core.learning.encoding import encode_in_batches
from core.learning.pairs import Pairs, with_neighbours
from core.learning.scaling import unit
from core.learning.views import PictureViews, Views
from core.method import Array

TOGETHER = 0.5  # part of a run in which neighbours pair
DEPENDENCE, ROWS = 4, 4_000  # how often it is measured in a run, and on how many rows its network is trained


@dataclass(eq=False, repr=False, kw_only=True)
class DIM(TwoViewEncoder):
    """Learns features y of x that share the most information with each place of x's feature map: Deep InfoMax.

    Three terms, each with its weight: a critic T tells the pairs (place of the map, y) of one picture from those of
    different ones (local, β; four places, drawn anew in each step), another one whole pictures from each other (global, α),
    and a discriminator σ(y) from uniform draws (prior, γ), which y learns to deceive. All pairs of a batch are negatives.
    `pairing="same"` is the paper's; "views" takes map and y from two views of the picture, both ways, and y against y in
    the global term. With `objective="codes"` both terms are the information of learned letters of either side
    (`core.learning.codes`); "auto" is that, but of colour pictures "infonce" between views of photographs
    (`core.learning.views`). A fifth of the rows (at most 2,000) is held out: "mi" is InfoNCE of 1,000 of these and their
    views, nats, a lower bound of I(x; y); "mi_local" that of a place and y on average; "prior_ks" the mean KS distance of
    σ(y_j) from uniform; "ndm" how much the features repeat each other, nats (`core.evaluation.dependence`). Labels are for
    probes only. X: pictures (n, c, h, w) or (n, h, w), uint8 or float, or rows (n, d), pictures of 1 × d places. Sets `mi_`
    (nats), `network_`, `figures_`, `history_`. Errors: ValueError. References: R. D. Hjelm et al. (2019), arXiv:1808.06670;
    views: P. Bachman et al., arXiv:1906.00910, T. Chen et al., arXiv:2002.05709; codes: X. Ji et al., arXiv:1807.06653.
    """

    title: ClassVar[str] = "Deep InfoMax"
    rank: ClassVar[int] = 1
    reference: ClassVar[str] = (
        "R. D. Hjelm et al. (2019), Learning deep representations by mutual information estimation and maximization, "
        "arXiv:1808.06670"
    )
    views: ClassVar[tuple[str, ...]] = (*TwoViewEncoder.views, *_dim.VIEWS)

    pairing: _dim_fields.Pairing = "views"
    objective: _dim_fields.Objective = "auto"
    critic: _dim_fields.Kind = "dot"
    local_weight: _dim_fields.LocalWeight = 0.5
    global_weight: _dim_fields.GlobalWeight = 1.0
    prior_weight: _dim_fields.PriorWeight = 0.1
    temperature: _dim_fields.Temperature = 0.2
    hidden: _dim_fields.Hidden = 128
    negatives: _dim_fields.Negatives = 16
    neighbours: fields.Neighbours = None
    copies: fields.Copies = 1
    jitter: fields.Jitter = None
    flip: fields.Flip = False
    backbone: _dim_fields.Backbone = "auto"  # type: ignore[assignment]  # networks of its own

    def augmentation(self, shape: tuple[int, ...] | None = None) -> Views:
        """Both looks of a pair are varied, pictures in colour also by their colours."""
        views = replace(super().augmentation(shape), both=True)
        if isinstance(views, PictureViews):
            colour = _dim.coloured(shape or self.scale_.shape)
            return views.coloured(self.jitter, self.flip, colour, colour and self.objective == "auto")
        return views

    @property
    def _ascends(self) -> str:
        return _dim.objective(self.scale_.shape) if self.objective == "auto" else self.objective

    def make_pairs(self, x: Tensor) -> Pairs:
        """A second look at the row itself or at one of the nearest."""
        return with_neighbours(x, self.augmentation(), self._share(), self.seed(), copies=self.copies)

    def _share(self) -> float:
        if self.neighbours is not None:
            return self.neighbours
        return 0.0 if _dim.coloured(self.scale_.shape) else 0.5  # photographs near in pixels are seldom of one kind

    def enough(self, n: int, batch: int) -> int:
        """Few rows are soon learned by heart, and of very few an epoch is a single small step."""
        return _dim.enough(super().enough(n, batch), n, batch)

    def prepare(self, index: int) -> None:
        """Neighbours pair in the first half: they decide what belongs together, views where it ends."""
        self._run.pairs.share = self._share() if index < TOGETHER * self.total else 0.0

    def make_body(self, size: int, width: int, generator: torch.Generator) -> tuple[nn.Module, int]:
        """A network that keeps its map."""
        body = maps.network(self.backbone, self.scale_.shape, size, width, generator)
        return body, body.d

    def make_network(self, body: Any, d: int, generator: torch.Generator) -> nn.Module:
        """Encoder, critics and discriminator."""
        k, crossed = self.n_features, self.pairing == "views"
        sides = body.channels, k if crossed else d
        return _dim.Network(body, k, [self._critic(side, k, generator) for side in sides], crossed, generator)

    def _critic(self, dx: int, dy: int, generator: torch.Generator) -> critics.Critic:
        kind = "codes" if self._ascends == "codes" else self.critic
        return _dim.critic(kind, dx, dy, self.hidden, self.temperature, generator)

    def losses(self, network: Any, looks: Tensor, epoch: int) -> dict[str, Tensor]:
        """ "loss_local" and "loss_global", minus the objective, "loss_prior" of the encoder, and "loss_discriminator"."""
        seen = network.look(network.body.near(looks))
        parts = seen.chunk(1 + self.copies)
        crossed = [pair for part in parts[1:] for pair in ((parts[0], part), (part, parts[0]))]
        pairs = crossed if self.pairing == "views" else [(part, part) for part in parts]
        ascended = self._ascended(network, parts[0])
        near, whole = torch.stack([torch.stack(ascended(a, b)) for a, b in pairs]).mean(0)
        terms = network.prior(seen.y, self._run.training.generator)
        return {"loss_local": -near, "loss_global": -whole} | terms._asdict()

    def _ascended(self, network: Any, first: _dim.Look) -> Callable[[_dim.Look, _dim.Look], tuple[Tensor, Tensor]]:
        """What the local and the global term ascend, of the map or the whole of one look and y of another."""
        at = _dim.some(first.map[0, 0].numel(), _dim.PLACES, self._run.training.generator)
        if self._ascends == "codes":
            return lambda a, b: network.written(a, b, at)
        score, shifts = OBJECTIVES[self._ascends], self._shifts(len(first.y))
        return lambda a, b: (score(*network.near(a, b, shifts, at)).mean(), score(*network.whole(a, b, shifts)).mean())

    def _shifts(self, n: int) -> Any:
        """Which other rows a row is compared with: all, or as many random ones as the concat critic can pay."""
        if self.critic != "concat" or self.negatives >= n - 1:
            return range(1, n)
        return (1 + _dim.some(n - 1, self.negatives, self._run.training.generator)).tolist()

    def descended(self, losses: dict[str, Tensor]) -> Tensor:
        """The weighted terms, and what the discriminator descends, which reaches no other weight."""
        terms = self.local_weight * losses["loss_local"] + self.global_weight * losses["loss_global"]
        return terms + self.prior_weight * losses["loss_prior"] + losses["loss_discriminator"]

    def epoch_end(self, epoch: int) -> dict[str, float]:
        """Also "ndm" at four of the epochs."""
        every, last = max(1, self._run.epochs // DEPENDENCE), epoch + 1 == self._run.epochs
        more = {"ndm": self._dependence()} if last or (epoch + 1) % every == 0 else {}
        return super().epoch_end(epoch) | more

    def seen_by(self, network: Any) -> nn.Module:
        """Held-out figures are of maps, of which the rest follows."""
        return network.body.near

    def stages(self, network: Any) -> dict[str, nn.Module]:
        """The layers below y."""
        return {"conv": network.body, "fc": nn.Sequential(network.body, network.fc)}

    def held_out(self, network: Any, first: Tensor, second: Tensor) -> dict[str, float]:
        """ "mi" of the rows with their views, its "ceiling", "mi_local" of a place and y, nats, and "prior_ks"."""
        a = network.look(first)
        return _dim.held_out(network, a, network.look(second) if self.pairing == "views" else a, self._few)

    def _few(self, n: int) -> range:
        """The first other rows, all of them where all pairs are cheap."""
        few = 1 + self.negatives if self.critic == "concat" and self._ascends != "codes" else n
        return range(1, min(n, few))

    def _dependence(self) -> float:
        run = self._run
        rows = evenly(run.train.cpu().numpy(), ROWS), run.held
        train, held = (encode_in_batches(run.network, run.x[part], self.augmentation().anchor).cpu() for part in rows)
        return dependence.ndm(train, held, self.seed())

    def finish(self) -> Any:
        """Also "ndm" of the features as they are at the end."""
        super().finish()
        self.figures_["ndm"] = self._dependence()
        return self

    @property
    def mi_(self) -> float:
        """Information of held-out rows and their features, nats: a lower bound."""
        return self.figures_["mi"]

    def result(self) -> dict[str, Any]:
        """Held-out figures, and with labels the table of probes and what it was scored on."""
        return super().result() | {"bound": "InfoNCE on held-out pairs"}

    def view(self, name: str) -> dict[str, Array]:
        """Also "local": of 8 held-out "pictures" (8, h, w), none of rows, what each place says of y, "scores" (8, h', w')
        in nats; "prior": the density of all σ(y) in 20 bins, "density", and the KS distance of each feature, "ks" (k,);
        "dependence": the information of each pair of features as ranks show it, "mi" (k, k), k ≤ 64, nats."""
        if name not in _dim.VIEWS:
            return super().view(name)
        run, views = self._shown_run(name), self.augmentation()
        if name == "local":
            looks = views.anchor(unit(run.x[evenly(run.held, _dim.AMONG)]))
            return _dim.local_view(run.network.eval(), looks, self._few(len(looks)))
        return _dim.features_view(name, encode_in_batches(run.network, run.x[run.held], views.anchor).cpu())
