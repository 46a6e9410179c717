"""Nats everywhere inside; bits, and the correlation that a value of MI amounts to, at the edge."""

from __future__ import annotations

import math
import re
from typing import Any

from core.sentences import Sentence

_AMOUNT = re.compile(
    r"\{(\w+):\.\d+[fg]\}"
)  # in a sentence of nats; rows are counted without decimals, shares have a %
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


def says_nats(template: str) -> bool:
    """Whether a sentence's template states information, in nats."""
    return re.search(r"\bnats\b", template) is not None


def in_bits(sentence: str) -> str:
    """The sentence with its amounts of information in bits, and those of its parts; its template still says nats, by which it
    is translated."""
    if not isinstance(sentence, Sentence):
        return sentence
    amounts = set(_AMOUNT.findall(sentence.template)) if says_nats(sentence.template) else set()

    def scaled(name: str, value: Any) -> Any:
        return to_bits(value) if name in amounts and isinstance(value, (int, float)) else in_bits(value)

    values = {name: scaled(name, value) for name, value in sentence.values.items()}
    return Sentence(sentence.template, many=sentence.many, **values)


def equivalent_correlation(mi: float) -> float:
    """|ρ| of the bivariate Gaussian with this MI in nats: √(1 − e^(−2I)); 0 for estimates at or below 0."""
    return math.sqrt(-math.expm1(-2.0 * mi)) if mi > 0 else 0.0
