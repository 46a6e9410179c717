"""A joint distribution that knows its mutual information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core import params
from core.method import Array


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """p(x, y) with `sample`, `true_mi` (nats) and, where the densities are known, `pointwise_mi`.

    A subclass is a frozen dataclass whose fields are its parameters, annotated as `core.params` describes.
    """

    title: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    discrete: ClassVar[bool] = False

    def __post_init__(self) -> None:
        values = {name: getattr(self, name) for name in params.parameters(type(self))}
        for name, value in params.check(type(self), values).items():
            object.__setattr__(self, name, value)

    @property
    def true_mi(self) -> float:
        """I(X; Y) in nats."""
        raise NotImplementedError

    def sample(self, n: int, seed: int = 0) -> tuple[Array, Array]:
        """n independent pairs: x (n, dx), y (n, dy), float64; the same seed gives the same pairs."""
        if n < 1:
            raise ValueError(f"n={n} is not at least 1")
        return self._draw(int(n), np.random.default_rng(seed))

    def pointwise_mi(self, x: Array, y: Array) -> Array | None:
        """log p(x, y) / p(x)p(y) in nats at each row, (n,); −inf off the support; None where it is not known."""
        return None

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        raise NotImplementedError
