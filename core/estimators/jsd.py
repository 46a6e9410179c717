"""JSD: a critic trained like a classifier, true pairs against shuffled ones; the estimate is read off its log-ratio."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from torch import Tensor

from core.estimators._critic.estimator import NeuralEstimator
from core.estimators._critic.scores import Scores
from core.evaluation.trust import Finding, far_from_plug_in
from core.learning import bounds


@dataclass(eq=False, repr=False, kw_only=True)
class JSD(NeuralEstimator):
    """Ascends the logistic (Jensen–Shannon) objective, which is no MI, and reports a bound of the learned log-ratio.

    The best critic is T = log p(x, y) / p(x)p(y). Reported is DV of T, or NWJ of T + 1.

    References: Hjelm et al. (2019), Deep InfoMax, arXiv:1808.06670; Poole et al. (2019), arXiv:1905.06922, section 2.
    """

    title: ClassVar[str] = "JSD (logistic)"
    look: ClassVar[int | None] = 2
    reference: ClassVar[str] = (
        "Hjelm et al., 2019, Learning deep representations by mutual information, arXiv:1808.06670"
    )

    reports: Annotated[Literal["dv", "nwj"], "The bound that the learned log-ratio is put in."] = "dv"

    def objective(self, scores: Scores) -> Tensor:
        return bounds.jsd(scores.joint, scores.marginal.flatten(1))

    def report(self, scores: Scores) -> Tensor:
        if self.reports == "nwj":
            return bounds.nwj(scores.joint + 1.0, scores.marginal.flatten(1) + 1.0)
        return bounds.dv(scores.joint, scores.marginal.flatten(1))

    def diagnostics(self, mi: float, scores: Scores) -> Iterable[Finding | None]:
        return [far_from_plug_in(mi, float(scores.joint.mean()))]
