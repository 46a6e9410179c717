"""MINE: a critic that ascends the Donsker–Varadhan bound, its gradient corrected by a moving average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from core.estimators._critic.estimator import NeuralEstimator
from core.estimators._critic.scores import Scores
from core.learning import bounds
from core.params import Range


@dataclass(eq=False, repr=False, kw_only=True)
class MINE(NeuralEstimator):
    """Mutual information neural estimation: ascends and reports E_p[T] − log E_q[exp T].

    The gradient of the logarithm is E_q[exp T ∇T] / E_q[exp T]; with the denominator from the same small batch it is
    biased, so the denominator is a moving average over batches.

    References: Belghazi et al. (2018), Mutual Information Neural Estimation, arXiv:1801.04062, section 3.2.
    """

    title: ClassVar[str] = "MINE"
    rank: ClassVar[int] = 0
    look: ClassVar[int | None] = 0
    reference: ClassVar[str] = "Belghazi et al., 2018, Mutual Information Neural Estimation, arXiv:1801.04062"

    ema: Annotated[
        float, Range(0.001, 1.0, log=True), "Weight of each new batch in the moving average; 1 is no correction."
    ] = 0.05

    def objective(self, scores: Scores) -> Tensor:
        return bounds.dv(scores.joint, scores.marginal.flatten(1))

    report = objective

    def ascend(self, scores: Scores, objective: Tensor, state: dict[str, Tensor]) -> Tensor:
        log_z = bounds.log_mean_exp(scores.marginal.flatten(1))
        new = log_z.detach()
        if "log_average" in state:
            rate = torch.tensor([1.0 - self.ema, self.ema], device=new.device).log()
            new = torch.logaddexp(state["log_average"] + rate[0], new + rate[1])
        state["log_average"] = new
        return scores.joint.mean(1) - (log_z - new).exp()
