"""Labels that choose the epoch, the head and the map, and are then counted: a clustering looks better than it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np

from core import discover
from core.clusterers import _report
from core.evaluation import probes
from core.learning.encoding import encode_in_batches
from core.method import Checkpoint, Pitfall, Source, Step
from core.params import Range
from core.sentences import Sentence

HEADS, MOST = 16, 2_000
# As the source trains: every head for itself from the first epoch to the last, so that good and bad ones are left.
AS_THE_SOURCE = {"heads": HEADS, "over_heads": 0, "warmup": 0.0, "restart_gap": 5.0, "width": 16}


@dataclass(eq=False, repr=False, kw_only=True)
class LabelsForChoosing(Pitfall):
    """One clustering by IIC with sixteen heads, reported both ways at every epoch.

    Both count the same pictures, which are held out. Wrong: the best accuracy of any head at any epoch so far, each matched
    to the very labels that are counted. Right: the head and epoch with the lowest loss, its map fitted on the training
    labels. So wrong is never below right, and what it is above is owed to the labels.
    Pictures (n, c, h, w) with labels: at most 2,000 are taken, and a quarter of these held out.
    """

    title: ClassVar[str] = "Labels used for choosing"
    reference: ClassVar[str] = "X. Ji, J. F. Henriques, A. Vedaldi (2019), arXiv:1807.06653, tables 1 and 4"
    about: ClassVar[tuple[str, ...]] = ("clusterers", "encoders")
    rank: ClassVar[int] = 1
    quantity: ClassVar[str] = "accuracy"
    mistake: ClassVar[str] = "The best head of the best epoch is reported, found and matched by the labels themselves."
    remedy: ClassVar[str] = "Keep the lowest loss, fit the map on training labels, and count on held-out pictures."
    shows: ClassVar[float | None] = 0.01

    epochs: Annotated[int, Range(2, 200), "How often every picture is seen."] = 15

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per epoch: "wrong" and "right" are accuracies."""
        self.check_parameters()
        if source.labels is None or source.x.ndim != 4:
            raise ValueError(Sentence("this pitfall needs pictures with labels; choose digits"))
        iic = discover.load("clusterers", "iic")(
            n_clusters=len(np.unique(source.labels)),
            epochs=self.epochs,
            **AS_THE_SOURCE,
            random_state=self.seed(),
            device=self.device,
        )
        self._run: dict[str, float] | None = None
        best, kept, epoch = 0.0, None, 0
        for step in iic.steps(_parted(source, self.seed())):
            if "epoch" not in step.info:
                continue
            epoch += 1
            best = max(best, *_each(iic))
            if kept is None or step.info["mi"] > kept["mi"]:
                kept = step.info
            self._run = {"wrong": best, "right": kept["test_accuracy"]}
            yield Step(epoch, {"wrong": best, "right": kept["test_accuracy"]})

    @property
    def total(self) -> int:
        """The epochs."""
        return self.epochs

    def _verdict(self) -> str:
        return Sentence(
            "Chosen by labels it reads {wrong:.1%}; chosen by loss and held out, {right:.1%}.",
            wrong=self.wrong_,
            right=self.right_,
        )


def _each(iic: Any) -> list[float]:
    """Every head's accuracy on the held-out pictures, matched to their own labels."""
    run = iic._run
    x, labels = run.test
    clusters = encode_in_batches(
        run.network, x, run.pairs.views.anchor, lambda features: run.network.main(features).argmax(2)
    )
    return _report.accuracies(labels, clusters.cpu().numpy(), run.k)


def _parted(source: Source, seed: int) -> Source:
    """Some of the pictures, and others kept apart."""
    assert source.labels is not None
    labels = np.asarray(source.labels)
    some = np.random.default_rng(seed).permutation(len(labels))[:MOST]
    train, test = (some[part] for part in probes.split(labels[some], 0.25, seed))
    apart = Source(source.x[test], labels=labels[test])
    return replace(source, x=source.x[train], labels=labels[train], test=apart)
