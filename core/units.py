"""Nats everywhere inside; bits, and the correlation that a value of MI amounts to, at the edge."""

from __future__ import annotations

import math

LN2 = math.log(2.0)


def to_bits(nats: float) -> float:
    """I / ln 2."""
    return nats / LN2


def to_nats(bits: float) -> float:
    """I · ln 2."""
    return bits * LN2


def per_nat(unit: str) -> float:
    """How many of `unit`, "nats" or "bits", one nat is."""
    return 1 / LN2 if unit == "bits" else 1.0


def equivalent_correlation(mi: float) -> float:
    """|ρ| of the bivariate Gaussian with this MI in nats: √(1 − e^(−2I)); 0 for estimates at or below 0."""
    return math.sqrt(-math.expm1(-2.0 * mi)) if mi > 0 else 0.0
