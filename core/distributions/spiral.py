"""Turns vectors by an angle that grows with their length, and keeps the mutual information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Transform
from core.method import Array
from core.params import Range
from core.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class Spiral(Transform):
    """x is turned in the plane of its first two columns, y in that of its second and third, by v‖·‖² radians.

    Lengths stay, so the turn can be undone: the same I(X; Y). Of two columns of y, these are turned. Errors: ValueError
    where a side has a single column.
    """

    title: ClassVar[str] = "Spiral of"
    reference: ClassVar[str] = "Czyż et al. (2023), Beyond Normal, arXiv:2306.11078"
    _usual: ClassVar = {"name": "multivariate_gaussian", "dimension": 3, "pairs": 2, "rho": 0.8}

    speed: Annotated[float, Range(-10.0, 10.0), "v: radians for each unit of the squared length."] = 1.0 / 3.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if min(side.shape[1] for side in self._inner.sample(1)) < 2:
            raise ValueError(Sentence("of has a side with a single column; spiral needs at least 2 in x and in y"))

    def _forward_x(self, values: Array) -> Array:
        return _turned(values, 0, self.speed)

    def _forward_y(self, values: Array) -> Array:
        return _turned(values, min(1, values.shape[1] - 2), self.speed)

    def _inverse_x(self, values: Array) -> Array:
        return _turned(values, 0, -self.speed)

    def _inverse_y(self, values: Array) -> Array:
        return _turned(values, min(1, values.shape[1] - 2), -self.speed)


def _turned(values: Array, first: int, speed: float) -> Array:
    angle = speed * (values**2).sum(axis=1)
    a, b, out = values[:, first], values[:, first + 1], values.copy()
    out[:, first] = np.cos(angle) * a - np.sin(angle) * b
    out[:, first + 1] = np.sin(angle) * a + np.cos(angle) * b
    return out
