"""The k-nearest-neighbour estimator: distances in the joint space against counts in x and in y alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar, Literal

import numpy as np

from core import named, neighbours
from core.estimators import _neighbour_findings as findings
from core.estimators import _sides
from core.estimators._closed import ClosedForm, ClosedFormEstimate, varies
from core.estimators._disjoint_parts import Means, from_parts, one_by_one
from core.estimators._marginal_transforms import Mapped, columns_as
from core.estimators._several import by_neighbours, value_of_neighbours
from core.evaluation.trust import DATA_CHECKS, Finding, Names, most, ties
from core.evaluation.trust.finding import UNNAMED
from core.information.quantities import Quantity
from core.method import Array
from core.params import Field, ParameterError, Range
from core.sentences import Sentence

_GRID = 32
_BLOCK = 50_000  # rows at a time,
_DISTANCES = 100_000_000  # or about so many differences of numbers
_CHECKS = tuple(check for check in DATA_CHECKS if check is not ties)
_Terms = Callable[[Array, Array, int], tuple[Array, float]]
_Findings = tuple[Finding | None, ...]


@dataclass(eq=False, repr=False, kw_only=True)
class KSG(ClosedForm):
    """ψ(k) + ψ(n) − ⟨ψ(n_x + 1) + ψ(n_y + 1)⟩ in nats, the estimator of Kraskov, Stögbauer and Grassberger.

    n_x counts the rows nearer in x alone than the k-th neighbour in (x, y). It finds any kind of dependence and is
    nearly unbiased for independent sides; it falls short where the MI is high for the number of rows, above all in more
    than about four columns. Where values repeat, counting takes over (few values) or each value is spread over its
    stretch of the axis (many), which leaves the MI as it is. The interval comes from disjoint
    parts of the rows, and reaches on by what the whole sees beyond its parts.

    References: Kraskov et al. (2004), arXiv:cond-mat/0305641; Gao et al. (2017), arXiv:1709.06212 (repeated values);
    Ross (2014), PLoS ONE 9(2), e87357 (numbers against names);
    Holmes & Nemenman (2019), arXiv:1903.09280 (errors from parts).
    """

    title: ClassVar[str] = "KSG (nearest neighbours)"
    rank: ClassVar[int] = 10
    quick: ClassVar[bool] = True
    look: ClassVar[int | None] = 5
    any_dependence: ClassVar[bool] = True
    reference: ClassVar[str] = (
        "Kraskov, Stögbauer and Grassberger, 2004, Estimating mutual information, arXiv:cond-mat/0305641"
    )
    views: ClassVar[tuple[str, ...]] = ("local",)

    k: Annotated[
        int, Range(1, 100, log=True), Field("Neighbours k"), "Fewer see sharper structure, more are steadier."
    ] = 5
    algorithm: Annotated[
        Literal["1", "2"], "Kraskov's first form (squares around each row) or his second (rectangles)."
    ] = "1"
    margins: Mapped = "normal scores"
    categories: Annotated[Literal["neither", "x", "y", "both"], "Which sides are categorical."] = "neither"

    def work(self, x: Array, y: Array) -> Iterator[ClosedFormEstimate]:
        """The mean over more and more rows, in random order, each against all others; the last one is of all rows."""
        self._parts = 1
        x, y = varies(x), varies(y)
        if not x.shape[1] or not y.shape[1]:
            self._local = np.zeros(len(x))
            yield ClosedFormEstimate(0.0, (0.0, 0.0))
            return
        k, rng = min(self.k, len(x) - 1), np.random.default_rng(self.seed())
        terms = self._terms(x, y, k)
        x, y, known = self._prepared(x, y, k, rng)
        if terms is None:
            tied = yield from self._by_distances(x, y, k, known)
            means: Means = partial(neighbours.of_parts, x, y, k=k, algorithm=self.algorithm, where=self.device)
        else:
            self._local, tied = terms(x, y, k)
            means = one_by_one(lambda rows: terms(x[rows], y[rows], k)[0])
        # Of a name that has few rows a part has none, and so sees less whatever their number.
        interval, rising = from_parts(self._local, k, means, rng.permutation(len(x)), rises=terms is None)
        diagnostics = (*known, rising, findings.tied_neighbours(tied, x, y))
        yield ClosedFormEstimate(float(self._local.mean()), interval, diagnostics, _CHECKS)

    def _value(self, x: Array, y: Array) -> float:
        return next(self._values(x, y, [np.arange(len(x))]))

    def in_orders(self, x: Array, y: Array, orders: Iterable[Array], moved: str = "y") -> Iterator[float]:
        """As the family's; an order changes nothing of a column alone, which is prepared once."""
        self._swapped = _sides.swapped(x, y)
        largest = most(x, y, self._told(UNNAMED, x, y))
        a, b = (y, x) if self._swapped else (x, y)
        values = self._values(a, b, orders, (moved == "x") != self._swapped)
        return (min(value, largest) for value in values)

    def _values(self, x: Array, y: Array, orders: Iterable[Array], first: bool = False) -> Iterator[float]:
        """The mean contribution of x with y in each order, or of x in each order with y where the `first` is moved."""
        x, y = varies(x), varies(y)
        k, rng = min(self.k, len(x) - 1), np.random.default_rng(self.seed())
        if not x.shape[1] or not y.shape[1]:
            yield from (0.0 for _ in orders)
            return
        terms = self._terms(x, y, k) or self._contributions
        (x, y), _ = self._mapped(x, y, k, rng)
        for order in orders:
            yield float((terms(x[order], y, k) if first else terms(x, y[order], k))[0].mean())

    def by_ranks(self, column: Array, side: str) -> bool:
        """With normal scores, where it is not taken for names: what repeats is spread, and does not repeat any more."""
        names = self.categories in (side, "both") or neighbours.categories(column[:, None], self.k)
        return self.margins == "normal scores" and not names

    def _told(self, names: Names, x: Array, y: Array) -> Names:
        return names.told(self.categories, x.shape[1], y.shape[1])

    def of_several(self, sides: list[Array], quantity: Quantity) -> ClosedFormEstimate:
        """A quantity among several sides (n, d), by the k-th neighbour in all of them. Errors: ParameterError."""
        for name in ("algorithm", "categories"):
            if getattr(self, name) != type(self).__dataclass_fields__[name].default:
                raise ParameterError(Sentence("{name} has no meaning for more than two sides: leave it out", name=name))
        return by_neighbours(sides, quantity, self.k, self.margins, self.seed())

    def several_alone(self, sides: list[Array], quantity: Quantity) -> float:
        """The value of `of_several` alone, as shuffled copies want it."""
        return value_of_neighbours(sides, quantity, self.k, self.margins, self.seed())

    def _prepared(self, x: Array, y: Array, k: int, rng: np.random.Generator) -> tuple[Array, Array, _Findings]:
        """Both sides with ties spread and columns mapped, and what is found on the way."""
        named = findings.sparse_table(x, y) if self._names == "both" else None
        if self._names in ("x", "y"):
            named = findings.names_of_their_own(x if self._names == "x" else y, self.categories)
        given = x, y
        (x, y), spread = self._mapped(x, y, k, rng)
        known = (
            findings.few_values(spread, *given),
            named,
            findings.fewer_neighbours(k, self.k),
            findings.many_columns(x.shape[1] + y.shape[1], len(x)),
            findings.uneven_spreads(np.hstack([x, y])) if self.margins == "raw" else None,
        )
        return x, y, known

    def _mapped(self, x: Array, y: Array, k: int, rng: np.random.Generator) -> tuple[list[Array], float]:
        """Both sides with ties spread and columns mapped, and the larger share of rows whose values were spread."""
        sides = [
            (side, 0.0) if self._names in (name, "both") else neighbours.spread_ties(side, k, rng)
            for name, side in (("x", x), ("y", y))
        ]
        return [columns_as(side, self.margins) for side, _ in sides], max(share for _, share in sides)

    def _by_distances(self, x: Array, y: Array, k: int, known: _Findings) -> Generator[ClosedFormEstimate, None, float]:
        """An estimate after each block of rows but the last; in the end the share of rows that is tied."""
        n, tied = len(x), 0.0
        for done, tied in self._in_blocks(x, y, k):
            if done < n:
                local = self._local[np.isfinite(self._local)]
                mi, own = float(local.mean()), 1.96 * float(local.std()) / math.sqrt(done)
                diagnostics = (*known, findings.tied_neighbours(tied, x, y), findings.partly_computed(done, n))
                yield ClosedFormEstimate(mi, (mi - 2 * own, mi + 2 * own), diagnostics, _CHECKS)
        return tied

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
            return lambda x, y, k: (named.table(x, y), 0.0)
        if self._names == "x":
            return lambda x, y, k: (named.ross(y, x, k), 0.0)
        if self._names == "y":
            return lambda x, y, k: (named.ross(x, y, k), 0.0)
        return None

    def _in_blocks(self, x: Array, y: Array, k: int) -> Iterator[tuple[int, float]]:
        """Fill `_local` block by block, NaN where nothing is yet: how many rows are done, and the share that is tied."""
        n, d = len(x), x.shape[1] + y.shape[1]
        self._local, first, tied = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=bool)
        neighbours.compile_search(1, n)
        search = neighbours.Contributions(x, y, k, self.device)
        # In more than a few columns every row is compared with nearly every other: blocks of some tenths of a second.
        size = _BLOCK if d <= 4 else int(np.clip(_DISTANCES / (n * d), min(100, search.most), _BLOCK))
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
        return neighbours.ksg(x, y, k, self.algorithm, self.device)

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
