"""How far an estimate of mutual information may be believed, and why: small checks, each a sentence or nothing.

Every check is a pure function that returns a `Finding` or None. Red means: do not quote this figure. Amber: quote it
with the reason beside it. A method adds what only it can know (its ceiling, its folds) through `judge(…, extra=…)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from core.method import Array, Step

Severity = Literal["amber", "red"]


class Finding(NamedTuple):
    """One reason for doubt: how grave it is, and a plain sentence."""

    severity: Severity
    sentence: str


@dataclass(frozen=True)
class Trust:
    """The verdict on an estimate: its gravest finding's colour, and all reasons, the gravest first."""

    level: Literal["green", "amber", "red"]
    reasons: tuple[str, ...] = ()


def judge(
    x: Array,
    y: Array,
    mi: float,
    *,
    interval: tuple[float, float] | None = None,
    history: Sequence[Step] | None = None,
    extra: Iterable[Finding | None] = (),
    checks: Iterable[Callable[[Array, Array], Finding | None]] | None = None,
) -> Trust:
    """The trust in an estimate of I(X; Y) = mi nats from rows x (n, dx) and y (n, dy).

    `history` holds the steps of a training with their "mi" and "mi_held_out"; `extra` what the method found itself;
    `checks` replaces the checks of the data, `DATA_CHECKS`, for a method to which some do not apply (ties do not
    trouble a histogram).
    """
    x, y = _columns(x), _columns(y)
    found = [check(x, y) for check in (DATA_CHECKS if checks is None else checks)]
    found += [beyond_resolution(mi, len(x)), negative(mi), wide(mi, interval)]
    found += [_overfitted_at_the_end(history)] if history else []
    reasons = sorted((f for f in [*found, *extra] if f is not None), key=lambda f: f.severity != "red")
    return Trust(reasons[0].severity if reasons else "green", tuple(dict.fromkeys(f.sentence for f in reasons)))


def few_rows(x: Array, y: Array) -> Finding | None:
    """Fewer than 50 rows a column: held-out estimates fall short; fewer than 15: they say nothing."""
    n, d = len(x), x.shape[1] + y.shape[1]
    if n >= 50 * d:
        return None
    return Finding(
        "red" if n < 15 * d else "amber",
        f"{n:,} rows are few for {d} columns in all: at least {50 * d:,} are wanted, and an estimate from fewer is "
        "unreliable.",
    )


def constant(x: Array, y: Array) -> Finding | None:
    """A side without variation shares no information with anything: 0 is exact, but hardly what was asked."""
    still = [name for name, side in (("x", x), ("y", y)) if (side == side[:1]).all()]
    if not still:
        return None
    return Finding("amber", f"{' and '.join(still)} never change{'s' if len(still) == 1 else ''}, so the MI is 0.")


def ties(x: Array, y: Array) -> Finding | None:
    """More than one row in ten repeats a value of its column: the data are not continuous."""
    for name, side in (("x", x), ("y", y)):
        distinct = _distinct(side)
        worst = int(distinct.argmin())
        if 1 < distinct[worst] < 0.9 * len(side):
            return Finding(
                "amber",
                f"Column {worst + 1} of {name} has ties: {distinct[worst]:,} different values in {len(side):,} rows. "
                "Estimators for continuous values can be off.",
            )
    return None


def duplicates(x: Array, y: Array) -> Finding | None:
    """Rows that occur twice cross from the training rows to the held-out ones and inflate the estimate.

    Columns with few values repeat rows by themselves, so rows count only where some column is nearly continuous.
    """
    rows = np.ascontiguousarray(np.hstack([x, y]))
    if _distinct(rows).max() < len(rows) / 5:
        return None
    repeated = 1 - len(np.unique(rows, axis=0)) / len(rows)
    if repeated <= 0.01:
        return None
    return Finding(
        "red" if repeated > 0.2 else "amber",
        f"{repeated:.0%} of the rows repeat an earlier one; repeats are no new evidence and raise the estimate.",
    )


def deterministic(x: Array, y: Array) -> Finding | None:
    """One column that is a function of another, both continuous: the MI is infinite.

    In the order of one column, the ranks of the other move by a few places only: MI beyond what n rows can resolve.
    """
    n, few = len(x), 5  # rank places; noise moves n/3 on average, a curve with t turning points about 2t
    if n < 20:
        return None
    xs, ys = _continuous(x)[:20], _continuous(y)[:20]
    for i in xs:
        for j in ys:
            a, b = x[:, i], y[:, j]
            jumps = (np.abs(np.diff(_ranks(q)[np.argsort(p, kind="stable")])).mean() for p, q in ((a, b), (b, a)))
            if min(jumps) < min(few, n / 10):
                return Finding(
                    "red",
                    f"Column {i + 1} of x and column {j + 1} of y determine each other as far as {n:,} rows can tell: "
                    "the MI is infinite, and any finite figure is only a lower bound.",
                )
    return None


DATA_CHECKS = (few_rows, constant, ties, duplicates, deterministic)


def beyond_resolution(mi: float, n: int) -> Finding | None:
    """No distribution-free lower bound from n rows can exceed about ln n (McAllester & Stratos, arXiv:1811.04251)."""
    if mi < math.log(n) - 1:
        return None
    return Finding(
        "red", f"{mi:.2f} nats is close to ln n = {math.log(n):.2f}, the most that {n:,} rows can show: at least."
    )


def negative(mi: float) -> Finding | None:
    """An estimate may be negative, MI may not; a little below 0 is the noise of a held-out estimate."""
    if mi > -0.02:
        return None
    return Finding(
        "amber", f"The estimate is negative ({mi:.3f} nats), which MI cannot be: nothing was learned, read it as 0."
    )


def wide(mi: float, interval: tuple[float, float] | None) -> Finding | None:
    """An interval wider than 0.2 nats and than half of the estimate says little."""
    if interval is None or not interval[1] - interval[0] > max(0.2, 0.5 * abs(mi)):
        return None
    return Finding("amber", f"The interval is wide: {interval[0]:.2f} to {interval[1]:.2f} nats.")


def overfitted(training: float, held_out: float) -> Finding | None:
    """The training estimate stands far above the held-out one: the critic remembers rows."""
    above, of = training - held_out, abs(held_out)
    if above <= max(0.1, 0.25 * of):
        return None
    return Finding(
        "red" if above > max(0.5, of) else "amber",
        f"Training stands {above:.2f} nats above the held-out estimate: the critic remembers its training rows.",
    )


def _overfitted_at_the_end(history: Sequence[Step]) -> Finding | None:
    training = [s.info["mi"] for s in history[-max(1, len(history) // 4) :] if "mi" in s.info]
    held_out = [s.info["mi_held_out"] for s in history if "mi_held_out" in s.info]
    return overfitted(float(np.mean(training)), held_out[-1]) if training and held_out else None


def stopped(step: int, total: int, done: bool = False) -> Finding | None:
    """A run that was ended before its last step, though not because it no longer gained, reports a critic half trained."""
    if step == 0:
        return Finding("red", "The critic is untrained: the run was stopped before its first step.")
    if done or step >= total:
        return None
    return Finding("amber", f"The run was stopped at step {step:,} of {total:,}: trained on, it may find more.")


def rising(gain: float, mi: float, half: float) -> Finding | None:
    """Rows that chose the weights saw the bound rise by `gain` nats in the second half of the run: it had not arrived.

    It counts from half of the interval's half-width on, so that a second gain of that size stays inside it; from a
    quarter of the estimate on where that is less, as for a critic that hardly began; and not below 0.002 nats.
    """
    if gain <= max(0.002, min(half / 2, mi / 4)):
        return None
    return Finding(
        "amber",
        f"The estimate was still rising at the end, by {gain:.3f} nats in the second half of the run: trained for longer, "
        "it may find more.",
    )


def near_ceiling(mi: float, ceiling: float, name: str) -> Finding | None:
    """A bound that cannot exceed `ceiling` (ln B for InfoNCE) and comes within 15 % of it says only: at least."""
    if mi < 0.85 * ceiling:
        return None
    return Finding(
        "red", f"{mi:.2f} nats is close to {name} = {ceiling:.2f}, which this bound cannot exceed: at least."
    )


def folds_disagree(values: Sequence[float]) -> Finding | None:
    """Critics trained on different parts of the rows should see the same MI, to within 0.2 nats and a fifth of it."""
    spread, centre = float(np.std(values)), float(np.mean(values))
    if len(values) < 2 or spread <= max(0.2, 0.2 * abs(centre)):
        return None
    low, high = min(values), max(values)
    return Finding("amber", f"The folds disagree: their estimates run from {low:.2f} to {high:.2f} nats.")


def far_from_plug_in(mi: float, plug_in: float) -> Finding | None:
    """The mean learned log-ratio and the bound agree where the critic is right (the partition function is then 1)."""
    gap = abs(plug_in - mi)
    if gap <= max(0.15, 0.15 * abs(mi)):
        return None
    return Finding(
        "red" if gap > max(0.5, 0.5 * abs(mi)) else "amber",
        f"The bound ({mi:.2f} nats) and the mean of the learned log-ratio ({plug_in:.2f}) differ: the critic is not "
        "yet a log-ratio of densities.",
    )


def _columns(values: Array) -> Array:
    values = np.asarray(values, dtype=np.float64)
    return values.reshape(len(values), -1)


def _distinct(side: Array) -> Array:
    """Different values in each column, (d,)."""
    ordered = np.sort(side, axis=0)
    return 1 + (ordered[1:] != ordered[:-1]).sum(0)


def _continuous(side: Array) -> Array:
    return np.flatnonzero(_distinct(side) > len(side) / 2)


def _ranks(values: Array) -> Array:
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks
