"""Rows that resemble their neighbours, as those of time series do: how many independent rows they are worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from core.arrays import normal_scores
from core.columns import once
from core.evaluation.trust.finding import UNNAMED, Finding, Names
from core.method import Array
from core.sentences import Sentence

_WINDOW = 20  # rows, within which neighbours are compared
_LONGEST, _COLUMNS = 20_000, 10  # rows in succession and columns of a side that are looked at, at most
_FEW = 10  # different values, below which a column is taken for names
FEWEST = 20  # effective rows, with fewer of which no series moved along another tells dependence from drift
_HALF = 0.5  # of the rows: below it an interval that counts them all is too narrow by √2


def serial(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """Both sides change slowly from row to row: two series that never met then look dependent."""
    effective = effective_rows(x, y, names)
    if effective >= _HALF * len(x):
        return None
    return Finding(
        "red" if effective < max(100, 0.05 * len(x)) else "amber",
        Sentence(
            "Neighbouring rows resemble each other in x and in y, as in time series: {n:,} rows count as about "
            "{effective:,} independent ones. The interval is widened accordingly. Series that drift look dependent even "
            "where they are not: take differences of successive rows, or rows farther apart.",
            n=len(x),
            effective=max(1, round(effective)),
        ),
    )


def in_series(x: Array, y: Array, names: Names = UNNAMED) -> bool:
    """Whether rows (n, dx), (n, dy) depend on their neighbours so much that folds must not part these."""
    return effective_rows(x, y, names) < _HALF * len(x)


def widening(x: Array, y: Array, names: Names = UNNAMED) -> float:
    """By what factor an interval that takes the rows for independent is to be widened: √(n / effective rows), or 1."""
    effective = effective_rows(x, y, names)
    return math.sqrt(len(x) / effective) if effective < _HALF * len(x) else 1.0


def effective_rows(x: Array, y: Array, names: Names = UNNAMED) -> float:
    """n / (1 + 2 Σ_k (1 − k/n) r_x(k) r_y(k)), r the autocorrelations of normal scores; n where the rows are not in series.

    The least over pairs of columns of x and y. Dependence of one side alone does no harm: the other is as if shuffled.
    Rows sorted by group resemble each other too, and yet are independent; so only columns count whose values resemble
    their neighbours' within 20 rows as well, and none by which the rows are sorted, and none of names, whose codes have no
    order. Of more than 20,000 rows, those in the middle stand for all.

    A clock (a date, an index: rising in equal steps) counts against a series that drifts, fewer than 20 effective rows:
    its trend is that of one walk, and every walk has one. Against the clock at least 198 of 200 random walks are worth fewer, of
    105, 1,000 and 5,000 rows, and no white noise; temperatures of four years, which come back, are worth 21.

    References: Bartlett (1935), Some aspects of the time-correlation problem, J. R. Stat. Soc. 98(3).
    """
    worth = (_worth(a, b) for a, b in product(_curves(x, names.x_codes), _curves(y, names.y_codes)))
    return len(x) / max([1.0, *worth])


class _Curve(NamedTuple):
    """The autocorrelation of a column's normal scores at the lags 0 … n − 1, and whether the column is a clock."""

    values: Array
    clock: bool


def _curves(side: Array, codes: Sequence[int]) -> list[_Curve]:
    columns = (column for j, column in enumerate(side.T[:_COLUMNS]) if j not in codes)
    return [curve for column in columns if (curve := _curve(column)) is not None]


def _worth(a: _Curve, b: _Curve) -> float:
    """How many rows count as one."""
    if a.clock and b.clock:
        return 1.0
    worth = 1.0 + 2.0 * _sum(a.values, b.values)
    drifts = len(a.values) < FEWEST * worth
    return worth if drifts or not (a.clock or b.clock) else 1.0


@once
def _curve(column: Array) -> _Curve | None:
    """None for a column in no series: also one that rises or falls throughout in unequal steps, which the rows were sorted
    by, and one of a few values, which tables list group by group."""
    begin = max(0, (len(column) - _LONGEST) // 2)
    column = column[begin : begin + _LONGEST]
    steps, levels = np.diff(column), np.unique(column)
    if not steps.size or len(levels) < _FEW:
        return None
    monotone = bool((steps >= 0).all() or (steps <= 0).all())
    scores = normal_scores(column)
    scores = scores - scores.mean()
    if not (_equal(np.diff(levels)) if monotone else _in_series(scores)):
        return None
    return _Curve(_autocorrelation(scores), monotone)


def _equal(steps: Array) -> bool:
    """Whether most steps are about the median one, as those of clocks are, of which days may be missing; of sorted numbers
    every seventh is."""
    middle = np.median(steps)
    return bool((np.abs(steps - middle) <= 0.2 * middle).mean() > _HALF)


def _in_series(scores: Array) -> bool:
    """Whether successive values within windows of 20 rows are correlated on average, beyond four standard errors and .1.

    Each window counts alike, one without variation as 0: where groups follow each other, few windows see a step.
    """
    windows = scores[: len(scores) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    if len(windows) < 3:
        return False
    windows = windows - windows.mean(axis=1, keepdims=True)
    spread = (windows**2).sum(axis=1)
    varied = spread > 1e-12
    products = (windows[:, 1:] * windows[:, :-1]).sum(axis=1)
    # −1/20 is what taking off the window's mean gives independent rows.
    r = float(np.where(varied, products / np.where(varied, spread, 1.0) + 1.0 / _WINDOW, 0.0).mean())
    return r > max(0.1, 4.0 / math.sqrt(windows.size))


def _autocorrelation(scores: Array) -> Array:
    """At the lags 0 … n − 1, by the fast Fourier transform."""
    n = len(scores)
    size = 1 << (2 * n - 1).bit_length()
    power = np.abs(np.fft.rfft(scores, size)) ** 2
    curve = np.fft.irfft(power, size)[:n]
    return curve / curve[0]


def _sum(a: Array, b: Array) -> float:
    """Σ_{k≥1} a_k b_k, up to the first lag where either is lost in noise."""
    lost = np.minimum(a, b) < 2.0 / math.sqrt(len(a))
    lags = int(lost.argmax()) if lost.any() else len(a)
    return float(a[1:lags] @ b[1:lags])
