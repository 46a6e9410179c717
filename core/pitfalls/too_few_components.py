"""Fewer Gaussians than answers: a component spreads over two branches and puts density where no point ever is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Annotated, ClassVar

from core import discover
from core.method import Checkpoint, Pitfall, Source, Step
from core.params import Range
from core.sentences import Sentence

MANY = 8  # components of the right way
SHOWN = 0.05  # nats between both figures from which on the error is said to be seen


@dataclass(eq=False, repr=False, kw_only=True)
class TooFewComponents(Pitfall):
    """The same network with few components and with eight, trained on the same rows, side by side.

    The figures are the mean −log p(y | x) of held-out rows, in nats and y's own unit.
    """

    title: ClassVar[str] = "Too few components"
    reference: ClassVar[str] = "C. M. Bishop (1994), Mixture density networks, NCRG/94/004, section 5"
    about: ClassVar[tuple[str, ...]] = ("densities",)
    rank: ClassVar[int] = 1
    quantity: ClassVar[str] = "held-out NLL (nats)"
    on: ClassVar[str] = "Both trained on nine tenths of the rows and judged on the last tenth; y is in its own unit."
    mistake: ClassVar[str] = "The mixture has fewer Gaussians than one x has answers y."
    remedy: ClassVar[str] = "Take more than you expect: unneeded ones get no weight. Compare held-out likelihoods."
    shows: ClassVar[float | None] = 0.05

    n_components: Annotated[int, Range(1, 7), "The Gaussians of the network that has too few."] = 2
    iterations: Annotated[int, Range(10, 100_000, log=True), "Steps of both networks."] = 1000

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step at every look at the held-out rows: "wrong" and "right", as they stand."""
        self.check_parameters()
        both = [self._network(k).steps(source) for k in (self.n_components, MANY)]
        latest: dict[str, float] = {}
        for index, pair in enumerate(zip_longest(*both), 1):  # either may stop early
            new = [step.info.get("nll_held_out") if step else None for step in pair]
            latest |= {side: value for side, value in zip(("wrong", "right"), new, strict=True) if value is not None}
            if any(value is not None for value in new):
                self._run = dict(latest)
                yield Step(index, dict(latest))

    def _network(self, k: int):  # type: ignore[no-untyped-def]
        mdn = discover.load("densities", "mdn")
        return mdn(n_components=k, iterations=self.iterations, restarts=1, random_state=self.seed(), device=self.device)

    @property
    def total(self) -> int:
        """The steps."""
        return self.iterations

    def _verdict(self) -> str:
        few = Sentence("{n} component", many="{n} components", n=self.n_components)
        figures = {"few": few, "wrong": self.wrong_, "enough": MANY, "right": self.right_}
        if self.wrong_ - self.right_ < SHOWN:
            return Sentence(
                "These data do not show the error: with {few} the held-out loss is {wrong:.2f} nats, with {enough} it is "
                "{right:.2f}. One x has no more answers than that here.",
                **figures,
            )
        return Sentence("With {few} the held-out loss is {wrong:.2f} nats, with {enough} it is {right:.2f}.", **figures)
