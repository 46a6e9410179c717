"""A relation of one's own: a mean and a width of the noise, each a formula of x, and the truth by integration."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from core.distributions._base import Distribution
from core.distributions._expressions import compiled
from core.method import Array
from core.params import Field, parameters
from core.sentences import Sentence

_REACH, _NODES = 8.0, 1_600  # of a normal x,
_FARTHEST, _NOISE = 9.0, 41  # and of the noise
_STEEPEST = 1.0  # widths by which the mean changes from node to node: beyond it these show as separate stripes


@dataclass(frozen=True, kw_only=True)
class Formula(Distribution):
    """X normal or uniform, Y = mean(X) + width(X)·Z with Z ~ N(0, 1).

    I(X; Y) = h(Y) − E ln width(X) − ½ ln 2πe, with p(y) by quadrature over X and its entropy over y. Errors: ValueError for
    what is not such a formula, for widths that are not above 0, and for a mean too steep for the nodes of the quadrature.
    """

    title: ClassVar[str] = "Formula of your own"
    reference: ClassVar[str] = "Cover & Thomas (2006), Elements of Information Theory, §8.5"

    mean: Annotated[str, "The mean of y, such as sin(6*x), x**2 or exp(-x)."] = "sin(3*x)"
    width: Annotated[str, "The standard deviation of the noise: a number, or a formula such as 0.1 + 0.2*abs(x)."] = (
        "0.3"
    )
    x: Annotated[
        Literal["normal", "uniform"],
        Field("Distribution of x"),
        "Whether x is standard normal, or uniform from −1 to 1.",
    ] = "normal"

    def __post_init__(self) -> None:
        super().__post_init__()
        mean, width, _ = self._nodes
        if not np.isfinite(mean).all() or not np.isfinite(width).all():
            raise ValueError(Sentence("mean or width is not a finite number for every x: change the formula"))
        if width.min() <= 0:
            raise ValueError(
                Sentence("Width: {width!r:.80} is not above 0 for every x: add a constant", width=self.width)
            )
        usual = np.abs(self._rule(_NODES)[0]) < 5.0  # farther out are less than one in a million
        steep = float((np.abs(np.diff(mean)) / np.minimum(width[1:], width[:-1]))[usual[1:]].max())
        if steep > _STEEPEST:
            raise ValueError(
                Sentence(
                    "mean changes too fast for its noise, and its MI cannot be computed: take a width about {times:.1f} times "
                    "as large, or a slower mean",
                    times=steep / _STEEPEST,
                )
            )

    @cached_property
    def _functions(self) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
        known = parameters(type(self))  # type: ignore[arg-type]
        mean, width = (compiled(getattr(self, name), Sentence(known[name].label)) for name in ("mean", "width"))
        return mean, width

    @cached_property
    def _nodes(self) -> tuple[Array, Array, Array]:
        """Mean and width at the nodes of x, and the logarithms of their weights."""
        x, weights = self._rule(_NODES)
        mean, width = (f(x) for f in self._functions)
        return mean, width, np.log(weights)

    def _rule(self, n: int) -> tuple[Array, Array]:
        """Nodes and weights of an integral over x: trapezoidal for a density that falls off, Gauss–Legendre for one cut off."""
        if self.x == "uniform":
            nodes, weights = np.polynomial.legendre.leggauss(n // 2)
            return nodes, weights / 2.0
        x = np.linspace(-_REACH, _REACH, n)
        return x, np.exp(-0.5 * x**2) * (x[1] - x[0]) / math.sqrt(2.0 * math.pi)

    @cached_property
    def true_mi(self) -> float:  # type: ignore[override]
        mean, width, weights = self._nodes
        # Where the noise is narrow, y is looked at closely: the grid is that of all means, widths and steps of the noise.
        y = np.unique((mean[::8, None] + width[::8, None] * np.linspace(-_FARTHEST, _FARTHEST, _NOISE)).ravel())
        log_p = self._log_density(y)
        p = np.exp(log_p)
        entropy = -float(np.trapezoid(p * np.maximum(log_p, -700.0), y) / np.trapezoid(p, y))
        return entropy - float(np.exp(weights) @ np.log(width)) - 0.5 * math.log(2.0 * math.pi * math.e)

    def _log_density(self, y: Array) -> Array:
        """log p(y), (n,), in parts that fit into memory."""
        mean, width, weights = self._nodes
        parts = np.array_split(y, max(1, y.size * len(mean) // 10**6))
        log_p = [logsumexp(norm.logpdf(part[:, None], mean, width) + weights, axis=1) for part in parts]
        return np.concatenate(log_p)

    def _pointwise(self, x: Array, y: Array) -> Array:
        a, b = x[:, 0], y[:, 0]
        inside = np.isfinite(a) if self.x == "normal" else np.abs(a) <= 1.0
        mean, width = (f(np.where(inside, a, 0.0)) for f in self._functions)
        return np.where(inside, norm.logpdf(b, mean, width) - self._log_density(b), -np.inf)

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x, noise = rng.standard_normal(n) if self.x == "normal" else rng.uniform(-1.0, 1.0, n), rng.standard_normal(n)
        mean, width = (f(x) for f in self._functions)
        return x[:, None], (mean + width * noise)[:, None]
