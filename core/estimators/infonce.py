"""InfoNCE: find the true partner among B candidates; it can never say more than ln B."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from torch import Tensor

from core.estimators._critic.estimator import NeuralEstimator
from core.estimators._critic.scores import Scores
from core.evaluation.trust import Finding, near_ceiling
from core.learning import bounds
from core.params import Range
from core.sentences import Sentence

_PAIRS = 20_000_000  # of held-out rows with their candidates, 80 MB: these may be more than in training


@dataclass(eq=False, repr=False, kw_only=True)
class InfoNCE(NeuralEstimator):
    """Ascends and reports E_i[T_ii − log (1/B) Σ_j exp T_ij] with B candidates, the partner among them: low variance, ≤ ln B.

    References: van den Oord et al. (2018), arXiv:1807.03748; Poole et al. (2019), arXiv:1905.06922, equation 10.
    """

    by_row: ClassVar[bool] = True
    title: ClassVar[str] = "InfoNCE"
    look: ClassVar[int | None] = 3
    reference: ClassVar[str] = "van den Oord et al., 2018, Contrastive predictive coding, arXiv:1807.03748"

    critic: Annotated[
        Literal["concat", "separable", "bilinear"],
        "How the critic sees a pair; with hundreds of candidates the separable one is by far the fastest.",
    ] = "separable"
    batch_size: Annotated[int, Range(4, 100_000, log=True), "Pairs in a training step, for each fold."] = 256
    negatives: Annotated[
        int | None,
        Range(1, 4096, log=True),
        "Wrong candidates for each row, at most all others of its batch; B is one more. Empty: all of its batch in training, "
        "and, but for the concat critic, all of its fold when the result is scored, as long as memory likes.",
    ] = None

    def objective(self, scores: Scores) -> Tensor:
        if scores.matrix is not None:
            return bounds.infonce(scores.matrix)
        return bounds.contrast(scores.joint, scores.marginal)

    report = objective

    def log_partition(self, scores: Scores) -> Tensor:
        """Each row's own: its true partner is one of its candidates."""
        if scores.matrix is not None:
            return bounds.log_mean_exp(scores.matrix)
        return bounds.log_mean_exp(torch.cat([scores.joint[:, None], scores.marginal], 1).transpose(1, 2))

    def shuffled(self, estimate: float) -> int:
        return self.batch_size - 1 if self.negatives is None else self.negatives

    def partners(self, each: int, affordable: int, held_out: int, estimate: float) -> int:
        """As many candidates as in training, or more where the bound would feel their number: its bias is about e^I / 2B."""
        few = min(self.shuffled(estimate), self.batch_size - 1)
        told = self.negatives is not None or self.critic == "concat"  # whose every pair goes through its network
        enough = told or estimate < math.log(self.batch_size) / 2
        return min(each - 1, few if enough else max(few, _PAIRS // held_out))

    def diagnostics(self, mi: float, scores: Scores) -> Iterable[Finding | None]:
        candidates = scores.marginal.shape[1] + 1
        return [near_ceiling(mi, math.log(candidates), Sentence("ln B (B = {candidates})", candidates=candidates))]
