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

from core.method import Array, Source, Step
from core.sentences import Sentence

Severity = Literal["amber", "red"]


class Finding(NamedTuple):
    """One reason for doubt: how grave it is, and a plain sentence."""

    severity: Severity
    sentence: str


class Names(NamedTuple):
    """What the columns of both sides are called, where that is known."""

    x: Sequence[str] = ()
    y: Sequence[str] = ()

    @classmethod
    def of(cls, source: Source) -> Names:
        """As the data's source has them."""
        return cls(source.x_names, source.y_names)

    def column(self, side: str, i: int, d: int, begins: bool = True) -> str:
        """The i-th of d columns of a side, where a sentence begins or within one: by its name, or else by its place."""
        known = self.x if side == "x" else self.y
        if len(known) == d:
            return Sentence("Column {name}" if begins else "column {name}", name=repr(str(known[i])))
        place = "Column {number} of {side}" if begins else "column {number} of {side}"
        return Sentence(place, number=i + 1, side=side)

    def side(self, side: str, d: int, begins: bool = True) -> str:
        """A whole side: by the name of its only column, or else as x or y."""
        return self.column(side, 0, d, begins) if len(self.x if side == "x" else self.y) == d == 1 else side


UNNAMED = Names()
Check = Callable[[Array, Array, Names], "Finding | None"]


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
    checks: Iterable[Check] | None = None,
    names: Names = UNNAMED,
) -> Trust:
    """The trust in an estimate of I(X; Y) = mi nats from rows x (n, dx) and y (n, dy).

    `history` holds the steps of a training with their "mi" and "mi_held_out"; `extra` what the method found itself;
    `checks` replaces the checks of the data, `DATA_CHECKS`, for a method to which some do not apply (ties do not
    trouble a histogram); `names` is what reasons call the columns.
    """
    x, y = _columns(x), _columns(y)
    found = [check(x, y, names) for check in (DATA_CHECKS if checks is None else checks)]
    found += [beyond_resolution(mi, len(x)), negative(mi), wide(mi, interval)]
    found += [_overfitted_at_the_end(history)] if history else []
    reasons = sorted((f for f in [*found, *extra] if f is not None), key=lambda f: f.severity != "red")
    return Trust(reasons[0].severity if reasons else "green", tuple(dict.fromkeys(f.sentence for f in reasons)))


def few_rows(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """Fewer than 50 rows a column: held-out estimates fall short; fewer than 15: they say nothing."""
    n, d = len(x), x.shape[1] + y.shape[1]
    if n >= 50 * d:
        return None
    return Finding(
        "red" if n < 15 * d else "amber",
        Sentence(
            "{n:,} rows are few for {d} columns in all: at least {fewest:,} are wanted, and an estimate from fewer is "
            "unreliable.",
            n=n,
            d=d,
            fewest=50 * d,
        ),
    )


def constant(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """A side without variation shares no information with anything: 0 is exact, but hardly what was asked."""
    still = {name: side.shape[1] for name, side in (("x", x), ("y", y)) if (side == side[:1]).all()}
    if not still:
        return None
    first, *second = (names.side(name, d, begins=i == 0) for i, (name, d) in enumerate(still.items()))
    if second:
        return Finding("amber", Sentence("{x} and {y} never change, so the MI is 0.", x=first, y=second[0]))
    return Finding("amber", Sentence("{side} never changes, so the MI is 0.", side=first))


def ties(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """More than one row in ten repeats a value of its column: the data are not continuous."""
    for name, side in (("x", x), ("y", y)):
        distinct = _distinct(side)
        worst = int(distinct.argmin())
        if 1 < distinct[worst] < 0.9 * len(side):
            return Finding(
                "amber",
                Sentence(
                    "{column} has ties: {distinct:,} different values in {rows:,} rows. Estimators for continuous values "
                    "can be off.",
                    column=names.column(name, worst, side.shape[1]),
                    distinct=int(distinct[worst]),
                    rows=len(side),
                ),
            )
    return None


def duplicates(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """Rows that were copied cross from the training rows to the held-out ones and inflate the estimate.

    Rounded values and categories repeat rows by themselves. So rows count only where some column has many values, and
    only as far as equal pairs of rows outnumber the pairs that lie some steps of the values apart.
    """
    rows = np.ascontiguousarray(np.hstack([x, y]))
    different = len(np.unique(rows, axis=0))
    repeated = 1 - different / len(rows)
    if repeated <= 0.01 or _distinct(rows).max() < max(min(30, len(rows) / 5), different / 5):
        return None
    equal, natural = _coincidences(rows)
    # Twice: people also round to halves and tens, so that a value has more rows than its neighbours have.
    if equal - 2 * natural - 3 * math.sqrt(natural + 1) <= 0.01 * len(rows):
        return None
    copied = min(repeated, (equal - natural) / len(rows))
    return Finding(
        "red" if copied > 0.2 else "amber",
        Sentence(
            "{copied:.0%} of the rows repeat an earlier one; repeats are no new evidence and raise the estimate.",
            copied=copied,
        ),
    )


def _coincidences(rows: Array) -> tuple[float, float]:
    """Pairs of equal rows, and how many there would be by rounding alone.

    A smooth density on a grid puts twice as many pairs of rows into two neighbouring cells as into one. Of all steps of
    up to ten values along one column, or along all, the one with most such pairs counts. A value that stands out, such as
    0 for nothing found, repeats rows as well: up to three cells of more than four times the usual count are left out.
    """
    ranks = np.column_stack([np.unique(column, return_inverse=True)[1] for column in rows.T]).astype(np.uint64)
    rng = np.random.default_rng(0)
    weights = rng.integers(1, 2**63, size=(rows.shape[1],), dtype=np.uint64)  # sums of multiples tell cells apart
    cells, counts = np.unique((ranks * weights).sum(axis=1), return_counts=True)
    along = [*weights, weights.sum(), *([weights[0] - weights[1]] if len(weights) == 2 else [])]
    natural = 0
    for step in np.multiply.outer(np.arange(1, 11, dtype=np.uint64), np.array(along, dtype=np.uint64)).ravel():
        at = np.minimum(np.searchsorted(cells, cells + step), len(cells) - 1)
        natural = max(natural, int(counts @ np.where(cells[at] == cells + step, counts[at], 0)))
    kept = np.sort(counts)
    kept = np.concatenate([kept[:-3], kept[-3:][kept[-3:] <= 4 * np.median(counts)]])
    return float(kept @ (kept - 1)) / 2, natural / 2


def deterministic(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """One column that is a function of another, both continuous: the MI is infinite.

    In the order of one column, the ranks of the other move by a few places only: MI beyond what n rows can resolve.
    """
    n, few = len(x), 5  # rank places; noise moves n/3 on average, a curve with t turning points about 2t
    if n < 20:
        return None
    xs, ys = ({int(i): _order(side[:, i]) for i in _continuous(side)[:20]} for side in (x, y))
    for i, a in xs.items():
        for j, b in ys.items():
            jumps = (np.abs(np.diff(q.ranks[p.order])).mean() for p, q in ((a, b), (b, a)))
            if min(jumps) < min(few, n / 10):
                return Finding(
                    "red",
                    Sentence(
                        "{x} and {y} determine each other as far as {n:,} rows can tell: the MI is infinite, and any "
                        "finite figure is only a lower bound.",
                        x=names.column("x", i, x.shape[1]),
                        y=names.column("y", j, y.shape[1], begins=False),
                        n=n,
                    ),
                )
    return None


DATA_CHECKS = (few_rows, constant, ties, duplicates, deterministic)


def beyond_resolution(mi: float, n: int) -> Finding | None:
    """No distribution-free lower bound from n rows can exceed about ln n (McAllester & Stratos, arXiv:1811.04251)."""
    most = math.log(n)
    if mi < most - 1:
        return None
    near = (
        "{mi:.2f} nats is close to ln n = {most:.2f}, the most that {n:,} rows can establish: read it as a lower bound."
    )
    above = (
        "{mi:.2f} nats is above ln n = {most:.2f}, the most that {n:,} rows can establish: read it as a lower bound."
    )
    return Finding(
        "red",
        Sentence(near if mi <= most else above, mi=mi, most=most, n=n),
    )


def negative(mi: float) -> Finding | None:
    """An estimate may be negative, MI may not; a little below 0 is the noise of a held-out estimate."""
    if mi > -0.02:
        return None
    return Finding(
        "amber",
        Sentence(
            "The estimate is negative ({mi:.3f} nats), which MI cannot be: nothing was learned, read it as 0.", mi=mi
        ),
    )


def wide(mi: float, interval: tuple[float, float] | None) -> Finding | None:
    """An interval wider than 0.2 nats and than half of the estimate says little."""
    if interval is None or not interval[1] - interval[0] > max(0.2, 0.5 * abs(mi)):
        return None
    low, high = interval
    return Finding("amber", Sentence("The interval is wide: {low:.2f} to {high:.2f} nats.", low=low, high=high))


def overfitted(training: float, held_out: float) -> Finding | None:
    """The training estimate stands far above the held-out one: the critic remembers rows."""
    above, of = training - held_out, abs(held_out)
    if above <= max(0.1, 0.25 * of):
        return None
    return Finding(
        "red" if above > max(0.5, of) else "amber",
        Sentence(
            "Training stands {above:.2f} nats above the held-out estimate: the critic overfits its training rows.",
            above=above,
        ),
    )


def _overfitted_at_the_end(history: Sequence[Step]) -> Finding | None:
    training = [s.info["mi"] for s in history[-max(1, len(history) // 4) :] if "mi" in s.info]
    held_out = [s.info["mi_held_out"] for s in history if "mi_held_out" in s.info]
    return overfitted(float(np.mean(training)), held_out[-1]) if training and held_out else None


def stopped(step: int, total: int, done: bool = False) -> Finding | None:
    """A run that was ended before its last step, though not because it no longer gained, reports a critic half trained."""
    if step == 0:
        return Finding("red", Sentence("The critic is untrained: the run was stopped before its first step."))
    if done or step >= total:
        return None
    return Finding(
        "amber",
        Sentence(
            "The run was stopped at step {step:,} of {total:,}: trained on, it may find more.", step=step, total=total
        ),
    )


def rising(gain: float, mi: float, half: float) -> Finding | None:
    """Rows that chose the weights saw the bound rise by `gain` nats in the second half of the run: it had not arrived.

    It counts from half of the interval's half-width on, so that a second gain of that size stays inside it; from a
    quarter of the estimate on where that is less, as for a critic that hardly began; and not below 0.002 nats.
    """
    if gain <= max(0.002, min(half / 2, mi / 4)):
        return None
    return Finding(
        "amber",
        Sentence(
            "The estimate was still rising at the end, by {gain:.3f} nats in the second half of the run: trained for longer, "
            "it may find more.",
            gain=gain,
        ),
    )


def near_ceiling(mi: float, ceiling: float, name: str) -> Finding | None:
    """A bound that cannot exceed `ceiling` (ln B for InfoNCE) and comes within 15 % of it says only: at least."""
    if mi < 0.85 * ceiling:
        return None
    return Finding(
        "red",
        Sentence(
            "{mi:.2f} nats is close to {name} = {ceiling:.2f}, which this bound cannot exceed: read it as a lower bound.",
            mi=mi,
            name=name,
            ceiling=ceiling,
        ),
    )


def folds_disagree(values: Sequence[float]) -> Finding | None:
    """Critics trained on different parts of the rows should see the same MI, to within 0.2 nats and a fifth of it."""
    spread, centre = float(np.std(values)), float(np.mean(values))
    if len(values) < 2 or spread <= max(0.2, 0.2 * abs(centre)):
        return None
    low, high = min(values), max(values)
    said = Sentence("The folds disagree: their estimates run from {low:.2f} to {high:.2f} nats.", low=low, high=high)
    return Finding("amber", said)


def far_from_plug_in(mi: float, plug_in: float) -> Finding | None:
    """The mean learned log-ratio and the bound agree where the critic is right (the partition function is then 1)."""
    gap = abs(plug_in - mi)
    if gap <= max(0.15, 0.15 * abs(mi)):
        return None
    return Finding(
        "red" if gap > max(0.5, 0.5 * abs(mi)) else "amber",
        Sentence(
            "The bound ({mi:.2f} nats) and the mean of the learned log-ratio ({plug_in:.2f}) differ: the critic is not "
            "yet a log-ratio of densities.",
            mi=mi,
            plug_in=plug_in,
        ),
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


class _Order(NamedTuple):
    order: Array
    ranks: Array


def _order(values: Array) -> _Order:
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values))
    return _Order(order, ranks)
