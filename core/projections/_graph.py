"""UMAP's graph of neighbours, and its layout a few passes at a time so that it can be watched.

Reference: McInnes, Healy and Melville, 2018, arXiv:1802.03426, algorithms 2 to 5.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import curve_fit
from scipy.sparse import coo_array, csr_array

from core.method import Array
from core.projections._neighbours import nearest
from core.projections._rows import SHOWN, checked, principal, same_rows
from core.sentences import Sentence

_COLUMNS = 50  # neighbours are searched among this many principal components, as for t-SNE
_NEIGHBOURS = 15  # as its authors do
_NEGATIVES = 5  # others that a row is pushed from for each edge that pulls it
_PULL = 4.0  # bound of each coordinate of a move
_PARTS = 8  # batches of a pass: within one, all moves are from the same places


def graph(rows: Array, k: int, seed: int) -> csr_array:
    """Weights (n, n) of edges to the k − 1 nearest others, symmetric: w_ij + w_ji − w_ij w_ji."""
    n = len(rows)
    near, distance = nearest(rows, k - 1, seed)
    weight = _membership(distance, float(np.log2(k)))
    at = np.repeat(np.arange(n), near.shape[1])
    one_way = csr_array(coo_array((weight.ravel(), (at, near.ravel())), shape=(n, n)))
    other_way = csr_array(one_way.T)
    return csr_array(one_way + other_way - one_way * other_way)


def _membership(distance: Array, bits: float) -> Array:
    """exp(−(d − ρ) / σ) of sorted distances (n, k), ρ the first that is not 0, σ such that a row's sum is log₂ k."""
    positive = np.where(distance > 0, distance, np.inf)
    rho = np.where(np.isfinite(positive.min(1)), positive.min(1), 0.0)[:, None]
    beyond = (distance - rho).clip(0.0)
    low, high, sigma = np.zeros(len(distance)), np.full(len(distance), np.inf), np.ones(len(distance))
    for _ in range(64):
        large = np.exp(-beyond / sigma[:, None]).sum(1) > bits
        high, low = np.where(large, sigma, high), np.where(large, low, sigma)
        sigma = np.where(np.isinf(high), 2 * sigma, (low + high) / 2)
    least = 1e-3 * np.where(rho[:, 0] > 0, distance.mean(1), distance.mean())
    return np.exp(-beyond / np.maximum(sigma, np.maximum(least, 1e-300))[:, None])


def curve(min_dist: float) -> tuple[float, float]:
    """a, b of 1 / (1 + a d^2b) nearest to 1 up to min_dist and exp(min_dist − d) beyond."""
    d = np.linspace(0, 3, 300)
    wanted = np.where(d < min_dist, 1.0, np.exp(min_dist - d))
    (a, b), _ = curve_fit(lambda d, a, b: 1 / (1 + a * d ** (2 * b)), d, wanted)
    return float(a), float(b)


class GraphLayout:
    """UMAP under way: `advance` moves the points, `coordinates` (n, 2 or 3) say where they are."""

    def __init__(
        self, features: Array, k: int | None, min_dist: float, seed: int, iterations: int, dimensions: int
    ) -> None:
        features, _ = checked(features, SHOWN)
        k = min(_NEIGHBOURS, len(features)) if k is None else k
        if k > len(features):
            raise ValueError(
                Sentence(
                    "n_neighbors={k} is more than the {n} rows: use {n} or less",
                    k=k,
                    n=len(features),
                )
            )
        close = principal(features, _COLUMNS, dimensions, seed)
        self._edges = coo_array(graph(close, k, seed))
        self._chance = self._edges.data / self._edges.data.max()
        self._shape, self.seed, self.iterations = curve(min_dist), seed, iterations
        self.index, self.figure = 0, float("nan")
        start = close[:, :dimensions] * (10.0 / (np.abs(close[:, :dimensions]).max() or 1.0))
        self._places = start + 1e-4 * np.random.default_rng(seed).standard_normal(start.shape)

    @property
    def coordinates(self) -> Array:
        return self._places.copy()

    def state(self) -> dict[str, Array]:
        """What continuing needs: chance goes by the number of the pass."""
        return {"places": self._places.copy()}

    def restore(self, state: dict[str, Array], index: int, figure: float) -> None:
        """Go on from there. Errors: ValueError where it is of other rows."""
        same_rows(state["places"], self._places)
        self._places, self.index, self.figure = state["places"].copy(), index, figure

    def advance(self, n: int) -> None:
        """n passes. Each takes an edge with a chance in proportion to its weight."""
        for _ in range(n):
            # By the number of the pass, so that a run that is resumed goes on as if it had not been interrupted.
            rng = np.random.default_rng((self.seed, self.index))
            taken = rng.permutation(np.flatnonzero(rng.random(len(self._chance)) < self._chance))
            rate = 1.0 - self.index / self.iterations
            for part in np.array_split(taken, _PARTS):
                self._move(self._edges.row[part], self._edges.col[part], rate, rng)
            self.index += 1
        self.figure = self._loss()

    def _move(self, head: Array, tail: Array, rate: float, rng: np.random.Generator) -> None:
        """Both ends of the edges come nearer; heads go away from rows drawn at random."""
        z, (a, b) = self._places, self._shape
        away = z[head] - z[tail]
        d2 = np.maximum((away**2).sum(1), 1e-12)
        pull = ((-2 * a * b * d2 ** (b - 1) / (1 + a * d2**b))[:, None] * away).clip(-_PULL, _PULL)
        others = np.repeat(head, _NEGATIVES)
        from_ = rng.integers(len(z), size=len(others))
        apart = z[others] - z[from_]
        d2 = (apart**2).sum(1)
        push = ((2 * b / ((0.001 + d2) * (1 + a * d2**b)))[:, None] * apart).clip(-_PULL, _PULL)
        moved = np.concatenate([head, tail, others])
        moves = np.concatenate([pull, -pull, push])
        for j in range(z.shape[1]):
            z[:, j] += rate * np.bincount(moved, moves[:, j], minlength=len(z))

    def _loss(self) -> float:
        """Mean −ln q of the edges, weighted (nats)."""
        a, b = self._shape
        away = self._places[self._edges.row] - self._places[self._edges.col]
        return float(np.average(np.log1p(a * (away**2).sum(1) ** b), weights=self._edges.data))
