"""What the estimators by a critic share: their parameters, the run, and the honest end of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from scipy.stats import t as student
from torch import Tensor

from core import device
from core.estimators._critic.training import CriticTraining, Scores
from core.estimators._margins import unscaled
from core.evaluation.trust import Finding, Names, folds_disagree, judge, overfitted, rising, stopped
from core.learning import bounds
from core.learning.critics import Critic, partners
from core.method import Array, Checkpoint, MIEstimator, Source, Step
from core.params import Range

_PAIRS = 100_000  # of training rows, for the comparison with the held-out ones


@dataclass(eq=False, repr=False, kw_only=True)
class NeuralEstimator(MIEstimator):
    """A critic T(x, y) ascends one objective, and its held-out scores are read by another: two names, two methods.

    A subclass writes `objective` and `report`; both take Scores and give one number a fold, (k,).
    """

    views: ClassVar[tuple[str, ...]] = ("critic", "scores")
    by_row: ClassVar[bool] = False  # the objective leaves T free up to a function of x, not only up to a constant

    critic: Annotated[
        Literal["concat", "separable", "bilinear"],
        "How the critic sees a pair: one network of both sides, a product of two networks, or of one network and y.",
    ] = "concat"
    hidden: Annotated[int, Range(1, 1024, log=True), "Units in each hidden layer of the critic."] = 64
    layers: Annotated[int, Range(1, 6), "Hidden layers of the critic."] = 2
    activation: Annotated[Literal["elu", "relu", "tanh"], "What the hidden units compute."] = "elu"
    learning_rate: Annotated[float, Range(1e-5, 1.0, log=True), "Step size of Adam."] = 3e-3
    schedule: Annotated[Literal["cosine", "constant"], "Whether the step size falls towards the end."] = "cosine"
    batch_size: Annotated[int, Range(4, 100_000, log=True), "Pairs in a training step, for each fold."] = 512
    negatives: Annotated[int, Range(1, 4096, log=True), "Shuffled pairs scored for each true pair of a batch."] = 4
    iterations: Annotated[int, Range(1, 100_000, log=True), "The most optimisation steps."] = 400
    folds: Annotated[int, Range(2, 20), "Parts of the rows: each is scored by a critic trained on the others."] = 5
    patience: Annotated[
        int, Range(0, 1000), "Looks at the validation rows (30 a run) without gain until it ends early; 0 never does."
    ] = 10
    margins: Annotated[
        Literal["normal scores", "standardise", "raw"],
        "Map of each column before training: to normal scores by its ranks (MI stays the same), to mean 0 and spread 1, "
        "or none.",
    ] = "normal scores"

    def objective(self, scores: Scores) -> Tensor:
        """What training ascends, for each fold (k,); its negative is the "loss"."""
        raise NotImplementedError

    def report(self, scores: Scores) -> Tensor:
        """The estimate of I(X; Y) in nats that the scores give, for each fold (k,)."""
        raise NotImplementedError

    def ascend(self, scores: Scores, state: dict[str, Tensor]) -> Tensor:
        """What is differentiated, (k,); `state` goes from step to step and into the checkpoint."""
        return self.objective(scores)

    def partners(self, most: int, affordable: int) -> int:
        """How many other rows each held-out row is paired with: all that can be afforded."""
        return min(most, affordable)

    def log_partition(self, scores: Scores) -> Tensor:
        """What the scores of other rows are measured by, (k, 1) or (k, n): log E_q[exp T]."""
        return bounds.log_mean_exp(scores.marginal.flatten(1))[:, None]

    def doubts(self, mi: float, scores: Scores) -> Iterable[Finding | None]:
        """What this method alone can say against its estimate."""
        return ()

    @property
    def total(self) -> int:
        return self.iterations

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
        scores, self.folds_, self.mi_ = best.scores, list(best.folds), best.mi
        half = max(_from_rows(scores, self.log_partition(scores)), _from_folds(self.folds_))
        self.interval_ = (self.mi_ - half, self.mi_ + half)
        learned = None
        if run.source.draw is None:
            rows = run.train[:, : run.test.shape[1]]
            learned = overfitted(float(self.report(run.score(best.critic, rows, _PAIRS)).mean()), self.mi_)
        training = run.training
        trained = stopped(training.index, self.total, training.done) or rising(run.gain(), self.mi_, half)
        raw = unscaled(np.hstack(run.rows), self.margins)
        extra = [raw, trained, learned, folds_disagree(self.folds_), *self.doubts(self.mi_, scores)]
        self.trust_ = judge(*run.rows, self.mi_, interval=self.interval_, extra=extra, names=Names.of(run.source))

    def result(self) -> dict[str, Any]:
        """mi, interval, trust and reasons, the folds' estimates, rows, steps."""
        run = self._under_way()
        return {
            "mi": self.mi_,
            "interval": list(self.interval_),
            "trust": self.trust_.level,
            "reasons": list(self.trust_.reasons),
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
            return _surface(run, critic) if name == "critic" else _points(run, critic)

    def _under_way(self) -> CriticTraining:
        run = getattr(self, "_run", None)
        if run is None:
            raise ValueError(f"this {type(self).__name__} has no run: call steps or fit first")
        return run


def _from_rows(scores: Scores, log_partition: Tensor) -> float:
    """1.96 standard errors from the rows: each one's influence, as the first member of its pairs and as the second.

    ψ_i = (T_ii − log Z) − ā_i − b̄_i with a, b the means of exp(T) / Z over the pairs that row i is in.
    """
    joint, ratio = scores.joint - log_partition, (scores.marginal - log_partition[:, None]).exp()
    # Row j is the second member of the pair (i, j) with i = j + shift.
    first = partners(joint.shape[1], [-shift for shift in scores.shifts], joint.device)
    influence = joint - ratio.mean(1) - ratio.gather(2, first.expand_as(ratio)).mean(1)
    influence = influence - influence.mean(1, keepdim=True)
    return 1.96 * float(influence.std()) / math.sqrt(influence.numel())


def _from_folds(values: list[float]) -> float:
    """Student's 95 % half-width of the mean of the folds' estimates; folds share training rows, so it is a rough one."""
    k = len(values)
    return float(student.ppf(0.975, k - 1) * np.std(values, ddof=1) / math.sqrt(k)) if k > 1 else 0.0


def _surface(run: CriticTraining, critic: Critic) -> dict[str, Array]:
    x, y = run.rows
    if x.shape[1] > 1 or y.shape[1] > 1:
        return {}
    # All but the outermost half per cent at either end: beyond them there is nothing to have learned from.
    limits = (np.quantile(side, [0.005, 0.995]) for side in (x, y))
    across, up = (np.linspace(low, high, 64) for low, high in limits)
    out = {"x": across, "y": up, "scores": run.surface(across, up, critic)}
    if run.source.pointwise is not None:
        truth = run.source.pointwise(*(side.reshape(-1, 1) for side in np.meshgrid(across, up)))
        out["truth"] = np.asarray(truth).reshape(64, 64)
    return out


def _points(run: CriticTraining, critic: Critic) -> dict[str, Array]:
    rows = run.test[:, : max(1, 2_000 // len(run.test))]
    out = {"learned": run.pointwise(critic, run.x[rows], run.y[rows]).flatten().cpu().numpy()}
    if run.source.pointwise is not None:
        numbers = rows.flatten().cpu().numpy()
        out["truth"] = np.asarray(run.source.pointwise(*(side[numbers] for side in run.rows)))
    return out
