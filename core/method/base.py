"""`Method`: a scikit-learn estimator that can be watched, step by step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator

from core import params
from core.method.source import Array, Source
from core.method.step import Checkpoint, Step
from core.params import Range
from core.sentences import Sentence

# The names of devices; whether this machine has one is asked when a run begins.
DEVICES = r"auto|cpu|mps|cuda(:\d{1,2})?"


@dataclass(eq=False, repr=False, kw_only=True)
class Method(BaseEstimator):
    """A scikit-learn estimator that can be watched.

    A subclass writes `steps`, `finish` and, where it trains, `checkpoint` and `view`. Fitted attributes end in `_`;
    what belongs to a run under way is held in `_run`, which is neither pickled nor cloned.
    """

    family: ClassVar[str] = ""
    title: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    views: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("pictures", "rows")  # what a reference `gives` that it can learn from
    # Pictures that are kept at a few steps even if nobody looks: how it came about is seen afterwards.
    snapshots: ClassVar[tuple[str, ...]] = ()
    rank: ClassVar[int] = 100  # place among its family: a page begins with the lowest; equal ranks go by name
    look: ClassVar[int | None] = None  # number of its colour and mark in charts; None takes one that is free
    # The parameter that counts what is found (clusters, features), and the values with which a scan of it begins.
    scanned: ClassVar[tuple[str, tuple[int, ...]]] = ("", ())

    random_state: Annotated[int | None, Range(0, 2**32 - 1), "Seed: the same seed gives the same run."] = 0
    device: Annotated[str, "Where it runs: auto, cpu, cuda, cuda:1 or mps."] = "auto"

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Yield a Step each time there is something to see; `start` continues from a checkpoint."""
        raise NotImplementedError

    def finish(self) -> Self:
        """Set the fitted attributes from where the run stands; Stop calls it too."""
        return self

    def checkpoint(self) -> Checkpoint | None:
        """The state to resume from, or None for a method that is done in one step."""
        return None

    def get_state(self) -> Checkpoint | None:
        """What a finished method needs to answer new rows, for `core.saved`; None where it has nothing of the kind."""
        return None

    def set_state(self, saved: Checkpoint) -> Self:
        """Take back what `get_state` gave. Errors: ValueError where it does not fit."""
        raise ValueError(Sentence("{name} keeps no model", name=type(self).__name__))

    def features(self, X: Any) -> Array | None:
        """What a finished method has learned of each row, (n, d), to go on with; None where it learns nothing of the kind."""
        return None

    def learned(self, source: Source, rows: Array) -> Array | None:
        """`features` of some of the rows that it has learned from."""
        return self.features(source.x[rows])

    @property
    def total(self) -> int:
        """The number of steps a run takes at most, for progress and ETA."""
        return 1

    def result(self) -> dict[str, Any]:
        """What a finished run has to say in JSON: numbers, sentences, short lists."""
        return {}

    def view(self, name: str) -> dict[str, Array]:
        """The arrays of one picture (at most 64 × 64), computed where the model lives. `views` lists the names."""
        raise ValueError(
            Sentence(
                "{name} has no picture {picture!r}; it has {known}",
                name=type(self).__name__,
                picture=name,
                known=", ".join(self.views) or Sentence("none"),
            )
        )

    @classmethod
    def counted(cls) -> params.Param | None:
        """The parameter of `scanned`, or None for a class that has none of this name."""
        return params.parameters(cls).get(cls.scanned[0])  # type: ignore[arg-type]

    def check_parameters(self) -> None:
        """Every parameter against its annotation. Errors: ParameterError."""
        params.check(type(self), self.get_params(deep=False))
        if not re.fullmatch(DEVICES, self.device):
            raise params.ParameterError(
                Sentence("device={device!r} is not a device; use auto, cpu, cuda, cuda:1 or mps", device=self.device)
            )

    def seed(self) -> int:
        """The seed as a whole number; None draws one from the operating system."""
        if self.random_state is not None:
            return int(self.random_state)
        return int(np.random.SeedSequence().generate_state(1)[0])

    @property
    def _current(self) -> Any:
        """What belongs to the run, or None: before the first step, and in a method that was loaded or pickled."""
        return getattr(self, "_run", None)

    def _under_way(self) -> Any:
        """What belongs to the run. Errors: ValueError before the first step, and where the run was in another process."""
        if self._current is None:
            raise self._no_step_yet()
        return self._current

    def _no_step_yet(self) -> ValueError:
        return ValueError(Sentence("{name} has not taken a step yet: run it first", name=type(self).__name__))

    def _shown_run(self, picture: str) -> Any:
        """The run that a picture is of. Errors: ValueError where it was in another process."""
        try:
            return self._under_way()
        except ValueError as error:
            raise ValueError(
                Sentence(
                    "the picture {picture!r} is shown of a run in this process; run it again to see it", picture=picture
                )
            ) from error

    def run(self, source: Source, progress: Callable[[int, int], None] | None = None) -> Self:
        """Run all steps, keep them as `history_`, finish; `progress` is called with the step and the total after each."""
        self.check_parameters()
        self.history_ = []
        for step in self.steps(source):
            self.history_.append(step)
            if progress is not None:
                progress(step.index, self.total)
        return self.finish()

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "_run"}
