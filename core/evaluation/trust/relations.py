"""Relations without noise: where one side determines a column of the other, the mutual information is infinite."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from core.arrays import mean_and_deviation, standardised, unit_of
from core.columns import once
from core.evaluation.trust.finding import UNNAMED, Finding, Names
from core.evaluation.trust.of_data import distinct_values
from core.method import Array
from core.sentences import Sentence

_ROWS = 10_000  # looked at, at most: a relation that holds throughout holds for some of the rows
_EXACT = 1e-5  # of the spread: what is left of a linear relation of numbers in single precision
_CLOSE = 0.05  # of the spread: what is left of a smooth one; more is noise that an estimate can resolve
_WIDEST = 4  # columns whose neighbourhoods some thousand rows can fill
_ASKED = 300  # rows whose values are predicted


def deterministic(x: Array, y: Array, names: Names = UNNAMED) -> Finding | None:
    """One side determines a column of the other, or a sum of columns: by one of its columns, or by several together."""
    return _one_by_one(x, y, names) or _together(x, y, names)


def _one_by_one(x: Array, y: Array, names: Names) -> Finding | None:
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


def _together(x: Array, y: Array, names: Names) -> Finding | None:
    """Several columns determine a column of the other side smoothly, where they are few, or a sum of columns linearly."""
    d = x.shape[1] + y.shape[1]
    if d < 3 or len(x) < 4 * d:
        return None
    step = -(-len(x) // _ROWS)
    x, y = x[::step], y[::step]
    for one, other, side in ((x, y, "y"), (y, x, "x")):
        column = _function_of(one, other)
        if column is not None:
            return Finding(
                "red",
                Sentence(
                    "{column} is determined by the columns of {others} as far as {n:,} rows can tell: the MI is infinite, "
                    "and any finite figure is only a lower bound.",
                    column=names.column(side, column, other.shape[1]),
                    others="x" if side == "y" else "y",
                    n=len(x),
                ),
            )
    step = -(-len(x) // max(1_000, 20 * d))
    if _linear_in_common(x[::step], y[::step]):
        return Finding(
            "red",
            Sentence(
                "A sum of columns of x is a sum of columns of y, without noise: the MI is infinite, and any finite figure is "
                "only a lower bound."
            ),
        )
    return None


def _function_of(x: Array, y: Array) -> int | None:
    """The column of y with many values that x determines smoothly."""
    x = x[:, (x != x[:1]).any(axis=0)]
    if not 2 <= x.shape[1] <= _WIDEST:
        return None
    x = _standard(x)
    return next((int(j) for j in _continuous(y) if _smooth(x, y[:, j] / unit_of(y[:, j]))), None)


def _smooth(x: Array, y: Array) -> bool:
    """Whether a plane through a row's neighbours predicts its y closely, and the more closely the nearer these are.

    Without noise the error falls with the square of the distance: 2^d times as many rows are half as far away, and the
    error a quarter. With noise it stays. So it has to be small, and to fall to less than half.
    """
    n, d = x.shape
    near = _error(x, y)
    return near < _CLOSE and (near < _EXACT or near < 0.5 * _error(x[: n // 2**d], y[: n // 2**d]))


def _error(x: Array, y: Array) -> float:
    """The median error of local planes in units of y's median deviation; infinite with too few rows."""
    n, d = x.shape
    k = 3 * (d + 1)
    if n < 2 * k:
        return np.inf
    asked = np.linspace(0, n - 1, min(n, _ASKED)).astype(int)
    near = cKDTree(x).query(x[asked], np.arange(2, k + 2))[1]
    design = np.concatenate([np.ones((len(asked), k, 1)), x[near] - x[asked][:, None]], axis=2)
    at = (np.linalg.pinv(design) @ y[near][..., None])[:, 0, 0]
    spread = float(np.median(np.abs(y - np.median(y))))
    return float(np.median(np.abs(at - y[asked]))) / spread if spread else np.inf


def _linear_in_common(x: Array, y: Array) -> bool:
    """Whether the first canonical correlation is 1 to single precision, in most rows and not only in a few far ones."""
    many = [_standard(side[:, _continuous(side)]) for side in (x, y)]
    if not many[0].shape[1] or not many[1].shape[1]:
        return False
    a, b = (np.linalg.qr(side)[0] for side in many)
    u, _, v = np.linalg.svd(a.T @ b, full_matrices=False)
    first, second = a @ u[:, 0], b @ v[0]
    return bool(np.median(np.abs(first - second)) < _EXACT * np.median(np.abs(first)))


def _standard(side: Array) -> Array:
    """The columns that vary, centred, in units of their deviation."""
    mean, deviation = mean_and_deviation(side)
    kept = deviation > 0
    return standardised(side[:, kept], mean[kept], deviation[kept])


def _continuous(side: Array) -> Array:
    return np.flatnonzero(distinct_values(side) > len(side) / 2)


class _Order(NamedTuple):
    order: Array
    ranks: Array


@once
def _order(values: Array) -> _Order:
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values))
    return _Order(order, ranks)
