"""Rolls up a single column in the plane, and keeps the mutual information."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.distributions._base import Transform
from core.method import Array
from core.sentences import Sentence

_SCALE = 21.0  # the roll is then about as wide as the values that it is made of


@dataclass(frozen=True, kw_only=True)
class SwissRoll(Transform):
    """x in [0, 1] → (t cos t, t sin t) / 21 with t = 1.5π(1 + 2x), y as it is: the same I(X; Y).

    Errors: ValueError where x has more than one column or values outside [0, 1].
    """

    title: ClassVar[str] = "Swiss roll of"
    reference: ClassVar[str] = "Czyż et al. (2023), Beyond Normal, arXiv:2306.11078"
    _usual: ClassVar = {"name": "normal_cdf", "of": {"name": "gaussian"}}

    def __post_init__(self) -> None:
        super().__post_init__()
        x = self._inner.sample(1_000)[0]
        if x.shape[1] != 1 or x.min() < 0.0 or x.max() > 1.0:
            raise ValueError(
                Sentence("of must have a single column of x with values from 0 to 1, such as normal_cdf gives")
            )

    def _forward_x(self, values: Array) -> Array:
        t = 1.5 * math.pi * (1.0 + 2.0 * values)
        return np.hstack([t * np.cos(t), t * np.sin(t)]) / _SCALE

    def _forward_y(self, values: Array) -> Array:
        return values

    def _inverse_x(self, values: Array) -> Array:
        x = (np.hypot(values[:, :1], values[:, 1:]) * _SCALE / (1.5 * math.pi) - 1.0) / 2.0
        on = (np.abs(self._forward_x(x) - values) < 1e-6).all(axis=1, keepdims=True)
        return np.where(on & (x > -1e-9) & (x < 1.0 + 1e-9), x, np.nan)

    def _inverse_y(self, values: Array) -> Array:
        return values
