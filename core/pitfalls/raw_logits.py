"""Heads whose logits are not normalised: one logit wins everywhere, and clusters merge before the network has learned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn

from core import device
from core.clusterers._heads import Network, evaluate_heads, joint, negative_mi
from core.evaluation.assignment import match
from core.learning import backbones
from core.learning.codes import SHARPNESS, Heads
from core.learning.scaling import Scale, unit
from core.learning.training import Training
from core.learning.views import PictureViews
from core.method import Array, Checkpoint, Pitfall, Source, Step
from core.params import Range
from core.sentences import Sentence

SHOWN = 0.03  # of accuracy between both ways, from which on the error is said to be seen
SIDES = ("wrong", "right")
MOST, HEADS, WIDTH, BATCH, SIZE = 2_000, 5, 16, 200, 16  # a small IIC: some ten seconds on a laptop


class _Raw(nn.Module):
    """Undoes the factor that suits normalised logits, so that the softmax sees what the last layer says."""

    def forward(self, logits: Tensor) -> Tensor:
        return logits / SHARPNESS


class _Run(NamedTuple):
    """Both networks, in training, the scaled pictures with their labels and views, and the number of clusters."""

    networks: Any  # a ModuleDict
    training: Training
    x: Tensor
    labels: Array
    views: PictureViews
    k: int


@dataclass(eq=False, repr=False, kw_only=True)
class RawLogits(Pitfall):
    """The same network trained twice on the same batches, with raw and with normalised logits before the softmax.

    Both end in five heads of k clusters and ascend the information between two views; the accuracy is that of the head
    with the lowest loss, its clusters matched to the labels one to one. Pictures (n, c, h, w) with labels; at most 2,000 of them are taken.
    """

    title: ClassVar[str] = "Logits that are not normalised"
    reference: ClassVar[str] = "S. Ioffe, C. Szegedy (2015), Batch normalization, arXiv:1502.03167"
    about: ClassVar[tuple[str, ...]] = ("clusterers",)
    rank: ClassVar[int] = 3
    quantity: ClassVar[str] = "accuracy"
    mistake: ClassVar[str] = "The logits go into the softmax as they come from the last layer."
    remedy: ClassVar[str] = (
        "Bring each logit to mean 0 and deviation 1 over the batch, and double it, before the softmax."
    )
    shows: ClassVar[float | None] = -0.05

    epochs: Annotated[int, Range(1, 200), "How often every picture is seen, by each network."] = 20

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per epoch: "wrong" and "right" are accuracies, "loss_wrong" and "loss_right" the heads' mean losses."""
        self.check_parameters()
        self._begin(source)
        yield from self._run.training.iterate(self._epoch, self.total, start)

    @property
    def total(self) -> int:
        """The epochs."""
        return self.epochs

    def checkpoint(self) -> Checkpoint | None:
        """Both networks as they stand."""
        return self._under_way().training.checkpoint()

    def _begin(self, source: Source) -> None:
        if source.labels is None or source.x.ndim != 4:
            raise ValueError(Sentence("this pitfall needs pictures with labels; choose digits"))
        scale, where = Scale.of(source.x), device.resolve(self.device)
        rows = np.random.default_rng(self.seed()).permutation(len(source.x))[:MOST]
        labels, x = np.asarray(source.labels)[rows], unit(scale.apply(source.x[rows]).to(where))
        views, k = PictureViews(SIZE, 25.0, 0.57), len(np.unique(labels))
        networks = nn.ModuleDict({side: self._network(scale.shape[0], k) for side in SIDES}).to(where)
        networks["wrong"].main.norm = _Raw()  # type: ignore[assignment]
        adam = torch.optim.Adam(networks.parameters(), lr=2e-3)
        self._run = _Run(networks, Training(networks, adam, device.generator(self.seed(), where)), x, labels, views, k)

    def _network(self, channels: int, k: int) -> Network:
        same = torch.Generator().manual_seed(self.seed())
        body, d = backbones.body("strided", (channels, SIZE, SIZE), SIZE, WIDTH, same)
        return Network(body, Heads(d, HEADS, k, same), None)

    def _epoch(self, index: int) -> dict[str, float]:
        run, total = self._run, dict.fromkeys(SIDES, 0.0)
        order = torch.randperm(len(run.x), generator=run.training.generator, device=run.x.device)
        batches = order.split(min(BATCH, len(order)))[: max(1, len(order) // BATCH)]
        for rows in batches:
            x = run.x[rows]
            losses = self._losses(run.views.anchor(x), run.views.vary(x, run.training.generator))
            run.training.optimiser.zero_grad()
            torch.stack([*losses.values()]).sum().backward()
            run.training.optimiser.step()
            total = {side: total[side] + float(losses[side].detach()) / len(batches) for side in SIDES}
        found = {side: self._accuracy(run.networks[side]) for side in SIDES}
        run.training.meta |= found
        return found | {f"loss_{side}": value for side, value in total.items()}

    def _losses(self, anchor: Tensor, varied: Tensor) -> dict[str, Tensor]:
        both, out = torch.cat([anchor, varied]), {}
        for side, network in self._run.networks.train().items():
            p, q = network.main(network.body(both)).chunk(2)
            out[side] = negative_mi(joint(p, q)).mean()
        return out

    def _accuracy(self, network: Network) -> float:
        seen = evaluate_heads(network, self._run.x, self._run.views, device.generator(0, self._run.x.device))
        clusters: Array = seen.proba.argmax(1).cpu().numpy()
        return match(self._run.labels, clusters, self._run.k).accuracy

    def finish(self) -> Self:
        """Set `wrong_` and `right_` from the last epoch. Errors: ValueError before the first is over."""
        meta = self._under_way().training.meta
        if not meta:
            raise self._no_step_yet()
        self.wrong_, self.right_ = meta["wrong"], meta["right"]
        return self

    def _verdict(self) -> str:
        figures = {"wrong": self.wrong_, "epochs": self.epochs, "right": self.right_}
        if self.right_ - self.wrong_ < SHOWN:
            return Sentence(
                "This run does not show the error: raw logits reach {wrong:.0%} after {epochs} epochs, normalised ones "
                "{right:.0%}. Try another seed: it depends on the first weights.",
                **figures,
            )
        return Sentence("Raw logits reach {wrong:.0%} after {epochs} epochs, normalised ones {right:.0%}.", **figures)
