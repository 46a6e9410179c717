"""The training likelihood taken for the model's: it keeps falling while the model only learns its rows by heart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch

from core.method import Checkpoint, Pitfall, Source, Step
from core.params import Range
from core.pitfalls._mdn import RATE, Plain, Rows
from core.sentences import Sentence

EVERY = 100
ROWS = 60  # a small table: that is where a network learns its rows by heart
SHOWN = 0.05  # nats between both figures from which on the error is said to be seen


@dataclass(eq=False, repr=False, kw_only=True)
class NoValidation(Pitfall):
    """Sixty rows learned by the plain recipe (20 tanh units, 5 components, Adam at 0.001, every row at every step).

    Wrong: its −log p(y | x) on the rows that it was trained on. Right: the same network's on rows that it has not seen,
    the fresh points of a problem, or a tenth of a table. In nats and y's own unit.
    """

    title: ClassVar[str] = "No rows held out"
    reference: ClassVar[str] = "L. Prechelt (1998), Early stopping, but when?, in: Neural networks, tricks of the trade"
    about: ClassVar[tuple[str, ...]] = ("densities",)
    rank: ClassVar[int] = 2
    quantity: ClassVar[str] = "NLL (nats)"
    ways: ClassVar[tuple[str, str]] = ("On its own rows", "On unseen rows")
    on: ClassVar[str] = "One network, trained on at most 60 of the rows; y is in its own unit."
    mistake: ClassVar[str] = (
        "The likelihood of the training rows is reported, after as many epochs as it still improves."
    )
    remedy: ClassVar[str] = "Hold rows out, keep the weights that are best on them, and report rows that chose nothing."
    shows: ClassVar[float | None] = -0.05

    iterations: Annotated[int, Range(100, 100_000, log=True), "Steps over all rows; the recipe takes 10,000."] = 10_000

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step every 100 steps: "wrong" and "right"."""
        self.check_parameters()
        rows = Rows.of(source, self.seed(), ROWS)
        network = Plain(rows.x.shape[1], self.seed())
        adam = torch.optim.Adam(network.parameters(), lr=RATE)
        for index in range(1, self.iterations + 1):
            loss = network.nll(rows.x, rows.y).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
            if index % EVERY and index < self.iterations:
                continue
            with torch.no_grad():
                test = float(network.nll(rows.x_test, rows.y_test).mean())
            self._run = {"wrong": float(loss.detach()), "right": test}
            yield Step(index, dict(self._run))

    @property
    def total(self) -> int:
        """The steps."""
        return self.iterations

    def _verdict(self) -> str:
        figures = {"wrong": self.wrong_, "right": self.right_}
        if self.right_ - self.wrong_ < SHOWN:
            return Sentence(
                "These data do not show the error: on its training rows it shows {wrong:.2f} nats, on rows it has not seen "
                "{right:.2f}. Fewer rows or more steps may.",
                **figures,
            )
        return Sentence(
            "On its training rows it shows {wrong:.2f} nats, on rows it has not seen {right:.2f}: {gap:.2f} nats are "
            "overfitted.",
            gap=self.right_ - self.wrong_,
            **figures,
        )
