"""Bends every column by small waves, and keeps the mutual information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.distributions._base import Transform, increasing_inverse
from core.method import Array

_REACH = 1.0  # more than the waves' amplitudes in all


@dataclass(frozen=True, kw_only=True)
class Wiggly(Transform):
    """Sums of sines, which leave both maps increasing, in every column: the same I(X; Y).

    x → x + .4 sin x + .2 sin(1.7x + 1) + .03 sin(3.3x − 2.5), y → y − .4 sin .4y + .17 sin(1.3y + 3.5) + .02 sin(4.3y − 2.5).
    """

    title: ClassVar[str] = "Wiggly"
    reference: ClassVar[str] = "Czyż et al. (2023), Beyond Normal, arXiv:2306.11078"

    def _forward_x(self, values: Array) -> Array:
        return values + 0.4 * np.sin(values) + 0.2 * np.sin(1.7 * values + 1.0) + 0.03 * np.sin(3.3 * values - 2.5)

    def _forward_y(self, values: Array) -> Array:
        slow, fast = 0.17 * np.sin(1.3 * values + 3.5), 0.02 * np.sin(4.3 * values - 2.5)
        return values - 0.4 * np.sin(0.4 * values) + slow + fast

    def _inverse_x(self, values: Array) -> Array:
        return increasing_inverse(self._forward_x, values, values - _REACH, values + _REACH)

    def _inverse_y(self, values: Array) -> Array:
        return increasing_inverse(self._forward_y, values, values - _REACH, values + _REACH)
