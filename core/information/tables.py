"""Entropy, divergence and mutual information of probability tables, in nats, with 0 · ln 0 = 0.

A joint table has a row for each value of X and a column for each value of Y. A table must sum to 1 within 1e-6;
what is left of that is then divided out, so that the identities between the quantities hold to rounding.

Reference: Cover & Thomas (2006), Elements of Information Theory, 2nd ed., chapter 2; each function names its section.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.arrays import plain
from core.sentences import Sentence

Array = NDArray[np.float64]

_SUM = 1e-6  # how far from 1 a table may sum: what single precision rounds, far below what a typed digit changes


def self_information(p: ArrayLike) -> Array:
    """−ln p of each probability in nats, in the shape of p (0-d for a number); ∞ where p = 0.

    Errors: ValueError unless every p lies from 0 to 1. Reference: Cover & Thomas (2006), §2.1.
    """
    return 0.0 - _log(_probabilities(p))  # 0 − 0, because −ln 1 would read −0.0


def entropy(p: ArrayLike) -> float:
    """H(X) = −Σ p ln p in nats, of the table p (k,).

    Errors: ValueError for a table that is not one. Reference: Cover & Thomas (2006), eq. 2.1.
    """
    return _cross(_table(p, "p", 1))


def binary_entropy(p: ArrayLike) -> Array:
    """H(p) = −p ln p − (1 − p) ln(1 − p) in nats of each p, in the shape of p (0-d for a number); ln 2 at p = ½.

    Errors: ValueError unless every p lies from 0 to 1. Reference: Cover & Thomas (2006), eq. 2.5.
    """
    p = _probabilities(p)
    # ln(1 − p) by log1p: for small p, 1 − p has lost the digits that the second term is made of.
    rest = np.log1p(-p, out=np.zeros_like(p), where=p < 1)
    return 0.0 - p * _log(p, zero=0.0) - (1.0 - p) * rest


def joint_entropy(joint: ArrayLike) -> float:
    """H(X, Y) = −Σ p(x, y) ln p(x, y) in nats, of the table joint (kx, ky).

    Errors: ValueError for a table that is not one. Reference: Cover & Thomas (2006), eq. 2.8.
    """
    return _cross(_table(joint, "joint", 2))


def conditional_entropy(joint: ArrayLike, given: Literal["x", "y"] = "y") -> float:
    """H(X|Y) = −Σ p(x, y) ln p(x|y) in nats, of the table joint (kx, ky); with given="x", H(Y|X).

    Errors: ValueError for a table that is not one, or another `given`. Reference: Cover & Thomas (2006), eq. 2.12.
    """
    p = _table(joint, "joint", 2)
    if given not in ("x", "y"):
        raise ValueError(Sentence("given={given!r:.80} is not one of 'x' and 'y'", given=given))
    condition = p.sum(axis=0 if given == "y" else 1, keepdims=True)
    return _least_zero(-(p * (_log(p, zero=0.0) - _log(condition, zero=0.0))).sum())


def cross_entropy(p: ArrayLike, q: ArrayLike) -> float:
    """H(p, q) = −Σ p ln q = H(p) + KL(p‖q) in nats, of tables of one shape; ∞ where q = 0 < p.

    Errors: ValueError for a table that is not one, or two shapes. Reference: Cover & Thomas (2006), theorem 5.4.3.
    """
    return _cross(*_pair(p, q))


def kl(p: ArrayLike, q: ArrayLike) -> float:
    """KL(p‖q) = Σ p ln p/q in nats, of tables of one shape; ≥ 0, and ∞ where q = 0 < p.

    Errors: ValueError for a table that is not one, or two shapes. Reference: Cover & Thomas (2006), eq. 2.26.
    """
    p, q = _pair(p, q)
    here = p > 0
    return _least_zero((p[here] * (_log(p[here]) - _log(q[here]))).sum())


def js(p: ArrayLike, q: ArrayLike) -> float:
    """JS(p, q) = ½ KL(p‖m) + ½ KL(q‖m), m = (p + q)/2, in nats, of tables of one shape; from 0 to ln 2, always finite.

    Errors: ValueError for a table that is not one, or two shapes.
    Reference: Lin (1991), Divergence measures based on the Shannon entropy, eq. 4.1; KL as Cover & Thomas (2006), eq. 2.26.
    """
    p, q = _pair(p, q)
    # p + q, not its half: the half of the smallest number is 0, and the divergence would be infinite there.
    double = _log(p + q, zero=0.0) - np.log(2.0)
    parts = (side * (_log(side, zero=0.0) - double) for side in (p, q))
    # The bounds are theorems; only rounding passes them.
    return float(np.clip(0.5 * sum(part.sum() for part in parts), 0.0, np.log(2.0)))


def mutual_information(joint: ArrayLike) -> float:
    """I(X; Y) = Σ p(x, y) ln p(x, y)/p(x)p(y) in nats, of the table joint (kx, ky); ≥ 0.

    Errors: ValueError for a table that is not one. Reference: Cover & Thomas (2006), eq. 2.28.
    """
    p = _table(joint, "joint", 2)
    return _least_zero((p[p > 0] * _log_ratio(p)[p > 0]).sum())


def pointwise_mi(joint: ArrayLike) -> Array:
    """ln p(x, y)/p(x)p(y) in nats of each cell, (kx, ky); −∞ where p(x, y) = 0. Its mean under the table is I(X; Y).

    Errors: ValueError for a table that is not one. Reference: Cover & Thomas (2006), eq. 2.28; Church & Hanks (1990).
    """
    return _log_ratio(_table(joint, "joint", 2))


def _log_ratio(p: Array) -> Array:
    # Differences of logarithms: the product of two small margins would become 0.
    margins = _log(p.sum(axis=1, keepdims=True), zero=0.0) + _log(p.sum(axis=0), zero=0.0)
    return _log(p) - margins


def _cross(p: Array, q: Array | None = None) -> float:
    here = p > 0
    return _least_zero(-(p[here] * _log(p if q is None else q)[here]).sum())


def _least_zero(value: float) -> float:
    """None of these is negative (Cover & Thomas, theorem 2.6.3); only rounding is, by some 1e-16."""
    return max(0.0, float(value))


def _log(p: Array, zero: float = -np.inf) -> Array:
    return np.log(p, out=np.full_like(p, zero), where=p > 0)


def _pair(p: ArrayLike, q: ArrayLike) -> tuple[Array, Array]:
    p, q = _table(p, "p"), _table(q, "q")
    if p.shape != q.shape:
        raise ValueError(
            Sentence(
                "p has the shape {p_shape} and q {q_shape}; give both the same shape", p_shape=p.shape, q_shape=q.shape
            )
        )
    return p, q


def _table(values: ArrayLike, name: str, dimensions: int | None = None) -> Array:
    p = numbers(values, name)
    if p.ndim == 0 or p.size == 0 or (dimensions is not None and p.ndim != dimensions):
        wanted = "at least one dimension" if dimensions is None else f"{dimensions} dimension{'s'[: dimensions - 1]}"
        raise ValueError(
            Sentence(
                "{name} has the shape {shape}; it must have {wanted} and a number in it",
                name=name,
                shape=p.shape,
                wanted=wanted,
            )
        )
    if (p < 0).any():
        raise ValueError(Sentence("{name} holds {min_p:.6g}; a probability is at least 0", name=name, min_p=p.min()))
    total = p.sum()
    if abs(total - 1.0) > _SUM:
        raise ValueError(
            Sentence(
                "{name} sums to {total:.10g}; it must sum to 1 within {sum:g}, so divide it by its sum",
                name=name,
                total=total,
                sum=_SUM,
            )
        )
    return p / total


def _probabilities(values: ArrayLike) -> Array:
    p = numbers(values, "p")
    outside = p[(p < 0) | (p > 1)]
    if outside.size:
        raise ValueError(Sentence("p holds {outside:.6g}; a probability lies from 0 to 1", outside=outside[0]))
    return p


def numbers(values: ArrayLike, name: str) -> Array:
    """Finite real numbers as float64, in their shape. Errors: ValueError that says what `name` holds instead."""
    try:
        array = np.asarray(plain(values))
    except ValueError as error:
        raise ValueError(
            Sentence("{name} is not rows of equally many numbers; fill the short ones", name=name)
        ) from error
    if array.dtype.kind not in "iuf":
        raise ValueError(Sentence("{name} holds {kind}; give real numbers", name=name, kind=array.dtype.name))
    if not np.isfinite(array).all():
        raise ValueError(
            Sentence("{name} holds a value that is not a finite number; fill it or take it out", name=name)
        )
    return array.astype(np.float64)
