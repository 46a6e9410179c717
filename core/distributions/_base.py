"""A joint distribution that knows its mutual information, and the maps of its columns that keep it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from scipy.interpolate import CubicSpline

from core import discover, params
from core.arrays import rows
from core.method import Array
from core.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """p(x, y) with `sample`, `true_mi` (nats) and, where the densities are known, `pointwise_mi`.

    A subclass is a frozen dataclass whose fields are its parameters, annotated as `core.params` describes; it writes
    `true_mi`, `_draw` and, where it can, `_pointwise`.
    """

    title: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    discrete: ClassVar[bool] = False

    def __post_init__(self) -> None:
        # mypy takes the instances' hash for that of the class.
        values = {name: getattr(self, name) for name in params.parameters(type(self))}  # type: ignore[arg-type]
        for name, value in params.check(type(self), values).items():
            object.__setattr__(self, name, value)

    @property
    def true_mi(self) -> float:
        """I(X; Y) in nats."""
        raise NotImplementedError

    def sample(self, n: int, seed: int = 0) -> tuple[Array, Array]:
        """n independent pairs: x (n, dx), y (n, dy), float64; the same seed gives the same pairs. Errors: ValueError."""
        n, rng = (
            params.Param("n", int, 1, "", params.Range(1, 10**12)).check(n),
            np.random.default_rng(params.seed(seed, optional=True)),
        )
        try:
            return self._draw(n, rng)
        except MemoryError as error:
            raise ValueError(
                Sentence("n={n:,} pairs do not fit into the memory of this machine: take fewer", n=n)
            ) from error

    def pointwise_mi(self, x: Any, y: Any) -> Array | None:
        """log p(x, y) / p(x)p(y) in nats at each row, (n,); −inf off the support; None where it is not known.

        Errors: ValueError where x and y are not rows as `sample` gives them.
        """
        x, y = rows(x, "x", finite=False), rows(y, "y", finite=False)
        if len(x) != len(y):
            raise ValueError(Sentence("x has {n_x:,} rows and y has {n_y:,}: give pairs", n_x=len(x), n_y=len(y)))
        for name, side, like in zip("xy", (x, y), self._draw(1, np.random.default_rng(0)), strict=True):
            if side.shape[1] != like.shape[1]:
                raise ValueError(
                    Sentence(
                        "{name} has {n} column, and this distribution's {name} has {wanted}",
                        many="{name} has {n} columns, and this distribution's {name} has {wanted}",
                        name=name,
                        n=side.shape[1],
                        wanted=like.shape[1],
                    )
                )
        return self._pointwise(x, y)

    def _pointwise(self, x: Array, y: Array) -> Array | None:
        return None

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Transform(Distribution):
    """x → f(x), y → g(y), both one to one: I(f(X); g(Y)) = I(X; Y), and the truth travels along.

    A subclass writes `_forward` and `_inverse`, which take rows (n, d), or all of `_forward_x`, `_forward_y`,
    `_inverse_x` and `_inverse_y`; where there is nothing that maps there, an inverse gives NaN. Without `of` it maps
    `_usual`, by its name and parameters.
    """

    _usual: ClassVar[Mapping[str, Any]] = {"name": "gaussian"}

    of: Annotated[Distribution | None, "The distribution whose columns are mapped."] = None

    def __post_init__(self) -> None:
        if self.of is None:
            from core.distributions import from_dict

            object.__setattr__(self, "of", from_dict(self._usual))
        super().__post_init__()
        object.__setattr__(self, "discrete", self._inner.discrete)

    @property
    def _inner(self) -> Distribution:
        assert self.of is not None  # __post_init__ has set it
        return self.of

    @property
    def true_mi(self) -> float:
        return self._inner.true_mi

    def _pointwise(self, x: Array, y: Array) -> Array | None:
        x, y = self._inverse_x(x), self._inverse_y(y)
        inside = np.isfinite(x).all(axis=1) & np.isfinite(y).all(axis=1)
        ratio = self._inner._pointwise(np.where(inside[:, None], x, 0.0), np.where(inside[:, None], y, 0.0))
        return None if ratio is None else np.where(inside, ratio, -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, y = self._inner._draw(n, rng)
        return self._forward_x(x), self._forward_y(y)

    def _forward(self, values: Array) -> Array:
        raise NotImplementedError

    def _inverse(self, values: Array) -> Array:
        raise NotImplementedError

    def _forward_x(self, values: Array) -> Array:
        return self._forward(values)

    def _forward_y(self, values: Array) -> Array:
        return self._forward(values)

    def _inverse_x(self, values: Array) -> Array:
        return self._inverse(values)

    def _inverse_y(self, values: Array) -> Array:
        return self._inverse(values)

    def _needs_continuous(self) -> None:
        """ValueError for a discrete distribution, which the map would take for numbers."""
        if self.discrete:
            raise ValueError(
                Sentence(
                    "of is a discrete distribution; {name} needs a continuous one", name=discover.name_of(type(self))
                )
            )


def columns(values: Any) -> Array:
    """(n,) or (n, d) as (n, d), float64."""
    values = np.asarray(values, dtype=np.float64)
    return values.reshape(len(values), -1)


def refuse_pairs(pairs: int, columns: int) -> None:
    """ValueError where more pairs are asked for than the narrower side has columns."""
    if pairs > columns:
        raise ValueError(
            Sentence("pairs={pairs} is more than the {columns} columns of a side", pairs=pairs, columns=columns)
        )


def increasing_inverse(f: Callable[[Array], Array], values: Array, low: Array, high: Array) -> Array:
    """z with f(z) = values for an increasing f, between low and high, by halving the interval to the last digit."""
    for _ in range(64):
        middle = low / 2 + high / 2
        below = f(middle) < values
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low / 2 + high / 2


def tabulated(f: Callable[[Array], Array], low: float, high: float, step: float) -> Callable[[Array], Array]:
    """A smooth f of (n,) by cubic splines through values `step` apart; beyond low and high, where few ask, f itself."""
    knots = np.arange(low, high + step, step)
    spline = CubicSpline(knots, f(knots))

    def value(at: Array) -> Array:
        out, beyond = spline(at), (at < low) | (at > high)
        if beyond.any():
            out[beyond] = f(at[beyond])
        return out

    return value


def gaussian_log_ratio(x: Array, y: Array, rho: float) -> Array:
    """log p(x, y) / p(x)p(y) of standard Gaussian columns, correlated ρ in pairs and otherwise independent, (n,).

    Σ_i −½ ln(1 − ρ²) + (2ρ x_i y_i − ρ²(x_i² + y_i²)) / 2(1 − ρ²)
    """
    x, y = columns(x), columns(y)
    left = 1.0 - rho * rho
    quadratic = (2.0 * rho * x * y - rho * rho * (x * x + y * y)) / (2.0 * left)
    return quadratic.sum(axis=1) - 0.5 * x.shape[1] * np.log(left)
