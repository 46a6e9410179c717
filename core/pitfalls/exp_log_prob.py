"""Densities formed before their logarithm is taken: far targets have density 0 in the computer, and the loss is infinite."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch

from core.method import Checkpoint, Pitfall, Source, Step
from core.pitfalls._mdn import Plain, Rows
from core.sentences import Sentence

FACTORS = (0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 50.0)
TEN = FACTORS.index(10.0)


@dataclass(eq=False, repr=False, kw_only=True)
class ExpLogProb(Pitfall):
    """The untrained network's loss on targets in larger and larger units: −log Σ π exp(log N), and by log-sum-exp.

    Past fourteen widths exp(−½z²) is 0 in single precision, its logarithm −∞, and one such row makes the loss infinite.
    The figures are the share of rows whose loss is infinite when the targets are ten times as large.
    """

    title: ClassVar[str] = "Densities before their logarithm"
    reference: ClassVar[str] = "P. Blanchard, D. J. Higham, N. J. Higham (2021), IMA J. Numer. Anal. 41(4), log-sum-exp"
    about: ClassVar[tuple[str, ...]] = ("densities",)
    rank: ClassVar[int] = 4
    quantity: ClassVar[str] = "share of rows with an infinite loss"
    on: ClassVar[str] = "An untrained network on at most 1,000 of the rows, with y ten times as large."
    mistake: ClassVar[str] = "exp(log_prob) is summed over the components, and the logarithm is taken afterwards."
    remedy: ClassVar[str] = "Stay in logarithms: logsumexp(log_weights + log_prob), on standardised targets."

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per factor on the targets: "factor", and the shares "wrong" and "right"."""
        self.check_parameters()
        rows = Rows.of(source, self.seed())
        network = Plain(rows.x.shape[1], self.seed())
        for index, factor in enumerate(FACTORS):
            with torch.no_grad():
                log_weights, means, log_widths = network(rows.x)
                log_parts = -0.5 * ((rows.y * factor - means) / log_widths.exp()) ** 2 - log_widths
                summed = (log_weights.exp() * torch.exp(log_parts - 0.5 * math.log(2 * math.pi))).sum(1)
                right = network.nll(rows.x, rows.y * factor)
            wrong = -summed.log()
            shares = {"wrong": float(wrong.isinf().float().mean()), "right": float(right.isinf().float().mean())}
            if index <= TEN:
                self._run = shares | {"loss": float(right.mean())}
            yield Step(index + 1, shares | {"factor": factor})

    @property
    def total(self) -> int:
        """The factors."""
        return len(FACTORS)

    def _verdict(self) -> str:
        share, loss = self.wrong_, self._run["loss"]
        if not share:
            return Sentence("Here no target is far enough for its density to vanish; in larger units it would be.")
        return Sentence(
            "With targets ten times as large the loss is infinite before the first step: {share:.0%} of the rows have "
            "density 0. By log-sum-exp it is {loss:.4g} nats.",
            share=share,
            loss=loss,
        )
