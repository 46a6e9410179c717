"""Widths without a floor: a component shrinks onto single rows, and the density there grows without end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch

from core import discover
from core.method import Checkpoint, Pitfall, Source, Step
from core.params import Range
from core.pitfalls._mdn import Plain, Rows
from core.sentences import Sentence

EVERY = 20
ROWS = 60  # a small table: that is where widths collapse
SHOWN = 0.05  # nats between both figures from which on the error is said to be seen


@dataclass(eq=False, repr=False, kw_only=True)
class NoSigmaFloor(Pitfall):
    """Sixty rows learned with σ = exp(output), and by this program's network, which has a floor and stops in time.

    The figures are the mean −log p(y | x) in nats of unseen rows, y standardised. In training the first looks ever better.
    """

    title: ClassVar[str] = "Widths without a floor"
    reference: ClassVar[str] = "C. M. Bishop (2006), Pattern recognition and machine learning, section 9.2.1"
    about: ClassVar[tuple[str, ...]] = ("densities",)
    rank: ClassVar[int] = 3
    quantity: ClassVar[str] = "held-out NLL (nats)"
    on: ClassVar[str] = "Both trained on at most 60 of the rows and judged on unseen rows; y is standardised."
    mistake: ClassVar[str] = "σ = exp(output) may become as small as it likes, and the likelihood rewards it."
    remedy: ClassVar[str] = "Put a floor under σ on standardised targets, clip gradients, and watch held-out rows."
    shows: ClassVar[float | None] = 0.05

    iterations: Annotated[int, Range(20, 20_000, log=True), "Steps of both networks."] = 2000

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step every 20 steps: "wrong" and "right", and "training", what the first network sees of itself."""
        self.check_parameters()
        rows = Rows.of(source, self.seed(), ROWS)
        # What is constant keeps its unit.
        spread = lambda a: torch.where(a.std(0) > 1e-6 * a.abs().amax(0), a.std(0), 1.0)  # noqa: E731
        x_mean, x_spread, y_mean, y_spread = (f(a) for a in (rows.x, rows.y) for f in (lambda a: a.mean(0), spread))
        x, x_test = ((a - x_mean) / x_spread for a in (rows.x, rows.x_test))
        y, y_test = ((a - y_mean) / y_spread for a in (rows.y, rows.y_test))
        network = Plain(x.shape[1], self.seed(), 8)
        adam = torch.optim.Adam(network.parameters(), lr=1e-2)
        floored = discover.load("densities", "mdn")(iterations=self.iterations, random_state=self.seed(), device="cpu")
        right = floored.steps(Source(x.numpy(), y.numpy()))
        for index in range(1, self.iterations + 1):
            loss = network.nll(x, y).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
            next(right, None)
            if index % EVERY and index < self.iterations:
                continue
            with torch.no_grad():
                wrong = float(network.nll(x_test, y_test).mean())
            if not torch.isfinite(torch.tensor(wrong)):
                break  # the widths have left the finite numbers; the last finite figures stand
            held = -float(floored.finish().log_density(x_test.numpy(), y_test.numpy()).mean())
            self._run = {"wrong": wrong, "right": held, "training": float(loss.detach())}
            yield Step(index, self._run)

    @property
    def total(self) -> int:
        """The steps."""
        return self.iterations

    def _verdict(self) -> str:
        figures = {"run": self._run["training"], "wrong": self.wrong_, "right": self.right_}
        if self.wrong_ - self.right_ < SHOWN:
            return Sentence(
                "These data do not show the error: without a floor training shows {run:.2f} nats and unseen rows "
                "{wrong:.2f}; with one they show {right:.2f}. More steps may.",
                **figures,
            )
        return Sentence(
            "Without a floor training shows {run:.2f} nats and unseen rows {wrong:.2f}; with one they show {right:.2f}.",
            **figures,
        )
