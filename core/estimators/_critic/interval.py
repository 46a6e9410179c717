"""How far an estimate by a critic may be off, by its rows and by its folds."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import t as student
from torch import Tensor

from core.estimators._critic.scores import Scores
from core.learning.critics import partners


def from_rows(scores: Scores, log_partition: Tensor) -> float:
    """1.96 standard errors from the rows: each one's influence, as the first member of its pairs and as the second.

    ψ_i = (T_ii − log Z) − ā_i − b̄_i with a, b the means of exp(T) / Z over the pairs that row i is in.
    """
    joint, ratio = scores.joint - log_partition, (scores.marginal - log_partition[:, None]).exp()
    # Row j is the second member of the pair (i, j) with i = j + shift.
    first = partners(joint.shape[1], [-shift for shift in scores.shifts], joint.device)
    influence = joint - ratio.mean(1) - ratio.gather(2, first.expand_as(ratio)).mean(1)
    influence = influence - influence.mean(1, keepdim=True)
    return 1.96 * float(influence.std()) / math.sqrt(influence.numel())


def from_folds(values: list[float]) -> float:
    """Student's 95 % half-width of the mean of the folds' estimates; folds share training rows, so it is a rough one."""
    k = len(values)
    return float(student.ppf(0.975, k - 1) * np.std(values, ddof=1) / math.sqrt(k)) if k > 1 else 0.0
