"""A name against a number: one side discrete, the other continuous."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from core.distributions._base import Distribution
from core.method import Array
from core.params import Range


@dataclass(frozen=True, kw_only=True)
class NamesAndNumbers(Distribution):
    """X uniform on the names 0 … m − 1, Y ~ U(X, X + 2): I(X; Y) = ln m − (m − 1)/m · ln 2.

    p(y | x)/p(y) is m where one name reaches y, at both ends, and m/2 where two do.
    """

    title: ClassVar[str] = "Names against numbers"
    reference: ClassVar[str] = (
        "Gao et al. (2017), Estimating mutual information for discrete-continuous mixtures, arXiv:1709.06212"
    )

    names: Annotated[int, Range(2, 100, log=True), "m: how many names there are."] = 5

    @property
    def true_mi(self) -> float:
        return math.log(self.names) - (self.names - 1) / self.names * math.log(2.0)

    def _pointwise(self, x: Array, y: Array) -> Array:
        name, at = x[:, 0], y[:, 0]
        on = (name >= 0) & (name < self.names) & (name == np.floor(name)) & (at >= name) & (at <= name + 2)
        alone = (at < 1.0) | (at > self.names)
        return np.where(on, np.where(alone, math.log(self.names), math.log(self.names / 2.0)), -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x = rng.integers(self.names, size=(n, 1)).astype(np.float64)
        return x, x + 2.0 * rng.random((n, 1))
