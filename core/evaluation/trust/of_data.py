"""What rows alone give reason to doubt: too few, constant, tied, repeated."""

from __future__ import annotations

import math

import numpy as np

from core.columns import once
from core.evaluation.trust.finding import UNNAMED, Finding, Names
from core.method import Array
from core.sentences import Sentence


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
    """One value makes up more than a tenth of a column's rows: few values, or one that stands out, such as 0 for none.

    Numbers that were merely rounded are continuous enough: at thirty values a column nothing is seen of it.
    """
    for name, side in (("x", x), ("y", y)):
        distinct, shares = distinct_values(side), np.array([_commonest(column) for column in side.T])
        worst = int(np.where(distinct > 1, shares, 0.0).argmax())
        if distinct[worst] > 1 and shares[worst] > max(0.1, 1 / len(side)):
            return Finding(
                "amber",
                Sentence(
                    "{column} has ties: {distinct:,} different values in {rows:,} rows, and {share:.0%} have the same one. "
                    "Estimators for continuous values can be off.",
                    column=names.column(name, worst, side.shape[1]),
                    distinct=int(distinct[worst]),
                    rows=len(side),
                    share=float(shares[worst]),
                ),
            )
    return None


def _commonest(column: Array) -> float:
    """The share of the rows that have the value which most of them have."""
    ordered = np.sort(column)
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    return float(np.diff(ends, prepend=-1).max()) / len(column)


def duplicates(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """Rows that were copied cross from the training rows to the held-out ones and inflate the estimate.

    Rounded values and categories repeat rows by themselves. So rows count only where some column has many values, and
    only as far as equal pairs of rows outnumber the pairs that lie some steps of the values apart.
    """
    most = int(np.concatenate([distinct_values(x), distinct_values(y)]).max())
    if most >= 0.99 * len(x):  # so many rows differ in that column alone
        return None
    rows = np.ascontiguousarray(np.hstack([x, y]))
    different = len(np.unique(rows, axis=0))
    repeated = 1 - different / len(rows)
    if repeated <= 0.01 or most < max(min(30, len(rows) / 5), different / 5):
        return None
    equal, natural = _coincidences(rows)
    # Twice: people also round to halves and tens, so that a value has more rows than its neighbours have.
    if equal - 2 * natural - 3 * math.sqrt(natural + 1) <= 0.01 * len(rows):
        return None
    copied = min(repeated, (equal - natural) / len(rows))
    return Finding(
        "red" if copied > 0.2 else "amber",
        Sentence(
            "{copied:.0%} of the rows are copies of an earlier one; copies are no new evidence and raise the estimate.",
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


def distinct_values(side: Array) -> Array:
    """Different values in each column, (d,)."""
    return np.array([_distinct(column) for column in side.T])


@once
def _distinct(column: Array) -> int:
    ordered = np.sort(column)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))
