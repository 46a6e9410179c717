"""An estimator by a critic: its steps, the honest end of a run, and its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from core import device
from core.estimators import _cross_check
from core.estimators._critic import chance, pictures
from core.estimators._critic.interval import from_folds, from_rows
from core.estimators._critic.objective import Objective
from core.estimators._critic.scores import Scores
from core.estimators._critic.side_by_side import SideBySide
from core.estimators._critic.training import CriticTraining
from core.estimators._marginal_transforms import unscaled
from core.evaluation.trust import (
    DATA_CHECKS,
    Finding,
    Names,
    assess_trust,
    folds_disagree,
    most,
    overfitted,
    possible,
    rising,
    stopped,
    ties,
    widening,
)
from core.method import Array, Checkpoint, Source, Step
from core.method.source import LEVELS, indicated

_PAIRS = 100_000  # of training rows, for the comparison with the held-out ones


@dataclass(eq=False, repr=False, kw_only=True)
class NeuralEstimator(Objective):
    """Estimates I(X; Y) by a critic; a subclass writes `objective` and `report`."""

    views: ClassVar[tuple[str, ...]] = ("critic", "scores")
    batched: ClassVar[bool] = True
    names: ClassVar[int] = LEVELS

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Steps with "loss" and "mi" (nats, the training batch), now and then "mi_held_out": what `finish` would say there,
        with fewer pairs; at the last step it is `mi_`."""
        self._run = CriticTraining(self, source, start)
        return self._run.iterate()

    def checkpoint(self) -> Checkpoint:
        return self._under_way().training.checkpoint()

    def finish(self) -> Self:
        """Set `mi_`, `interval_` (95 %), `folds_` (the folds' estimates) and `trust_` from the best weights so far.

        "Best" is by validation, and the weights as they stand take part. The run can go on afterwards.
        """
        run = self._under_way()
        with device.threads(run.training.threads):
            self._conclude(run)
        return self

    def _conclude(self, run: CriticTraining) -> None:
        best = run.scored()
        learned = None
        if run.source.draw is None:
            learned = float(self.report(run.score(best.critic, run.learned_rows(), _PAIRS)).mean())
        training = run.training
        ended = stopped(training.index, self.total, training.done)
        self.judge(run.source, run.rows.given, best.scores, list(best.folds), learned, ended, run.gain())

    def judge(
        self,
        source: Source,
        given: tuple[Array, Array],
        scores: Scores,
        folds: list[float],
        learned: float | None,
        ended: Finding | None,
        gain: float,
    ) -> None:
        """Set the result from the held-out scores and the folds' estimates, and `surrogates_`, as `chance.surrogates` has them.

        given: the rows, (n, dx) and (n, dy). learned: the report of rows that the critics have trained on. ended: what is to
        be said of how the run ended, gain: how far its bound still rose in the second half.
        """
        names, raw_mi = Names.of(source), float(np.mean(folds))
        highest = most(*given, names)
        self.folds_, self.mi_ = folds, min(raw_mi, highest)
        self.surrogates_ = chance.surrogates(scores, self.mi_)
        wider = widening(*given, names)
        half = max(wider * from_rows(scores, self.log_partition(scores)), from_folds(self.folds_))
        self.interval_ = possible(self.mi_, (raw_mi - half, raw_mi + half), max(self.mi_, highest))
        beside = None if learned is None else overfitted(learned, raw_mi)
        raw, trained = unscaled(np.hstack(given), self.margins), ended or rising(gain, self.mi_, half)
        crossed = _cross_check.disagreement(*given, self.mi_, self.interval_, names)
        extra = [raw, trained, beside, crossed, folds_disagree(self.folds_), *self.diagnostics(self.mi_, scores)]
        coded = any(
            indicated(*each) for each in zip(given, (names.x_codes, names.y_codes), strict=True)
        )  # each category is a column then, and may repeat
        about: dict[str, Any] = {
            "names": names,
            "checks": [check for check in DATA_CHECKS if not coded or check is not ties],
        }
        self.trust_ = assess_trust(*given, raw_mi, interval=self.interval_, extra=extra, **about)

    def side_by_side(self, sources: Sequence[Source]) -> SideBySide:
        """The same for many pairs of sides at once, all their critics as one batched network."""
        return SideBySide(self, sources)

    def result(self) -> dict[str, Any]:
        """mi, interval, trust and reasons, the folds' estimates, rows, steps."""
        run = self._under_way()
        return self.estimated() | {
            "folds": self.folds_,
            "rows": len(run.source),
            "steps": run.training.index,
        }

    def view(self, name: str) -> dict[str, Array]:
        """ "critic" (one column each): x, y (64,) in their own units, scores (64, 64) = learned pointwise MI at (y, x),
        and truth (64, 64) where it is known. "scores": learned (n,) of held-out rows, and truth (n,) where it is known.
        """
        if name not in self.views:
            return super().view(name)
        run = self._under_way()
        critic = run.scored().critic if run.is_scored else run.critic
        with device.threads(run.training.threads):
            return pictures.surface(run, critic) if name == "critic" else pictures.points(run, critic)
