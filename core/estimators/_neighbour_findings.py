"""What speaks against a figure from nearest neighbours: tied values, sparse tables, many or uneven columns."""

from __future__ import annotations

import math

import numpy as np

from core.arrays import mean_and_deviation
from core.evaluation.trust import Finding
from core.evaluation.trust.of_data import distinct_values
from core.method import Array
from core.sentences import Sentence

_VALUES = 14  # of a column, from which on rounding is not felt
_ALONG = 2.5  # rows along each column, below which a third of the dependence or more is not seen


def few_values(share: float, *sides: Array) -> Finding | None:
    """Values that repeat were spread over their stretches of the axis, and no column has more than a dozen or so.

    Numbers that were merely rounded are no reason for doubt: Gaussian pairs with ρ = 0 to .95, 300 to 5,000 rows and 14 or
    more values a side come out as near to the truth as unrounded ones. With 5 to 12 values on both sides and 1.2 nats
    300 rows give .05 to .09 too little and 1,000 rows up to .05, with 3,000 or fine values on one side nothing is seen of it.
    """
    most = max(int(distinct_values(side).max()) for side in sides) if share >= 0.1 else _VALUES
    if most >= _VALUES:
        return None
    return Finding(
        "amber",
        Sentence(
            "No column has more than {most} different values: with few rows a strong dependence is underestimated by some "
            "hundredths of a nat.",
            most=most,
        ),
    )


def tied_neighbours(share: float, *sides: Array) -> Finding | None:
    """Rows whose neighbours have equal values, which the mixed form counts.

    Of values that never repeat only distances can be equal, as those of ranks are where the MI is high: at 5 and 6 nats,
    10,000 rows, 1 and 4 % of the rows are tied, and the estimates are within 1 %.
    """
    if share < 0.01 or all((distinct_values(side) == len(side)).all() for side in sides):
        return None
    return Finding(
        "amber",
        Sentence(
            "{share:.0%} of the rows have neighbours with equal values: there the mixed form counts them.", share=share
        ),
    )


def sparse_table(x: Array, y: Array) -> Finding | None:
    """Counting (a − 1)(b − 1)/2n nats too much is what a table of a × b independent names does before correction."""
    a, b = (len(np.unique(side, axis=0)) for side in (x, y))
    chance = (a - 1) * (b - 1) / (2 * len(x))
    if chance < 0.05:
        return None
    return Finding(
        "red" if chance > 0.2 else "amber",
        Sentence(
            "{n:,} rows for a table of {a} × {b} names: sparse cells create up to {chance:.2f} nats of spurious dependence.",
            n=len(x),
            a=a,
            b=b,
            chance=chance,
        ),
    )


def names_of_their_own(side: Array, name: str) -> Finding | None:
    """Rows alone in their category, next to numbers: there is nothing to compare them with, and they count as 0."""
    counts = np.unique(side, axis=0, return_counts=True)[1]
    alone = float((counts == 1).sum()) / len(side)
    if alone < 0.05:
        return None
    return Finding(
        "red" if alone > 0.2 else "amber",
        Sentence(
            "categories={name!r} takes the values of {name} for names, and {alone:.0%} of the rows are alone with theirs: "
            "these count as 0 nats. Where the values are numbers, set categories to 'neither'.",
            name=name,
            alone=alone,
        ),
    )


def partly_computed(done: int, n: int) -> Finding:
    """A run that was stopped between two blocks of rows."""
    return Finding(
        "amber",
        Sentence(
            "Stopped after {done:,} of {n:,} rows: the figure is the mean over these, each compared with all rows.",
            done=done,
            n=n,
        ),
    )


def fewer_neighbours(k: int, wanted: int) -> Finding | None:
    """Fewer rows than neighbours asked for."""
    if k == wanted:
        return None
    return Finding(
        "red", Sentence("{n} rows have no {wanted} neighbours each; {k} were used.", n=k + 1, wanted=wanted, k=k)
    )


def many_columns(d: int, n: int) -> Finding | None:
    """In higher dimension the nearest neighbours are no longer near; what counts is n^(1/d), the rows along each column.

    Of Gaussian pairs with ρ = .3 to .8 this finds 90 % with 3.5 rows along each column (6 columns, 2,000 rows), about 70 %
    with 2.8 (500 rows), 60 to 70 % with 2.1 (10 columns, 2,000 rows) and a third with 1.4 (20 columns, 500 rows).
    """
    if d <= 4:
        return None
    if n >= _ALONG**d:
        return Finding(
            "amber",
            Sentence("{d} columns in all: beyond about four, nearest neighbours are far away and fall short.", d=d),
        )
    return Finding(
        "red",
        Sentence(
            "{n:,} rows in {d} columns are {along:.1f} along each: nearest neighbours are too far away to see more than a "
            "part of the dependence. Take fewer columns or a neural estimator, and read the figure as a lower bound.",
            n=n,
            d=d,
            along=n ** (1 / d),
        ),
    )


def uneven_spreads(columns: Array) -> Finding | None:
    """Distances are maxima over columns: for ρ = .8 and 1,500 rows a column 10 times as wide leaves .47 of .51 nats, one
    100 times as wide .34, one 1,000 times as wide .01."""
    spreads = mean_and_deviation(columns)[1]
    widest, narrowest = float(spreads.max()), float(spreads.min())
    if widest < 10 * narrowest:
        return None
    ratio = widest / narrowest if narrowest else math.inf
    return Finding(
        "red" if ratio >= 30 else "amber",
        Sentence(
            "With raw margins one column spreads {ratio:.3g} times as wide as another: distances see the widest alone, and "
            "the figure falls short. Choose normal scores or standardise.",
            ratio=ratio,
        ),
    )
