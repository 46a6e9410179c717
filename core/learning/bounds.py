"""Variational bounds and objectives as pure functions of a critic's scores, in nats (but see `jsd`).

joint (..., n): scores T(x_i, y_i) of true pairs. marginal (..., m): scores of pairs whose parts come from different
rows. Leading dimensions (folds, seeds, pairs of columns) are batched; each function gives one number for each.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


def log_mean_exp(scores: Tensor) -> Tensor:
    """log (1/m) Σ exp T_j over the last dimension, without overflow."""
    return scores.logsumexp(-1) - math.log(scores.shape[-1])


def dv(joint: Tensor, marginal: Tensor) -> Tensor:
    """E_p[T] − log E_q[exp T]; unchanged by adding a constant to T; a lower bound of I in expectation over large m.

    References: Donsker & Varadhan (1983); Belghazi et al. (2018), arXiv:1801.04062, equation 10.
    """
    return joint.mean(-1) - log_mean_exp(marginal)


def nwj(joint: Tensor, marginal: Tensor) -> Tensor:
    """E_p[T] − E_q[exp(T − 1)]: an unbiased lower bound of I, tight where T = 1 + log p(x, y) / p(x)p(y).

    References: Nguyen, Wainwright & Jordan (2010), arXiv:0809.0853; f-GAN's KL, Nowozin et al. (2016), arXiv:1606.00709.
    """
    return joint.mean(-1) - (log_mean_exp(marginal) - 1.0).exp()


def jsd(joint: Tensor, marginal: Tensor) -> Tensor:
    """E_p[−softplus(−T)] − E_q[softplus(T)] ≤ 0: the logistic objective. It is *not* a mutual information.

    Greatest where T = log p(x, y) / p(x)p(y), where it is 2 JS − 2 ln 2 for the Jensen–Shannon divergence JS.

    References: Hjelm et al. (2019), arXiv:1808.06670, equation 4.
    """
    return -F.softplus(-joint).mean(-1) - F.softplus(marginal).mean(-1)


def smile(joint: Tensor, marginal: Tensor, clip: float) -> Tensor:
    """E_p[T] − log E_q[exp clip(T, −τ, τ)]: Donsker–Varadhan with a tamed partition function; no longer a bound.

    References: Song & Ermon (2020), arXiv:1910.06222, equation 12.
    """
    return dv(joint, marginal.clamp(-clip, clip))


def infonce(matrix: Tensor) -> Tensor:
    """E_i[T_ii − log (1/b) Σ_j exp T_ij] of a score matrix (..., n, b), T_ij = T(x_i, y_j); never above ln b; n ≤ b.

    References: van den Oord et al. (2018), arXiv:1807.03748; Poole et al. (2019), arXiv:1905.06922, equation 10.
    """
    return _Partner.apply(matrix).mean(-1) + math.log(matrix.shape[-1])


class _Partner(torch.autograd.Function):
    """log softmax of the diagonal of a matrix (..., n, b), (..., n): the log-probability that each row finds its partner.

    Scores of b candidates may lie hundreds apart, and the gradient of the far ones, below e^−87, is of numbers that a processor
    takes ten times as long for. They have that of e^−60 instead, which no sum of floats can tell from 0.
    """

    @staticmethod
    def forward(ctx: Any, matrix: Tensor) -> Tensor:  # type: ignore[override]
        found = matrix.log_softmax(-1)
        ctx.save_for_backward(found)
        return found.diagonal(dim1=-2, dim2=-1).contiguous()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (found,), (gradient,) = ctx.saved_tensors, gradients
        ascent = found.clamp(min=-60.0).exp_().mul_(-gradient[..., None])
        ascent.diagonal(dim1=-2, dim2=-1).add_(gradient)
        return ascent


def contrast(joint: Tensor, marginal: Tensor) -> Tensor:
    """InfoNCE where each true pair (..., n) brings its own s negatives (..., s, n); never above ln(s + 1).

    With the off-diagonal entries of a matrix as negatives it equals `infonce` of that matrix.
    """
    total = torch.logaddexp(joint, marginal.logsumexp(-2))
    return (joint - total).mean(-1) + math.log(marginal.shape[-2] + 1)


def anchored(joint: Tensor, marginal: Tensor) -> Tensor:
    """InfoNCE with one more answer, "no candidate is the partner", which is right as often as each of the others.

    Each true pair (..., n) and s negatives (..., s, n) give an x its partner among s candidates, or none; the logits are T
    and, for none, 0. Greatest where T = log p(x, y) / p(x)p(y), to the constant that InfoNCE leaves free. For s = 1 it is
    `jsd` / 2. It is *not* a mutual information.

    References: Ryu et al. (2025), Contrastive Predictive Coding Done Right for Mutual Information Estimation,
    arXiv:2510.25983.
    """
    s = marginal.shape[-2]
    none = torch.zeros_like(joint)
    # The last negative is a candidate only where the partner is not: there are s of them either way.
    found = joint - torch.cat([none[..., None, :], joint[..., None, :], marginal[..., : s - 1, :]], -2).logsumexp(-2)
    absent = -torch.cat([none[..., None, :], marginal], -2).logsumexp(-2)
    return (s * found.mean(-1) + absent.mean(-1)) / (s + 1)
