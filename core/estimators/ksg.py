"""The k-nearest-neighbour estimator: distances in the joint space against counts in x and in y alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from scipy.stats import t as student

from core import neighbours
from core.arrays import mean_and_deviation
from core.estimators._closed import ClosedForm, Found, varies
from core.estimators._marginal_transforms import columns_as
from core.evaluation.trust import DATA_CHECKS, Finding, ties
from core.method import Array
from core.params import Range
from core.sentences import Sentence

_PARTS = 8  # disjoint parts of the rows that the interval is read from,
_LARGEST = 1_000  # each of at most so many rows, so that it costs no more than the estimate
_GRID = 32
_BLOCK = 50_000  # rows at a time,
_DISTANCES = 100_000_000  # or about so many differences of numbers
_ALONG = 2.5  # rows along each column, below which a third of the dependence or more is not seen
_Terms = Callable[[Array, Array, int], tuple[Array, float]]


@dataclass(eq=False, repr=False, kw_only=True)
class KSG(ClosedForm):
    """ψ(k) + ψ(n) − ⟨ψ(n_x + 1) + ψ(n_y + 1)⟩ in nats, the estimator of Kraskov, Stögbauer and Grassberger.

    n_x counts the rows nearer in x alone than the k-th neighbour in (x, y). It finds any kind of dependence and is
    nearly unbiased for independent sides; it falls short where the MI is high for the number of rows, above all in more
    than about four columns. Where values repeat, counting takes over (few values) or each value is spread over its
    stretch of the axis (many), which leaves the MI as it is; `trust_` says so. The interval comes from disjoint
    parts of the rows, and reaches on by what the whole sees beyond its parts.

    References: Kraskov et al. (2004), arXiv:cond-mat/0305641; Gao et al. (2017), arXiv:1709.06212 (repeated values);
    Ross (2014), PLoS ONE 9(2), e87357 (numbers against names);
    Holmes & Nemenman (2019), arXiv:1903.09280 (errors from parts).
    """

    title: ClassVar[str] = "KSG (nearest neighbours)"
    rank: ClassVar[int] = 10
    look: ClassVar[int | None] = 5
    any_dependence: ClassVar[bool] = True
    reference: ClassVar[str] = (
        "Kraskov, Stögbauer and Grassberger, 2004, Estimating mutual information, arXiv:cond-mat/0305641"
    )
    views: ClassVar[tuple[str, ...]] = ("local",)

    k: Annotated[int, Range(1, 100, log=True), "Neighbours: fewer see sharper structure, more are steadier."] = 5
    algorithm: Annotated[
        Literal["1", "2"], "Kraskov's first form (squares around each row) or his second (rectangles)."
    ] = "1"
    margins: Annotated[
        Literal["normal scores", "standardise", "raw"],
        "Map of each column before: to normal scores by its ranks (MI stays the same), to mean 0 and spread 1, or none.",
    ] = "normal scores"
    categories: Annotated[Literal["neither", "x", "y", "both"], "Which sides are categorical."] = "neither"

    def work(self, x: Array, y: Array) -> Iterator[Found]:
        """The mean over more and more rows, in random order, each against all others; the last Found is of all rows."""
        self._parts = 1
        x, y = varies(x), varies(y)
        if not x.shape[1] or not y.shape[1]:
            self._local = np.zeros(len(x))
            yield Found(0.0, (0.0, 0.0))
            return
        n, rng = len(x), np.random.default_rng(self.seed())
        k = min(self.k, n - 1)
        terms, table = self._terms(x, y, k), _table(x, y) if self._names == "both" else None
        (x, spread_x), (y, spread_y) = (
            (side, 0.0) if self._names in (name, "both") else neighbours.spread_ties(side, k, rng)
            for name, side in (("x", x), ("y", y))
        )
        x, y = columns_as(x, self.margins), columns_as(y, self.margins)
        known = (
            _spread(max(spread_x, spread_y)),
            table,
            _small(k, self.k),
            _many_columns(x.shape[1] + y.shape[1], n),
            _uneven(np.hstack([x, y])) if self.margins == "raw" else None,
        )
        kept = tuple(check for check in DATA_CHECKS if check is not ties)
        tied = 0.0
        if terms is None:
            for done, tied in self._in_blocks(x, y, k):
                if done < n:
                    local = self._local[np.isfinite(self._local)]
                    mi, own = float(local.mean()), 1.96 * float(local.std()) / math.sqrt(done)
                    yield Found(mi, (mi - 2 * own, mi + 2 * own), (*known, _tied(tied), _partial(done, n)), kept)
        else:
            self._local, tied = terms(x, y, k)
        mi = float(self._local.mean())
        interval = self._interval(x, y, terms or self._contributions, k, rng)
        yield Found(mi, interval, (*known, _tied(tied)), kept)

    @property
    def total(self) -> int:
        """The blocks of rows, known once the work has begun."""
        return getattr(self, "_parts", 1)

    @property
    def _names(self) -> str:
        """`categories` in the order of the computation."""
        return {"x": "y", "y": "x"}.get(self.categories, self.categories) if self._swapped else self.categories

    def _terms(self, x: Array, y: Array, k: int) -> _Terms | None:
        """By distances within each name, or by counts, where that suits the sides; else None, which is by distances."""
        few = [self._names in (name, "both") or neighbours.categories(side, k) for name, side in (("x", x), ("y", y))]
        if all(few):  # also a few numbers against names, whose distances would all be tied
            return lambda x, y, k: (neighbours.table(x, y), 1.0)
        if self._names == "x":
            return lambda x, y, k: (neighbours.ross(y, x, k), 0.0)
        if self._names == "y":
            return lambda x, y, k: (neighbours.ross(x, y, k), 0.0)
        return None

    def _in_blocks(self, x: Array, y: Array, k: int) -> Iterator[tuple[int, float]]:
        """Fill `_local` block by block, NaN where nothing is yet: how many rows are done, and the share that is tied."""
        n, d = len(x), x.shape[1] + y.shape[1]
        self._local, first, tied = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=bool)
        search = neighbours.Contributions(x, y, k)
        # In more than a few columns every row is compared with nearly every other: blocks of some tenths of a second.
        size = _BLOCK if d <= 4 else int(np.clip(_DISTANCES / (n * d), 100, _BLOCK))
        order = np.arange(n) if n <= size else np.random.default_rng([self.seed(), 1]).permutation(n)
        self._parts = -(-n // size)
        for begin in range(0, n, size):
            rows = order[begin : begin + size]
            first[rows], tied[rows] = search.first(rows)
            self._local[rows] = first[rows] if self.algorithm == "1" else search.second(rows)
            done = begin + len(rows)
            if tied.any():  # rectangles mean nothing where distances are tied
                self._local = first.copy()
            yield done, float(tied.sum()) / done

    def _contributions(self, x: Array, y: Array, k: int) -> tuple[Array, float]:
        return neighbours.ksg(x, y, k, self.algorithm)

    def _interval(self, x: Array, y: Array, terms: _Terms, k: int, rng: np.random.Generator) -> tuple[float, float]:
        """Student's 95 % from up to eight disjoint parts; neighbours share rows, so the rows' own spread is too small."""
        n, mi = len(x), float(self._local.mean())
        parts = min(_PARTS, n // max(20, 4 * k))
        own = 1.96 * float(self._local.std()) / math.sqrt(n)
        if parts < 3:
            return mi - 2 * own, mi + 2 * own  # twice: seen at most 1.7 times too small for independent sides
        size = min(n // parts, _LARGEST)
        each = rng.permutation(n)[: parts * size].reshape(parts, size)
        values = np.array([terms(x[rows], y[rows], k)[0].mean() for rows in each])
        half = max(own, float(student.ppf(0.975, parts - 1) * values.std(ddof=1)) * math.sqrt(size / n))
        beyond = mi - float(values.mean())
        return mi - half + min(0.0, beyond), mi + half + max(0.0, beyond)

    def view(self, name: str) -> dict[str, Array]:
        """ "local" (one column each): edges x, y (33,), and values (32, 32), the rows' mean contribution in nats,
        NaN where there is no row; a row of it for each interval of y."""
        if name != "local":
            return super().view(name)
        run = self._under_way()
        x, y = run.x, run.y
        if x.shape[1] > 1 or y.shape[1] > 1:
            return {}
        edges = [np.histogram_bin_edges(side, _GRID) for side in (x[:, 0], y[:, 0])]
        known = np.isfinite(self._local)
        x, y, local = x[known, 0], y[known, 0], self._local[known]
        total, rows = np.histogram2d(x, y, edges, weights=local)[0], np.histogram2d(x, y, edges)[0]
        return {"x": edges[0], "y": edges[1], "values": np.where(rows > 0, total / np.maximum(rows, 1), np.nan).T}


def _spread(share: float) -> Finding | None:
    if share < 0.1:
        return None
    return Finding(
        "amber",
        Sentence(
            "Values repeat ({share:.0%} of a column's rows have one that was there before): each was spread evenly over its "
            "stretch of the axis, which keeps the MI.",
            share=share,
        ),
    )


def _tied(share: float) -> Finding | None:
    if share < 0.01:
        return None
    return Finding(
        "amber",
        Sentence(
            "{share:.0%} of the rows have neighbours with equal values: there the mixed form counts them.", share=share
        ),
    )


def _table(x: Array, y: Array) -> Finding | None:
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


def _partial(done: int, n: int) -> Finding:
    return Finding(
        "amber",
        Sentence(
            "Stopped after {done:,} of {n:,} rows: the figure is the mean over these, each compared with all rows.",
            done=done,
            n=n,
        ),
    )


def _small(k: int, wanted: int) -> Finding | None:
    return (
        None
        if k == wanted
        else Finding(
            "red", Sentence("{n} rows have no {wanted} neighbours each; {k} were used.", n=k + 1, wanted=wanted, k=k)
        )
    )


def _many_columns(d: int, n: int) -> Finding | None:
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


def _uneven(columns: Array) -> Finding | None:
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
