"""Critics of many pairs of sides as one batched network: the folds of all of them side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core import device
from core.estimators._critic.objective import Objective
from core.estimators._critic.rows import Rows
from core.estimators._critic.training import CriticTraining
from core.evaluation.trust import stopped
from core.learning import best
from core.method import Source

if TYPE_CHECKING:
    from core.estimators._critic.estimator import NeuralEstimator

_LEARNED_PAIRS = 20_000  # of training rows, for the comparison with the held-out ones


class SideBySide:
    """A run of one estimator on several sources: `steps` trains them all, `finish` gives a fitted estimator for each.

    They train for the same number of steps: patience has no meaning here, the best weights of each fold are kept.
    """

    def __init__(self, method: NeuralEstimator, sources: Sequence[Source]) -> None:
        self.method, self.sources = method, list(sources)

    def steps(self) -> Iterator[int]:
        """The number of each step."""
        self._run = _Training(self.method, self.sources)
        for step in self._run.iterate():
            yield step.index

    def finish(self) -> list[NeuralEstimator]:
        """One for each source, from the best weights so far."""
        run = self._run
        with torch.no_grad():
            scored = run.scored()
            learned = self.method.report(run.score(scored.critic, run.learned_rows(), _LEARNED_PAIRS))
        ended = stopped(run.training.index, self.method.total, run.training.done)
        found = []
        for at, (source, rows) in enumerate(zip(self.sources, run.each, strict=True)):
            own = slice(at * run.folds, (at + 1) * run.folds)
            scores = scored.scores.of(own)
            one = type(self.method)(**self.method.get_params(deep=False))
            beside = float(learned[own].mean())
            one.judge(source, rows.given, scores, list(scored.folds[own]), beside, ended, run.gains()[at])
            found.append(one)
        return found


class _Rows(Rows):
    """The rows of several sources below each other, their folds side by side.

    Folds have the length of the shortest, and sides of fewer columns are filled up with zeros, which no weight can use.
    """

    def __init__(self, each: Sequence[Rows]) -> None:
        self.sources, self.device = len(each), each[0].device
        self.x, self.y = (_below([getattr(rows, side) for rows in each]) for side in "xy")
        starts = np.cumsum([0, *(len(rows.x) for rows in each[:-1])])
        self.train, self.validation, self.test = (
            _beside([getattr(rows, part) + int(start) for rows, start in zip(each, starts, strict=True)])
            for part in ("train", "validation", "test")
        )
        self.batch = min(rows.batch for rows in each)


def _below(sides: Sequence[Tensor]) -> Tensor:
    widest = max(side.shape[1] for side in sides)
    return torch.cat([F.pad(side, (0, widest - side.shape[1])) for side in sides])


def _beside(parts: Sequence[Tensor]) -> Tensor:
    shortest = min(part.shape[1] for part in parts)
    return torch.cat([part[:, :shortest] for part in parts])


class _Training(CriticTraining):
    """One run of the critics of all sources."""

    looks: ClassVar[int] = 12
    pairs: ClassVar[int] = 100_000  # that the result of each source is of
    least: ClassVar[int] = 8  # by which chance is judged

    def __init__(self, method: Objective, sources: Sequence[Source]) -> None:
        where, seed = device.resolve(method.device), method.seed()
        self.each = [Rows(method, source, seed, where) for source in sources]
        super().__init__(method, Source(np.empty((0, 1))))
        self.folds = len(self.test) // len(self.each)
        self.training.threads = None  # of the caller: what one thread would wait for is little against so many products

    def _rows(self) -> Rows:
        return _Rows(self.each)

    def _look(self, step: int) -> float:
        """Keep each fold's weights where validation improved. Nothing is said of held-out rows before the end."""
        extras, meta = self.training.extras, self.training.meta
        loss, bound, better = self._validate()
        extras["best_loss"], extras["validation"] = (
            torch.where(better, new, extras[name]) for name, new in (("best_loss", loss), ("validation", bound))
        )
        best.keep(self.training, better)
        meta["looks"].append([step, extras["validation"].view(-1, self.folds).mean(1).tolist()])
        return float(bound.mean())

    def gains(self) -> list[float]:
        """As `gain`, of each source."""
        looks: list[Any] = self.training.meta["looks"]
        if not looks:
            return [0.0] * len(self.each)
        early = [bounds for step, bounds in looks if 2 * step <= self.training.index]
        return (np.array(looks[-1][1]) - (np.array(early[-1]) if early else 0.0)).tolist()
