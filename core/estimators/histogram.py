"""Mutual information from counts: both sides cut into bins, and the plug-in estimate of the table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from core.estimators._closed import ClosedForm, ClosedFormEstimate
from core.evaluation.trust import DATA_CHECKS, Finding, ties
from core.evaluation.trust.of_data import distinct_values
from core.method import Array
from core.params import Range
from core.sentences import Sentence

_SHOWN = 64  # bins of a picture, at most


@dataclass(eq=False, repr=False, kw_only=True)
class Histogram(ClosedForm):
    """Ĥ(X) + Ĥ(Y) − Ĥ(X, Y) of the table of counts, in nats; of use for up to three columns in all.

    More bins see more and invent more: 1,000 independent rows in 100 × 100 bins show 1.46 nats. The Miller–Madow
    correction adds (occupied bins − 1)/2n to each entropy. Without a number of bins, 1.5·n^{1/3} for each side: with
    equally filled bins and the correction, 10,000 rows are then within .003 nats of the truth for ρ = .8 and for 0.
    A column with fewer values than bins keeps a bin for each value.

    References: Miller (1955), Note on the bias of information estimates; Cover & Thomas (2006), section 8.3.
    """

    title: ClassVar[str] = "Histogram"
    rank: ClassVar[int] = 30
    quick: ClassVar[bool] = True
    look: ClassVar[int | None] = 6
    reference: ClassVar[str] = (
        "Miller, 1955, Note on the Bias of Information Estimates, in Information Theory in Psychology"
    )
    views: ClassVar[tuple[str, ...]] = ("histogram",)

    bins: Annotated[
        int | None, Range(2, 1000, log=True), "Bins for each column; empty chooses by the number of rows."
    ] = None
    binning: Annotated[Literal["quantile", "width"], "Bins with equally many rows, or bins of equal width."] = (
        "quantile"
    )
    correction: Annotated[
        Literal["miller-madow", "none"], "Subtracts the small-sample bias of sparse cells, or leaves it in."
    ] = "miller-madow"

    def estimate(self, x: Array, y: Array) -> ClosedFormEstimate:
        d, n = x.shape[1] + y.shape[1], len(x)
        bins = self.bins or default_bins(n, d)
        mi, se, cells = self._table(x, y, bins)
        coarse = self._table(x, y, max(bins // 2, 1))[0]
        # Half as many bins see less by about as much as the bins hide of the truth, or more.
        interval = (mi - 1.96 * se, mi + 1.96 * se + max(0.0, mi - coarse))
        kept = tuple(check for check in DATA_CHECKS if check is not ties)
        return ClosedFormEstimate(mi, interval, (_sparse(n, bins, cells), _many_columns(d)), kept)

    def by_ranks(self, column: Array, side: str) -> bool:
        """With equally filled bins, where no value repeats."""
        return self.binning == "quantile" and int(distinct_values(column[:, None])[0]) == len(column)

    def _table(self, x: Array, y: Array, bins: int) -> tuple[float, float, int]:
        """The estimate, its standard error and the number of possible cells."""
        n = len(x)
        i, j = (_codes(side, bins, self.binning) for side in (x, y))
        rows, columns = i.max() + 1, j.max() + 1
        cell, at, counts = np.unique(i * columns + j, return_inverse=True, return_counts=True)
        p_x, p_y = np.bincount(i, minlength=rows) / n, np.bincount(j, minlength=columns) / n
        ratio = np.log(counts / n / (p_x[cell // columns] * p_y[cell % columns]))
        mi, spread = float(ratio @ counts / n), float(ratio[at].std())
        if self.correction == "miller-madow":
            mi += (rows + columns - len(cell) - 1) / (2 * n)
        # The second term is the spread of χ²/2n, which remains for independent sides.
        se = math.sqrt(spread**2 / n + (rows - 1) * (columns - 1) / (2 * n * n))
        return mi, se, int(rows * columns)

    def view(self, name: str) -> dict[str, Array]:
        """ "histogram" (one column each): edges x, y, each up to 65, and counts, a row for each interval of y."""
        if name != "histogram":
            return super().view(name)
        run = self._under_way()
        x, y = run.x, run.y
        if x.shape[1] > 1 or y.shape[1] > 1:
            return {}
        bins = min(self.bins or default_bins(len(x), 2), _SHOWN)
        edges = [_edges(side[:, 0], bins, self.binning) for side in (x, y)]
        return {"x": edges[0], "y": edges[1], "counts": np.histogram2d(x[:, 0], y[:, 0], edges)[0].T}


def default_bins(n: int, d: int) -> int:
    """1.5·n^{1/3} for d = 2 columns in all; the same number of cells, 2.25·n^{2/3}, for others."""
    return max(2, int((2.25 * n ** (2 / 3)) ** (1 / d)))


def _codes(side: Array, bins: int, binning: str) -> Array:
    """(n, d) → the number of each row's cell, (n,), only occupied cells counted."""
    cells = np.column_stack([_bin(column, bins, binning) for column in side.T])
    return np.unique(cells, axis=0, return_inverse=True)[1].ravel() if cells.shape[1] > 1 else _dense(cells[:, 0])


def _dense(cells: Array) -> Array:
    return np.unique(cells, return_inverse=True)[1]


def _bin(column: Array, bins: int, binning: str) -> Array:
    values, at, counts = np.unique(column, return_inverse=True, return_counts=True)
    if len(values) <= bins:
        return at
    if binning == "quantile":  # equal values stay together, in the bin of their middle rank
        middle = np.cumsum(counts) - counts / 2
        return np.minimum((bins * middle / len(column)).astype(np.int64), bins - 1)[at]
    scaled = column / 2 - column.min() / 2  # halved: the difference of two large numbers may overflow
    return np.minimum((scaled / scaled.max() * bins).astype(np.int64), bins - 1)


def _edges(column: Array, bins: int, binning: str) -> Array:
    low, high = column.min(), column.max()
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    if binning == "width":
        return np.linspace(low, high, bins + 1)
    return np.unique(np.quantile(column, np.linspace(0.0, 1.0, bins + 1)))


def _sparse(n: int, bins: int, cells: int) -> Finding | None:
    """Fewer rows than cells: most of what is seen is chance; fewer than two a cell leave a rest that is not corrected."""
    if n >= 2 * cells:
        return None
    return Finding(
        "red" if n < cells else "amber",
        Sentence(
            "{n:,} rows in {cells:,} cells ({bins} bins a column): sparse cells create spurious dependence; take fewer bins.",
            n=n,
            cells=cells,
            bins=bins,
        ),
    )


def _many_columns(d: int) -> Finding | None:
    if d <= 3:
        return None
    return Finding(
        "red", Sentence("{d} columns in all leave nearly every cell empty; a histogram is of use for up to 3.", d=d)
    )
