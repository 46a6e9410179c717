"""One monotone map a column: MI does not change under it, and networks train better on what comes out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from scipy.special import ndtri

from core.arrays import mean_and_deviation, normal_scores
from core.evaluation.trust import Finding
from core.method import Array
from core.sentences import Sentence

_FARTHEST = 1e15  # in single precision; products of a few such numbers leave it

_APART = 5.0  # mean, deviation or its inverse: beyond it a critic learns slowly, beyond four times that hardly

Kind = Literal["normal scores", "standardise", "raw"]
Mapped = Annotated[
    Kind,
    "Map of each column before: to normal scores by its ranks (MI stays the same), to mean 0 and spread 1, or none.",
]  # the parameter `margins` of what has one


@dataclass(frozen=True, eq=False)
class Margins:
    """The maps of the columns of one side."""

    maps: tuple[Callable[[Array], Array], ...]

    @classmethod
    def fit(cls, values: Array, kind: Kind, codes: Collection[int] = ()) -> Margins:
        """From rows (n, d). Normal scores: Φ⁻¹(rank / (n + 1)), equal values at the average of their ranks.

        codes: columns that hold codes of categories, of which each becomes a column of 0 and 1 a category.
        """
        if kind == "raw":
            _refuse_far(values)
        return cls(tuple((_indicators if j in codes else _MAPS[kind])(column) for j, column in enumerate(values.T)))

    def __call__(self, values: Array) -> Array:
        """(n, d) → (n, d) float32, wider with codes; normal scores are straight between the fitted values, and flat beyond."""
        return np.column_stack([f(c) for f, c in zip(self.maps, values.T, strict=True)]).astype(np.float32)


def _refuse_far(values: Array) -> None:
    """ValueError for columns that a network, in single precision, cannot take as they are."""
    with np.errstate(over="ignore", under="ignore"):
        single = values.astype(np.float32)
    lost = (np.ptp(single, axis=0) == 0) & (values != values[:1]).any(axis=0)
    far = np.abs(values).max(axis=0)
    if (bad := np.flatnonzero(lost | (far > _FARTHEST))).size:
        raise ValueError(
            Sentence(
                "margins='raw' leaves values of a size of {far:.3g}, of which single precision keeps too little: choose "
                "'standardise' or 'normal scores'",
                far=far[bad[0]],
            )
        )


def unscaled(values: Array, kind: Kind) -> Finding | None:
    """Raw columns far from mean 0 and deviation 1, for which the networks' first weights and step sizes are made.

    For ρ = .8, .51 nats: a deviation of 10 leaves it, of 100 gives −12 nats, of .01 .02; a mean of 10 .22, of 100 .00.
    """
    if kind != "raw":
        return None
    varying = values[:, (values != values[:1]).any(axis=0)]
    mean, deviation = mean_and_deviation(varying)
    with np.errstate(divide="ignore"):
        far = np.array([np.abs(mean), deviation, 1 / deviation])
    if not far.size or (worst := float(far.max())) <= _APART:
        return None
    at = int(far.max(axis=0).argmax())
    return Finding(
        "red" if worst > 4 * _APART else "amber",
        Sentence(
            "With raw margins a column has mean {mean:.3g} and standard deviation {deviation:.3g}; the critic learns from "
            "numbers near mean 0 and deviation 1. Choose normal scores or standardise.",
            mean=float(mean[at]),
            deviation=float(deviation[at]),
        ),
    )


def columns_as(values: Array, kind: Kind) -> Array:
    """Columns (n, d) by the maps of their own values, float64: distances keep all their digits."""
    own = normal_scores if kind == "normal scores" else lambda column: _MAPS[kind](column)(column)
    mapped = [own(column) for column in values.T]
    return np.column_stack(mapped) if mapped else values.astype(np.float64)


def _normal_scores(column: Array) -> Callable[[Array], Array]:
    values, counts = np.unique(column, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    scores = ndtri(rank / (len(column) + 1))
    return lambda new: np.interp(new, values, scores)


def places(values: Array, rng: np.random.Generator) -> Array:
    """(rank − ½) / n of each column of (n, d), in (0, 1); equal values in random order.

    So a value has a stretch of ranks, from which it can be read off, and where in it a row lies depends on nothing: MI
    stays as it is, and no rank is tied.
    """
    n, out = len(values), np.empty(values.shape)
    for j, column in enumerate(values.T):
        out[np.lexsort((rng.random(n), column)), j] = (np.arange(n) + 0.5) / n
    return out


def _standard(column: Array) -> Callable[[Array], Array]:
    largest = np.abs(column).max() or 1.0  # first to a scale on which the spread cannot overflow
    centre, spread = (column / largest).mean(), (column / largest).std()
    return lambda values: (values / largest - centre) / (spread or 1.0)


def _indicators(column: Array) -> Callable[[Array], Array]:
    """(n,) → (n, k): which of the k codes the nearest is."""
    levels = np.unique(column)
    return lambda values: (np.abs(values[:, None] - levels).argmin(1)[:, None] == np.arange(len(levels))) * 1.0


def _raw(column: Array) -> Callable[[Array], Array]:
    return lambda values: values


_MAPS: dict[Kind, Callable[[Array], Callable[[Array], Array]]] = {
    "normal scores": _normal_scores,
    "standardise": _standard,
    "raw": _raw,
}
