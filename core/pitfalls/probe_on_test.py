"""A probe fitted on the labels that it is scored on: noise reaches 100 % as soon as there are enough features."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.evaluation import probes
from core.method import Checkpoint, Pitfall, Source, Step
from core.sentences import Sentence

WIDTHS = (8, 16, 32, 64, 128, 256, 512)  # numbers of noise features
SHOWN = 0.1  # of accuracy between both ways, from which on the error is said to be seen
ROWS = 500  # scored: with as many features as rows, a linear probe can tell any labels apart


@dataclass(eq=False, repr=False, kw_only=True)
class ProbeOnTest(Pitfall):
    """Features that are pure noise, probed both ways, with more and more of them.

    Wrong: the linear probe is fitted on the test rows and scored on the same. Right: fitted on the training rows. The
    labels are the data's own; the features know nothing of them. Any data with labels (n,).
    """

    title: ClassVar[str] = "A probe trained on the test labels"
    reference: ClassVar[str] = "T. M. Cover (1965), Geometrical and statistical properties, IEEE Trans. EC-14, 326"
    about: ClassVar[tuple[str, ...]] = ("clusterers", "encoders")
    rank: ClassVar[int] = 2
    quantity: ClassVar[str] = "accuracy"
    mistake: ClassVar[str] = "The classifier is fitted on the very labels that its accuracy is counted on."
    remedy: ClassVar[str] = "Fit on training rows, score on test rows, and let noise features score beside yours."

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per number of features, its info "wrong" and "right", accuracies, and "features"."""
        self.check_parameters()
        if source.labels is None:
            raise ValueError(Sentence("this pitfall needs data with labels; choose digits"))
        labels = np.asarray(source.labels)
        rng = np.random.default_rng(self.seed())
        labels = labels[rng.permutation(len(labels))[: 3 * ROWS]]
        train, test = probes.split(labels, 1 / 3, self.seed())
        noise = rng.standard_normal((len(labels), WIDTHS[-1]), dtype=np.float32)
        for index, width in enumerate(WIDTHS, 1):
            x = noise[:, :width]
            fitted = {
                side: probes.probe(x[rows], labels[rows], x[test], labels[test], ["linear"], self.seed())["linear"]
                for side, rows in (("wrong", test), ("right", train))
            }
            self._run = {side: score.test for side, score in fitted.items()}
            yield Step(index, {**self._run, "features": float(width)})

    @property
    def total(self) -> int:
        """One Step per number of features."""
        return len(WIDTHS)

    def _verdict(self) -> str:
        figures = {"wrong": self.wrong_, "right": self.right_}
        if self.wrong_ - self.right_ < SHOWN:
            return Sentence(
                "These data do not show the error: noise scores {wrong:.0%} where the probe saw the answers, and {right:.0%} "
                "where not. Nearly all rows have one label.",
                **figures,
            )
        return Sentence(
            "Noise scores {wrong:.0%} where the probe saw the answers, and {right:.0%} where not.", **figures
        )
