"""Mutual information from distances to nearest neighbours: one number a row, in nats, whose mean is the estimate.

All distances are maxima over columns. With ε_i the distance of row i to its k-th neighbour among (x, y) and n_x, n_y
the rows nearer than that in x and in y alone, a row contributes ψ(k) + ψ(n) − ψ(n_x + 1) − ψ(n_y + 1).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import digamma

from core import pairwise, trees
from core.columns import once
from core.method import Array

if TYPE_CHECKING:
    from core.plane import Plane

_TREES = 10  # columns in all, beyond which a tree leaves hardly a row out and every pair is looked at
_WORTH = 500_000  # rows of pairs: a second of looking in trees
NEARER, _UP_TO = 1.0 - 1e-10, 1.0 + 1e-10  # "<" and "≤" for distances that were rounded on the way


_of_two: type[trees.Trees] | type[Plane] = trees.Trees  # what searches one column against one


class Contributions:
    """KSG of rows x (n, dx), y (n, dy), k < n, asked for some rows at a time: the search is prepared once.

    Up to ten columns by trees, beyond by the distances of all pairs, on the device `where`.

    KSG 1, and its mixed form where values repeat. A row is tied where its k-th neighbour is at no distance, or no
    nearer than the next. There, as for counts in a table, all rows up to ε count, itself included:
    ψ(k̃) + ψ(n) − ψ(ñ_x) − ψ(ñ_y). Among values that never repeat this never happens; it is for few values with many
    rows each (see `spread_ties`).

    KSG 2 is ψ(k) − 1/k + ψ(n) − ψ(m_x) − ψ(m_y), for values that do not repeat: m_x counts the rows up to the farthest
    of the k neighbours in x, m_y likewise. That is the smallest rectangle, and need not be square.

    References: Kraskov et al. (2004), arXiv:cond-mat/0305641, eq. 8 and 9; Gao et al. (2017), arXiv:1709.06212,
    algorithm 1.
    """

    def __init__(self, x: Array, y: Array, k: int, where: str = "cpu") -> None:
        x, y = x - x.mean(axis=0), y - y.mean(axis=0)  # a far origin would cost digits
        self.sides, self.k = (x, y), k
        self.search: trees.Trees | pairwise.Blocks | Plane
        if x.shape[1] + y.shape[1] > _TREES:
            self.search = pairwise.Blocks(x, y, where)
        else:
            self.search = (_of_two if x.shape[1] == y.shape[1] == 1 else trees.Trees)(x, y)
        self.most = self.search.size  # rows in one block

    def first(self, rows: Array) -> tuple[Array, Array]:
        """KSG 1 at those rows: contributions (m,), and which of them are tied (m,)."""
        local, tied = zip(*map(self._first, self._parts(rows)), strict=True)
        return np.concatenate(local), np.concatenate(tied)

    def second(self, rows: Array) -> Array:
        """KSG 2 at those rows, (m,)."""
        return np.concatenate([*map(self._second, self._parts(rows))])

    def _parts(self, rows: Array) -> list[Array]:
        return np.array_split(rows, -(-len(rows) // self.most))

    def _first(self, rows: Array) -> tuple[Array, Array]:
        here, n = self.search.at(rows), len(self.sides[0])
        reach, tied = _reach(here.nearest(self.k + 2, last=2)[0])
        inside = here.inside(reach, tied) if tied.any() else self.k
        near_x, near_y = here.alone(reach, reach)
        return psi(np.where(tied, inside, self.k)) + digamma(n) - psi(near_x) - psi(near_y), tied

    def _second(self, rows: Array) -> Array:
        k, here = self.k, self.search.at(rows)
        near = here.nearest(k + 1)[1][:, 1:]
        reach = [np.abs(side[near] - side[rows][:, None]).max(axis=(1, 2)) * _UP_TO for side in self.sides]
        alone = sum(psi(within - 1) for within in here.alone(*reach))
        return digamma(k) - 1.0 / k + digamma(len(self.sides[0])) - alone


def compile_search(pairs: int, n: int) -> None:
    """From here on look for neighbours in one column against one by compiled code, which finds the same in a third of the
    time, where so many pairs of n rows are worth the half second of loading it (some seconds the first time of all)."""
    global _of_two
    if pairs * n < _WORTH or _of_two is not trees.Trees:
        return
    try:
        from core.plane import Plane
    except (ImportError, RuntimeError) as error:
        # No such package for this machine, or nowhere to keep what is compiled.
        logging.getLogger(__name__).info("neighbours are looked for by trees: %s", error)
        return
    _of_two = Plane


def ksg(x: Array, y: Array, k: int, algorithm: str = "1", where: str = "cpu") -> tuple[Array, float]:
    """Contributions (n,) of all rows, and the share of tied ones; with ties, where rectangles mean nothing, KSG 1."""
    search, rows = Contributions(x, y, k, where), np.arange(len(x))
    local, tied = search.first(rows)
    return (search.second(rows) if algorithm == "2" and not tied.any() else local), float(tied.mean())


def of_parts(x: Array, y: Array, parts: Array, k: int, algorithm: str = "1", where: str = "cpu") -> Array:
    """The mean of `ksg` for each of some parts of the rows (p, m), k < m, alone: (p,).

    In few columns all at once: the parts are moved so far away from each other that no row looks into another one.
    """
    p, m = parts.shape
    if x.shape[1] + y.shape[1] > _TREES:
        return np.array([ksg(x[rows], y[rows], k, algorithm, where)[0].mean() for rows in parts])
    x, y = x[parts.ravel()], y[parts.ravel()]
    apart = np.repeat(np.arange(p), m) * 2.0 * max(float(np.ptp(side, axis=0).max()) for side in (x, y))
    x[:, 0] += apart
    y[:, 0] += apart
    local = ksg(x, y, k, algorithm, where)[0].reshape(p, m).mean(axis=1)
    found: Array = local + digamma(m) - digamma(p * m)
    return found


def of_entropies(sides: Sequence[Array], terms: Mapping[tuple[int, ...], int], k: int) -> tuple[Array, float]:
    """Σ_S c_S H(S) over sets S of the sides (n, d), k < n: contributions (n,), and the share of tied rows.

    `terms` holds c_S, −1 for the largest set, in which the k-th neighbour is looked for. Of every S the rows nearer than
    that are counted, as in `Contributions.first`: H(S) gives ψ(n) − ψ(n_S + 1), and volumes cancel because they do in
    the sum. With +1 for (x, z) and (y, z) and −1 for z it is the conditional MI, with +1 for each side alone the total
    correlation.

    References: Frenzel & Pompe (2007), Partial mutual information for coupling analysis of multivariate time series,
    Phys. Rev. Lett. 99, 204101; Mesner & Shalizi (2019), arXiv:1912.03387 (repeated values); Kraskov et al. (2004), eq. 23.
    """
    sides = [side - side.mean(axis=0) for side in sides]
    whole = max(terms, key=len)
    tree = cKDTree(np.hstack([sides[i] for i in whole]))
    n = tree.n
    rows, inside = np.arange(n), np.full(n, k)
    reach, tied = _reach(trees.nearest(tree, rows, np.array([k + 1, k + 2]))[0])
    if tied.any():
        inside[tied] = trees.count(tree, tree.data[tied], reach[tied])
    local = psi(inside) - digamma(n)
    for subset, c in terms.items():
        columns = np.hstack([sides[i] for i in subset])
        if subset != whole and columns.shape[1]:
            local += c * (digamma(n) - psi(trees.Within(columns)(rows, reach)))
    return local, float(tied.mean())


def categories(values: Array, k: int) -> bool:
    """Whether rows (n, d) take so few values, two or at most √(n/4k), that a table of two such sides has 4k rows a cell."""
    if values.shape[1] == 1:
        return _few(len(np.unique(values[:: max(1, len(values) // 1000), 0])), values, k) and _few(
            len(_levels(values[:, 0])[0]), values, k
        )
    some = values[:: max(1, len(values) // 1000)]  # a glance, which spares the sorting of continuous rows
    return _few(len(np.unique(some, axis=0)), values, k) and _few(len(np.unique(values, axis=0)), values, k)


def spread_ties(values: Array, k: int, rng: np.random.Generator) -> tuple[Array, float]:
    """Columns (n, d) whose repeated values are too many for categories get random ranks among their equals.

    Each value is spread evenly over its own stretch of the axis, half-way to the next value on either side. The value
    can be read off where it fell, and where in the stretch it fell is independent of all else, so I(X; Y) is exactly
    what it was; but no distance is tied any more. Without this, 2,000 independent pairs rounded to one decimal measure
    .24 nats instead of 0. Columns of few values, at most √(n/4k), are left as they are: counting them is better.
    Second result: the largest share of a spread column's rows that repeat a value.
    """
    out, share = values, 0.0
    for j, column in enumerate(values.T):
        distinct, counts = _levels(column)
        if len(distinct) == len(column) or len(distinct) < 2 or _few(len(distinct), column, k):
            continue
        rank = np.empty(len(column))
        rank[np.lexsort((rng.random(len(column)), column))] = np.arange(1, len(column) + 1)
        middle = np.cumsum(counts) - (counts - 1) / 2
        # Beyond the outermost values the axis goes on as far as their neighbours within are away.
        ranks = np.concatenate([[middle[0] - counts[0]], middle, [middle[-1] + counts[-1]]])
        axis = np.concatenate([[2 * distinct[0] - distinct[1]], distinct, [2 * distinct[-1] - distinct[-2]]])
        out = values.copy() if out is values else out
        out[:, j], share = np.interp(rank, ranks, axis), max(share, 1.0 - len(distinct) / len(column))
    return out, share


@once
def _levels(column: Array) -> tuple[Array, Array]:
    """The different values of a column, rising, and how often each occurs."""
    return np.unique(column, return_counts=True)


def psi(counts: Array) -> Array:
    """ψ of whole numbers ≥ 0, looked up: they are few."""
    found: Array = _digammas(1 << int(counts.max(initial=0)).bit_length())[counts]
    return found


@lru_cache(4)
def _digammas(size: int) -> Array:
    return digamma(np.arange(size))


def _reach(distances: Array) -> tuple[Array, Array]:
    """Of distances (m, 2) to the k-th neighbour and to the next: how far to count, and which rows are tied.

    Where there is no next one, its distance is infinite.
    """
    radius, following = distances.T
    tied = (radius == 0) | (following <= radius * _UP_TO)
    return radius * np.where(tied, _UP_TO, NEARER), tied


def _few(distinct: int, values: Array, k: int) -> bool:
    return distinct <= 2 or 4 * k * distinct**2 <= len(values)
