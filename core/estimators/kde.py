"""Mutual information from kernel densities: every row judged by Gaussian kernels around all the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from scipy.spatial.distance import cdist

from core.estimators._closed import ClosedForm, ClosedFormEstimate, varies
from core.estimators._disjoint_parts import from_parts, one_by_one
from core.estimators._marginal_transforms import Mapped, columns_as
from core.estimators._neighbour_findings import partly_computed
from core.evaluation.trust import Finding
from core.method import Array
from core.params import Range
from core.sentences import Sentence

_BLOCK = 10_000_000  # distances at a time
_MOST = 20_000  # rows that are used: the work grows with their square
_SEEN = 1_000  # rows that are looked at with narrower kernels


@dataclass(eq=False, repr=False, kw_only=True)
class KDE(ClosedForm):
    """The mean of ln p̂(x, y) / p̂(x)p̂(y), with p̂ of each row from Gaussian kernels around the other rows.

    The kernels have the covariance of the columns times h², and p̂(x), p̂(y) are the margins of p̂(x, y): for independent
    sides what kernels blur cancels. Left empty, h is the normal reference (4 / ((d + 2) n))^{1/(d + 4)} of all d columns.
    What is sharper than h is blurred away, and beyond a few columns no row has others within h.

    References: Moon, Rajagopalan & Lall (1995), Phys. Rev. E 52(3), 2318; Silverman (1986), Density Estimation, 4.3.
    """

    title: ClassVar[str] = "KDE (kernel densities)"
    rank: ClassVar[int] = 40
    reference: ClassVar[str] = (
        "Moon, Rajagopalan and Lall, 1995, Estimation of mutual information using kernel density estimators, "
        "Phys. Rev. E 52(3), 2318"
    )

    bandwidth: Annotated[
        float | None,
        Range(0.01, 5.0, log=True),
        "h: width of the kernels, in standard deviations of the columns; empty: the normal reference.",
    ] = None
    margins: Mapped = "normal scores"

    def work(self, x: Array, y: Array) -> Iterator[ClosedFormEstimate]:
        """The mean over more and more rows, in random order, each against all others; the last one is of all rows."""
        self._parts, rng = 1, np.random.default_rng(self.seed())
        n, x, y = len(x), varies(x), varies(y)
        if not x.shape[1] or not y.shape[1]:
            self._local = np.zeros(n)
            yield ClosedFormEstimate(0.0, (0.0, 0.0))
            return
        used = rng.choice(n, _MOST, replace=False) if n > _MOST else rng.permutation(n)
        known = (_many_columns(x.shape[1] + y.shape[1]), _some_rows(len(used), n))
        x, y = (columns_as(side, self.margins)[used] for side in (x, y))
        h = self._width(x, y)
        self._local, local = np.full(n, np.nan), np.empty(len(used))
        for rows in self._in_blocks(len(used)):
            self._local[used[rows]] = local[rows] = log_ratios(x, y, h, rows)
            if (done := int(rows[-1]) + 1) < len(used):
                mi, spread = float(local[:done].mean()), 1.96 * float(local[:done].std()) / done**0.5
                yield ClosedFormEstimate(mi, (mi - spread, mi + spread), (*known, partly_computed(done, len(used))))
        yield self._whole(x, y, h, local, known)

    def _in_blocks(self, n: int) -> Iterator[Array]:
        size = max(1, _BLOCK // n)
        self._parts = -(-n // size)
        for begin in range(0, n, size):
            yield np.arange(begin, min(begin + size, n))

    def _whole(
        self, x: Array, y: Array, h: float, local: Array, known: tuple[Finding | None, ...]
    ) -> ClosedFormEstimate:
        """The estimate; its interval reaches on by what narrower kernels see beyond it."""
        mi = float(local.mean())
        low, high = from_parts(
            local, 1, one_by_one(lambda rows: self._alone(x[rows], y[rows])), np.arange(len(x))
        ).interval
        some = np.arange(min(len(x), _SEEN))
        blurred = float((log_ratios(x, y, h / 1.5, some) - local[some]).mean())
        return ClosedFormEstimate(mi, (low, high + max(0.0, 2 * blurred)), (*known, _sharper(mi, blurred)))

    def _width(self, x: Array, y: Array) -> float:
        return self.bandwidth or normal_reference(len(x), x.shape[1] + y.shape[1])

    def _alone(self, x: Array, y: Array) -> Array:
        """What some rows say without the others, with the bandwidth that suits so few."""
        return log_ratios(x, y, self._width(x, y), np.arange(len(x)))

    @property
    def total(self) -> int:
        """The blocks of rows, known once the work has begun."""
        return getattr(self, "_parts", 1)


def normal_reference(n: int, d: int) -> float:
    """The bandwidth that is best for n Gaussian rows of d columns, in their standard deviations."""
    return float((4.0 / ((d + 2) * n)) ** (1.0 / (d + 4)))


def log_ratios(x: Array, y: Array, h: float, rows: Array) -> Array:
    """ln p̂(x, y) / p̂(x)p̂(y) at some rows (m,), each left out of its own densities."""
    both = np.hstack([x, y])
    return _log_density(both, h, rows) - _log_density(x, h, rows) - _log_density(y, h, rows)


def _log_density(values: Array, h: float, rows: Array) -> Array:
    """ln of the mean of N(z; z_j, h²C) over the other rows j, C the covariance of values (n, d); at some rows (m,)."""
    n, d = values.shape
    spreads, axes = np.linalg.eigh(np.cov(values, rowvar=False).reshape(d, d))
    spreads = np.sqrt(np.maximum(spreads, spreads[-1] * np.finfo(float).eps))  # columns that determine each other
    white = (values - values.mean(axis=0)) @ axes / (h * spreads)
    exponents = -0.5 * cdist(white[rows], white, "sqeuclidean")
    exponents[np.arange(len(rows)), rows] = -np.inf
    top = exponents.max(axis=1)  # nobody may be near: exp alone would give 0
    exponents -= top[:, None]
    sums = np.exp(exponents, out=exponents).sum(axis=1)
    constant = d * np.log(h * np.sqrt(2 * np.pi)) + np.log(spreads).sum() + np.log(n - 1)
    return top + np.log(sums) - constant


def _some_rows(used: int, n: int) -> Finding | None:
    if used == n:
        return None
    return Finding(
        "amber",
        Sentence(
            "{used:,} of {n:,} rows were used, drawn at random: the work grows with their square.", used=used, n=n
        ),
    )


def _sharper(mi: float, blurred: float) -> Finding | None:
    if blurred <= 0.01:  # of Gaussian pairs narrower kernels see less, not more
        return None
    return Finding(
        "red" if blurred > max(0.1, 0.2 * mi) else "amber",
        Sentence(
            "Kernels narrower by a third see {more:.2f} nats more: the dependence is sharper than the kernels are wide, and the "
            "figure falls short.",
            more=blurred,
        ),
    )


def _many_columns(d: int) -> Finding | None:
    if d <= 3:
        return None
    return Finding(
        "red" if d > 4 else "amber",
        Sentence("{d} columns in all: kernels wide enough to meet other rows blur the dependence away.", d=d),
    )
