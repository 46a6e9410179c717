"""NWJ: the bound of Nguyen, Wainwright and Jordan, which f-GANs know as their KL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from core.estimators._critic.estimator import NeuralEstimator
from core.estimators._critic.scores import Scores
from core.learning import bounds


@dataclass(eq=False, repr=False, kw_only=True)
class NWJ(NeuralEstimator):
    """Ascends and reports E_p[T] − E_q[exp(T − 1)]: no logarithm, hence no bias, and more variance where MI is high.

    References: Nguyen, Wainwright & Jordan (2010), arXiv:0809.0853; Nowozin et al. (2016), f-GAN, arXiv:1606.00709.
    """

    title: ClassVar[str] = "NWJ (f-GAN KL)"
    look: ClassVar[int | None] = 1
    reference: ClassVar[str] = "Nguyen, Wainwright & Jordan, 2010, Estimating divergence functionals, arXiv:0809.0853"

    def objective(self, scores: Scores) -> Tensor:
        return bounds.nwj(scores.joint, scores.marginal.flatten(1))

    report = objective

    def log_partition(self, scores: Scores) -> Tensor:
        """1, as this bound takes it: T is 1 more than a log-ratio."""
        return torch.ones_like(scores.joint[:, :1])
