"""log(sigmoid(x)) in place of logsigmoid(x): the loss of a discriminator that is sure becomes infinite, and training ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch.nn import functional as F

from core.method import Checkpoint, Pitfall, Source, Step
from core.sentences import Sentence

SCORES = range(10, 131, 10)  # how sure the discriminator is, and of the wrong side
ROWS = 200


@dataclass(eq=False, repr=False, kw_only=True)
class LogSigmoid(Pitfall):
    """The loss −log σ(T) of rows whose scores T are around −10, −20, … −130, and what comes back from it.

    Wrong: `log(sigmoid(T))` in single precision, where σ(T) is 0 from T ≈ −104 on. Right: `logsigmoid(T)`, which is
    −softplus(−T). The figure is the share of rows with a finite loss and gradient. No data are needed; any are taken.
    """

    title: ClassVar[str] = "The logarithm of a sigmoid"
    reference: ClassVar[str] = (
        "P. Blanchard, D. J. Higham, N. J. Higham (2021), IMA Journal of Numerical Analysis 41, 2311"
    )
    about: ClassVar[tuple[str, ...]] = ("encoders",)
    rank: ClassVar[int] = 5
    quantity: ClassVar[str] = "share of rows with a finite loss and gradient"
    mistake: ClassVar[str] = "The sigmoid is rounded to 0 before its logarithm is taken, which is then infinite."
    remedy: ClassVar[str] = "Use logsigmoid, or softplus of the negative score: no sigmoid is computed on the way."
    shows: ClassVar[float | None] = -0.05

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per level of scores: "wrong" and "right" are shares of rows, and "score" is that level."""
        self.check_parameters()
        noise = torch.randn(ROWS, generator=torch.Generator().manual_seed(self.seed() % 2**63))
        for index, level in enumerate(SCORES, 1):
            scores = noise - float(level)
            ways = {"wrong": lambda t: torch.log(torch.sigmoid(t)), "right": F.logsigmoid}
            self._run = {side: _finite(scores, way) for side, way in ways.items()}
            yield Step(index, {**self._run, "score": -float(level)})

    @property
    def total(self) -> int:
        """One Step per level."""
        return len(SCORES)

    def _verdict(self) -> str:
        return Sentence(
            "Of scores near −{level}, {wrong:.0%} have a finite loss and gradient by log(sigmoid), {right:.0%} by logsigmoid. "
            "One row without them ends the training.",
            level=SCORES[-1],
            wrong=self.wrong_,
            right=self.right_,
        )


def _finite(scores: torch.Tensor, log_sigmoid: object) -> float:
    t = scores.clone().requires_grad_()
    loss = -log_sigmoid(t)  # type: ignore[operator]
    (gradient,) = torch.autograd.grad(loss.sum(), t)
    return float((loss.isfinite() & gradient.isfinite()).float().mean())
