"""One monotone map a column: MI does not change under it, and networks train better on what comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from core.method import Array

_FARTHEST = 1e15  # in single precision; products of a few such numbers leave it

Kind = Literal["normal scores", "standardise", "raw"]


@dataclass(frozen=True, eq=False)
class Margins:
    """The maps of the columns of one side."""

    maps: tuple[Callable[[Array], Array], ...]

    @classmethod
    def fit(cls, values: Array, kind: Kind) -> Margins:
        """From rows (n, d). Normal scores: Φ⁻¹(rank / (n + 1)), equal values at the average of their ranks."""
        if kind == "raw":
            _refuse_far(values)
        return cls(tuple(_MAPS[kind](column) for column in values.T))

    def __call__(self, values: Array) -> Array:
        """(n, d) → (n, d) float32; normal scores are straight between the fitted values, and flat beyond them."""
        return np.stack([f(c) for f, c in zip(self.maps, values.T, strict=True)], 1).astype(np.float32)


def _refuse_far(values: Array) -> None:
    """ValueError for columns that a network, in single precision, cannot take as they are."""
    with np.errstate(over="ignore", under="ignore"):
        single = values.astype(np.float32)
    lost = (np.ptp(single, axis=0) == 0) & (values != values[:1]).any(axis=0)
    far = np.abs(values).max(axis=0)
    if (bad := np.flatnonzero(lost | (far > _FARTHEST))).size:
        raise ValueError(
            f"margins='raw' leaves values of a size of {far[bad[0]]:.3g}, of which single precision keeps too little: choose "
            "'standardise' or 'normal scores'"
        )


def columns_as(values: Array, kind: Kind) -> Array:
    """Columns (n, d) by the maps of their own values, float64: distances keep all their digits."""
    own = _scores if kind == "normal scores" else lambda column: _MAPS[kind](column)(column)
    mapped = [own(column) for column in values.T]
    return np.column_stack(mapped) if mapped else values.astype(np.float64)


def _normal_scores(column: Array) -> Callable[[Array], Array]:
    values, counts = np.unique(column, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    scores = ndtri(rank / (len(column) + 1))
    return lambda new: np.interp(new, values, scores)


def _scores(column: Array) -> Array:
    """The fitted values of `_normal_scores` themselves, without looking each of them up."""
    _, at, counts = np.unique(column, return_inverse=True, return_counts=True)
    return ndtri((np.cumsum(counts) - (counts - 1) / 2) / (len(column) + 1))[at]


def _standard(column: Array) -> Callable[[Array], Array]:
    largest = np.abs(column).max() or 1.0  # first to a scale on which the spread cannot overflow
    centre, spread = (column / largest).mean(), (column / largest).std()
    return lambda values: (values / largest - centre) / (spread or 1.0)


def _raw(column: Array) -> Callable[[Array], Array]:
    return lambda values: values


_MAPS: dict[Kind, Callable[[Array], Callable[[Array], Array]]] = {
    "normal scores": _normal_scores,
    "standardise": _standard,
    "raw": _raw,
}
