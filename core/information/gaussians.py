"""Entropy, divergence and mutual information of Gaussians by their covariance, in nats.

A split s makes X the first s coordinates and Y the others. Differential entropy may be negative; KL and MI are not.
All is read off Cholesky factors, so that no determinant overflows.

Reference: Cover & Thomas (2006), Elements of Information Theory, 2nd ed., chapter 8; each function names its equation.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from core.information.tables import Array, numbers
from core.sentences import Sentence

_SYMMETRY = 1e-9  # in correlations: far above the rounding of a covariance that was computed, far below a typed digit


def gaussian_entropy(covariance: ArrayLike) -> float:
    """h(X) = ½ ln det(2πe Σ) in nats, of the covariance Σ (d, d); may be negative.

    Errors: ValueError unless Σ is symmetric and positive definite. Reference: Cover & Thomas (2006), theorem 8.4.1.
    """
    return _entropy(_cholesky(_covariance(covariance, "covariance"), "covariance"))


def gaussian_conditional_entropy(covariance: ArrayLike, split: int, given: Literal["x", "y"] = "y") -> float:
    """h(X|Y) = h(X, Y) − h(Y) = ½ ln det(2πe (Σxx − Σxy Σyy⁻¹ Σyx)) in nats, of Σ (d, d); with given="x", h(Y|X).

    Errors: ValueError unless Σ is symmetric and positive definite and 1 ≤ split < d, or for another `given`.
    Reference: Cover & Thomas (2006), eq. 8.32–8.33 and theorem 8.4.1.
    """
    sigma = _covariance(covariance, "covariance")
    _check_split(split, len(sigma))
    if given not in ("x", "y"):
        raise ValueError(Sentence("given={given!r:.80} is not one of 'x' and 'y'", given=given))
    known = split
    if given == "y":  # the factor's last block belongs to what comes last given what comes first
        sigma, known = np.roll(sigma, (-split, -split), axis=(0, 1)), len(sigma) - split
    return _entropy(_cholesky(sigma, "covariance")[known:, known:])


def gaussian_mutual_information(covariance: ArrayLike, split: int) -> float:
    """I(X; Y) = ½ ln det Σxx det Σyy / det Σ in nats, of Σ (d, d); −½ ln(1 − ρ²) for two coordinates.

    Errors: ValueError unless Σ is symmetric and positive definite and 1 ≤ split < d.
    Reference: Cover & Thomas (2006), eq. 8.47 and example 8.5.1.
    """
    sigma = _covariance(covariance, "covariance")
    _check_split(split, len(sigma))
    factor = _cholesky(sigma, "covariance")
    alone = _cholesky(sigma[split:, split:], "covariance")
    # h(Y) − h(Y|X): the ratios of the pivots, each at least 1 in the product; only rounding goes below 0.
    return max(0.0, float(np.log(np.diag(alone) / np.diag(factor)[split:]).sum()))


def gaussian_kl(mean_p: ArrayLike, covariance_p: ArrayLike, mean_q: ArrayLike, covariance_q: ArrayLike) -> float:
    """KL(p‖q) = ½ (tr Σq⁻¹Σp + (μq − μp)ᵀ Σq⁻¹ (μq − μp) − d + ln det Σq/det Σp) in nats; means (d,), covariances (d, d).

    Errors: ValueError unless both covariances are symmetric and positive definite and all four agree in d.
    Reference: Cover & Thomas (2006), eq. 8.46, with theorem 8.4.1 and Gaussian densities.
    """
    sigma_p, sigma_q = _covariance(covariance_p, "covariance_p"), _covariance(covariance_q, "covariance_q")
    d = len(sigma_p)
    if len(sigma_q) != d:
        raise ValueError(
            Sentence(
                "covariance_q is {n_sigma_q} × {n_sigma_q}; it must be {d} × {d}, as covariance_p is",
                n_sigma_q=len(sigma_q),
                d=d,
            )
        )
    shift = _mean(mean_q, "mean_q", d) - _mean(mean_p, "mean_p", d)
    factor = _cholesky(sigma_q, "covariance_q")
    ratio = np.linalg.solve(factor, _cholesky(sigma_p, "covariance_p"))  # lower triangular, the identity where Σp = Σq
    logs = 2.0 * np.log(np.diag(ratio))
    # a − 1 − ln a for a = exp(logs), by expm1: trace minus d would lose the digits of a small divergence.
    spread = (np.expm1(logs) - logs).sum() + (np.tril(ratio, -1) ** 2).sum()
    return 0.5 * float(spread + (np.linalg.solve(factor, shift) ** 2).sum())


def _entropy(factor: Array) -> float:
    return float(np.log(np.diag(factor)).sum() + 0.5 * len(factor) * np.log(2.0 * np.pi * np.e))


def _check_split(split: int, d: int) -> None:
    if d < 2:
        raise ValueError(Sentence("covariance has one coordinate; X and Y need one each, so give at least two"))
    whole = isinstance(split, (int, np.integer)) and not isinstance(split, bool)
    if not whole or not 1 <= split < d:
        raise ValueError(
            Sentence(
                "split={split!r:.80} is not a whole number from 1 to {d}, one less than the coordinates",
                split=split,
                d=d - 1,
            )
        )


def _covariance(values: ArrayLike, name: str) -> Array:
    sigma = numbers(values, name)
    if sigma.ndim != 2 or sigma.shape[0] != sigma.shape[1] or sigma.size == 0:
        raise ValueError(
            Sentence(
                "{name} has the shape {shape}; it must be square, [[variance]] for one coordinate",
                name=name,
                shape=sigma.shape,
            )
        )
    if (np.diag(sigma) <= 0).any():
        raise ValueError(
            Sentence(
                "{name} has the variance {minimum:.6g} on its diagonal; it must be above 0",
                name=name,
                minimum=np.diag(sigma).min(),
            )
        )
    scale = np.sqrt(np.diag(sigma))
    if (np.abs(sigma - sigma.T) > _SYMMETRY * scale[:, None] * scale).any():
        raise ValueError(Sentence("{name} is not symmetric; entry (i, j) must equal entry (j, i)", name=name))
    return 0.5 * sigma + 0.5 * sigma.T


def _cholesky(sigma: Array, name: str) -> Array:
    """The lower factor; its squared pivot over the variance is 1 − R² of a coordinate on those before it."""
    singular = Sentence("{name} is not positive definite; take out a coordinate that the others determine", name=name)
    try:
        factor: Array = np.asarray(np.linalg.cholesky(sigma), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise ValueError(singular) from error
    # A singular matrix may pass by rounding: 1 − R² below d ε is noise, and so would be its logarithm.
    if (np.diag(factor) ** 2 <= len(sigma) * np.finfo(float).eps * np.diag(sigma)).any():
        raise ValueError(singular)
    return factor


def _mean(values: ArrayLike, name: str, d: int) -> Array:
    mean = numbers(values, name)
    if mean.shape != (d,):
        raise ValueError(
            Sentence(
                "{name} has the shape {shape}; it must be ({d},), a number for each coordinate",
                name=name,
                shape=mean.shape,
                d=d,
            )
        )
    return mean
