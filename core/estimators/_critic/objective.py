"""What an estimator by a critic chooses: how the critic trains, what is ascended and what is reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from torch import Tensor

from core.estimators._critic.folds import Blocks
from core.estimators._critic.scores import Scores
from core.estimators._marginal_transforms import Mapped
from core.evaluation.trust import Finding
from core.learning import bounds
from core.method import MIEstimator
from core.params import Range

# exp T of a shuffled pair is rarely large, and decides its mean all the same: the rarer, the higher the MI.
_NEGATIVES, _STRONG = (2, 4), 2


@dataclass(eq=False, repr=False, kw_only=True)
class Objective(MIEstimator):
    """A critic T(x, y) ascends one objective, and its held-out scores are read by another: two names, two methods.

    A subclass writes `objective` and `report`; both take Scores and give one number a fold, (k,).
    """

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
    negatives: Annotated[
        int | None,
        Range(1, 4096, log=True),
        "Shuffled pairs scored for each true pair of a batch. Empty: 2, and 4 once the held-out estimate exceeds 2 nats.",
    ] = None
    iterations: Annotated[int, Range(1, 100_000, log=True), "The most optimisation steps."] = 400
    folds: Annotated[int, Range(2, 20), "Parts of the rows: each is scored by a critic trained on the others."] = 5
    blocks: Blocks = "where rows are in series"
    patience: Annotated[
        int, Range(0, 1000), "Looks at the validation rows (30 a run) without gain until it ends early; 0 never does."
    ] = 10
    margins: Mapped = "normal scores"

    def objective(self, scores: Scores) -> Tensor:
        """What training ascends, for each fold (k,); its negative is the "loss"."""
        raise NotImplementedError

    def report(self, scores: Scores) -> Tensor:
        """The estimate of I(X; Y) in nats that the scores give, for each fold (k,)."""
        raise NotImplementedError

    def ascend(self, scores: Scores, objective: Tensor, state: dict[str, Tensor]) -> Tensor:
        """What is differentiated, (k,); `state` goes from step to step and into the checkpoint."""
        return objective

    def shuffled(self, estimate: float) -> int:
        """The pairs that each true one of a batch is scored with, at a held-out estimate of so many nats."""
        return _NEGATIVES[estimate > _STRONG] if self.negatives is None else self.negatives

    def partners(self, each: int, affordable: int, held_out: int, estimate: float) -> int:
        """How many others of the `each` rows of its fold a row is scored with: all that can be afforded.

        held_out: all rows that the result is of. estimate: nats so far, infinite for the result.
        """
        return min(each - 1, affordable)

    def both(self, scores: Scores) -> tuple[Tensor, Tensor]:
        """`objective` and `report`, which are one number in many methods."""
        ascended = self.objective(scores)
        return ascended, ascended if type(self).report is type(self).objective else self.report(scores)

    def log_partition(self, scores: Scores) -> Tensor:
        """What the scores of other rows are measured by, (k, 1) or (k, n): log E_q[exp T]."""
        return bounds.log_mean_exp(scores.marginal.flatten(1))[:, None]

    def diagnostics(self, mi: float, scores: Scores) -> Iterable[Finding | None]:
        """What this method alone can say against its estimate."""
        return ()

    @property
    def total(self) -> int:
        return self.iterations
