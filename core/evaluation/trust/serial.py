"""Rows that resemble their neighbours, as those of time series do: how many independent rows they are worth."""

from __future__ import annotations

import math
from itertools import product

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
    effective = effective_rows(x, y)
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


def in_series(x: Array, y: Array) -> bool:
    """Whether rows (n, dx), (n, dy) depend on their neighbours so much that folds must not part these."""
    return effective_rows(x, y) < _HALF * len(x)


def widening(x: Array, y: Array) -> float:
    """By what factor an interval that takes the rows for independent is to be widened: √(n / effective rows), or 1."""
    effective = effective_rows(x, y)
    return math.sqrt(len(x) / effective) if effective < _HALF * len(x) else 1.0


def widened(mi: float, interval: tuple[float, float], factor: float) -> tuple[float, float]:
    """The interval, and of rows in series one that reaches as far below as above: drift makes dependence of nothing."""
    if factor == 1.0:
        return interval
    half = factor * max(mi - interval[0], interval[1] - mi)
    return mi - half, mi + half


def effective_rows(x: Array, y: Array) -> float:
    """n / (1 + 2 Σ_k (1 − k/n) r_x(k) r_y(k)), r the autocorrelations of normal scores; n where the rows are not in series.

    The least over pairs of columns of x and y. Dependence of one side alone does no harm: the other is as if shuffled.
    Rows sorted by group resemble each other too, and yet are independent; so only columns count whose values resemble
    their neighbours' within 20 rows as well, and none by which the rows are sorted. Of more than 20,000 rows, those in
    the middle stand for all.

    References: Bartlett (1935), Some aspects of the time-correlation problem, J. R. Stat. Soc. 98(3).
    """
    curves = ([curve for column in side.T[:_COLUMNS] if (curve := _curve(column)) is not None] for side in (x, y))
    worth = (1.0 + 2.0 * _sum(a, b) for a, b in product(*curves))
    return len(x) / max([1.0, *worth])


@once
def _curve(column: Array) -> Array | None:
    """The autocorrelation of a column's normal scores; None where it is in no series."""
    begin = max(0, (len(column) - _LONGEST) // 2)
    scores = _scores(column[begin : begin + _LONGEST])
    return _autocorrelation(scores) if scores is not None and _in_series(scores) else None


def _scores(column: Array) -> Array | None:
    """Normal scores (n,); None for a column that rises or falls throughout, a clock or what the rows were sorted by, and
    for one of a few names, which tables list group by group."""
    steps = np.diff(column)
    if not steps.size or (steps >= 0).all() or (steps <= 0).all() or len(np.unique(column)) < _FEW:
        return None
    scores = normal_scores(column)
    return scores - scores.mean()


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
