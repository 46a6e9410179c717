"""InfoNCE with an anchor: none of the candidates may be the partner, so that the critic learns the log-ratio itself."""

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
class InfoNCEAnchor(NeuralEstimator):
    """Ascends InfoNCE with the answer "none of them" among the candidates, and reports a bound of the learned log-ratio.

    InfoNCE leaves its critic free up to a function of x, and so can only say up to ln B. The further answer, whose score is
    0, fixes it: the best critic is T = log p(x, y) / p(x)p(y). Reported is DV of T, which candidates do not limit; the
    authors take the mean of T itself, and `trust_` says where the two differ.

    References: Ryu et al. (2025), Contrastive Predictive Coding Done Right for Mutual Information Estimation,
    arXiv:2510.25983.
    """

    title: ClassVar[str] = "InfoNCE with an anchor"
    reference: ClassVar[str] = (
        "Ryu et al., 2025, Contrastive Predictive Coding Done Right for Mutual Information Estimation, arXiv:2510.25983"
    )

    batch_size: Annotated[int, Range(4, 100_000, log=True), "Pairs in a training step, for each fold."] = 256
    negatives: Annotated[
        int,
        Range(1, 4096, log=True),
        "Candidates for each row, beside the answer that it is none of them; many fix it less.",
    ] = 7

    def objective(self, scores: Scores) -> Tensor:
        return bounds.anchored(scores.joint, scores.marginal)

    def report(self, scores: Scores) -> Tensor:
        return bounds.dv(scores.joint, scores.marginal.flatten(1))

    def diagnostics(self, mi: float, scores: Scores) -> Iterable[Finding | None]:
        return [far_from_plug_in(mi, float(scores.joint.mean()))]
