"""Presses every column into (0, 1), and keeps the mutual information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ndtr, ndtri

from core.distributions._base import Transform
from core.method import Array


@dataclass(frozen=True, kw_only=True)
class NormalCDF(Transform):
    """x → Φ(x), the standard normal distribution function, in every column of x and y: the same I(X; Y).

    Errors: ValueError for a discrete distribution, whose high codes would become one number.
    """

    title: ClassVar[str] = "Normal CDF of"
    reference: ClassVar[str] = "Czyż et al. (2023), Beyond Normal, arXiv:2306.11078"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._needs_continuous()

    def _forward(self, values: Array) -> Array:
        return ndtr(values)

    def _inverse(self, values: Array) -> Array:
        with np.errstate(invalid="ignore"):
            return ndtri(values)  # ±inf or nan off (0, 1)
