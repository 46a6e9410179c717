"""Gives every column two peaks, and keeps the mutual information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ndtr, ndtri

from core.distributions._base import Transform, increasing_inverse
from core.method import Array

_X, _Y = (0.3, 0.0, 5.0), (0.5, -1.0, 3.0)  # weight of the first peak, and where both are


@dataclass(frozen=True, kw_only=True)
class Bimodal(Transform):
    """x → F⁻¹(Φ(x)): standard Gaussian columns get the margin F of two Gaussian peaks, with the same I(X; Y).

    Columns of x are .3 N(0, 1) + .7 N(5, 1) then, those of y .5 N(−1, 1) + .5 N(3, 1). Errors: ValueError for a
    discrete distribution.
    """

    title: ClassVar[str] = "Two peaks of"
    reference: ClassVar[str] = "Czyż et al. (2023), Beyond Normal, arXiv:2306.11078"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._needs_continuous()

    def _forward_x(self, values: Array) -> Array:
        return _spread(values, *_X)

    def _forward_y(self, values: Array) -> Array:
        return _spread(values, *_Y)

    def _inverse_x(self, values: Array) -> Array:
        return _scores(values, *_X)

    def _inverse_y(self, values: Array) -> Array:
        return _scores(values, *_Y)


def _scores(values: Array, weight: float, first: float, second: float) -> Array:
    """Φ⁻¹(F(v)), from the nearer end of F, which keeps all digits in both tails."""
    below = weight * ndtr(values - first) + (1.0 - weight) * ndtr(values - second)
    above = weight * ndtr(first - values) + (1.0 - weight) * ndtr(second - values)
    return np.where(below < 0.5, ndtri(below), -ndtri(above))


def _spread(values: Array, weight: float, first: float, second: float) -> Array:
    reach = np.abs(values) + abs(first) + abs(second) + 2.0
    return increasing_inverse(lambda v: _scores(v, weight, first, second), values, -reach, reach)
