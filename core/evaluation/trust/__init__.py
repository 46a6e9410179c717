"""How far an estimate of mutual information may be believed, and why: small checks, each a sentence or nothing.

Every check is a pure function that returns a `Finding` or None. Red means: do not quote this figure. Amber: quote it
with the reason beside it. A method adds what only it can know (its ceiling, its folds) through `assess_trust(…, extra=…)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.evaluation.trust.finding import UNNAMED, Finding, Names
from core.evaluation.trust.interval import interval_of, possible, widened
from core.evaluation.trust.of_data import constant, duplicates, few_rows, ties
from core.evaluation.trust.of_estimates import (
    beyond_resolution,
    far_from_plug_in,
    folds_disagree,
    near_ceiling,
    negative,
    overfitted,
    overfitted_at_the_end,
    rising,
    stopped,
    wide,
)
from core.evaluation.trust.of_values import beyond_entropy, last_digits, most
from core.evaluation.trust.relations import deterministic
from core.evaluation.trust.serial import serial, widening
from core.method import Array, Step

Check = Callable[[Array, Array, Names], Finding | None]
DATA_CHECKS: tuple[Check, ...] = (few_rows, constant, ties, duplicates, deterministic, last_digits, serial)


@dataclass(frozen=True)
class Trust:
    """The verdict on an estimate: its gravest finding's colour, and all reasons, the gravest first."""

    level: Literal["green", "amber", "red"]
    reasons: tuple[str, ...] = ()


def assess_trust(
    x: Array,
    y: Array,
    mi: float,
    *,
    interval: tuple[float, float] | None = None,
    history: Sequence[Step] | None = None,
    extra: Iterable[Finding | None] = (),
    checks: Iterable[Check] | None = None,
    names: Names = UNNAMED,
) -> Trust:
    """The trust in an estimate of I(X; Y) = mi nats from rows x (n, dx) and y (n, dy).

    `history` holds the steps of a training with their "mi" and "mi_held_out"; `extra` what the method found itself;
    `checks` replaces the checks of the data, `DATA_CHECKS`, for a method to which some do not apply (ties do not
    trouble a histogram); `names` is what reasons call the columns.
    """
    x, y = _columns(x), _columns(y)
    findings = [check(x, y, names) for check in (DATA_CHECKS if checks is None else checks)]
    findings += [beyond_resolution(mi, len(x)), beyond_entropy(x, y, mi), negative(mi), wide(mi, interval)]
    findings += [overfitted_at_the_end(history)] if history else []
    return verdict([*findings, *extra])


def verdict(findings: Iterable[Finding | None]) -> Trust:
    """The findings as one."""
    reasons = sorted((f for f in findings if f is not None), key=lambda f: f.severity != "red")
    return Trust(reasons[0].severity if reasons else "green", tuple(dict.fromkeys(f.sentence for f in reasons)))


def _columns(values: Array) -> Array:
    values = np.asarray(values, dtype=np.float64)
    return values.reshape(len(values), -1)


__all__ = [
    "DATA_CHECKS",
    "Check",
    "Finding",
    "Names",
    "Trust",
    "assess_trust",
    "beyond_entropy",
    "beyond_resolution",
    "constant",
    "deterministic",
    "duplicates",
    "far_from_plug_in",
    "few_rows",
    "folds_disagree",
    "interval_of",
    "last_digits",
    "most",
    "near_ceiling",
    "negative",
    "overfitted",
    "possible",
    "rising",
    "serial",
    "stopped",
    "ties",
    "verdict",
    "wide",
    "widened",
    "widening",
]
