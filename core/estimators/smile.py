"""SMILE: trained like a classifier, reported by a Donsker–Varadhan estimate whose partition function is clipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from core.estimators._critic.estimator import NeuralEstimator
from core.estimators._critic.scores import Scores
from core.evaluation.trust import Finding, far_from_plug_in
from core.learning import bounds
from core.params import Range


@dataclass(eq=False, repr=False, kw_only=True)
class SMILE(NeuralEstimator):
    """Ascends the logistic objective, reports E_p[T] − log E_q[exp clip(T, −τ, τ)]: less variance, and no bound any more.

    References: Song & Ermon (2020), Understanding the Limitations of Variational MI Estimators, arXiv:1910.06222.
    """

    title: ClassVar[str] = "SMILE"
    look: ClassVar[int | None] = 4
    reference: ClassVar[str] = "Song & Ermon, 2020, Limitations of variational MI estimators, arXiv:1910.06222"

    clip: Annotated[
        float, Range(0.1, 20.0, log=True), "Scores are clipped to plus or minus this before the partition function."
    ] = 5.0

    def objective(self, scores: Scores) -> Tensor:
        return bounds.jsd(scores.joint, scores.marginal.flatten(1))

    def report(self, scores: Scores) -> Tensor:
        return bounds.smile(scores.joint, scores.marginal.flatten(1), self.clip)

    def diagnostics(self, mi: float, scores: Scores) -> Iterable[Finding | None]:
        return [far_from_plug_in(mi, float(scores.joint.mean()))]
