"""Student's t: heavy tails, and dependence even without correlation, because far rows are far in all columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from scipy.special import gammaln, psi

from core.distributions import _covariance
from core.distributions._base import Distribution, refuse_pairs
from core.method import Array
from core.params import Field, Range


@dataclass(frozen=True, kw_only=True)
class Student(Distribution):
    """(X, Y) = Z / √(W/ν) with Z Gaussian of correlation ρ in k pairs of columns, W ~ χ²_ν.

    I(X; Y) = −k/2 ln(1 − ρ²) + c(ν) + c(ν + dx + dy) − c(ν + dx) − c(ν + dy), c(a) = ln Γ(a/2) − a/2 ψ(a/2): what the
    Gaussian has, and a correction that stays where nothing is correlated.
    """

    title: ClassVar[str] = "Student’s t"
    reference: ClassVar[str] = (
        "Arellano-Valle, Contreras-Reyes & Genton (2013), Shannon entropy and mutual information for multivariate "
        "skew-elliptical distributions, Scand. J. Stat. 40(1)"
    )

    columns_x: Annotated[int, Range(1, 200), Field("Columns of x"), "How many columns x has."] = 1
    columns_y: Annotated[int, Range(1, 200), Field("Columns of y"), "How many columns y has."] = 1
    dof: Annotated[
        float,
        Range(0.5, 1000.0, log=True),
        Field("Degrees of freedom ν"),
        "Fewer have heavier tails; many are a Gaussian.",
    ] = 2.0
    pairs: Annotated[int, Range(0, 200), "k: how many columns of x are correlated with one column of y."] = 0
    rho: Annotated[float, Range(-0.9999, 0.9999), Field("Correlation ρ"), "Correlation of Z within each pair."] = 0.8

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_pairs(self.pairs, min(self.columns_x, self.columns_y))

    @property
    def true_mi(self) -> float:
        nu, dx, dy = self.dof, self.columns_x, self.columns_y
        correction = _c(nu) + _c(nu + dx + dy) - _c(nu + dx) - _c(nu + dy)
        return -0.5 * self.pairs * math.log1p(-(self.rho**2)) + correction

    def _pointwise(self, x: Array, y: Array) -> Array:
        joint = _covariance.squares(np.hstack([x, y]), self._scatter)
        ratio = _log_density(joint, self.dof, x.shape[1] + y.shape[1])
        for side in (x, y):  # the scatter of a side alone is the identity
            ratio = ratio - _log_density((side**2).sum(axis=1), self.dof, side.shape[1])
        return ratio - 0.5 * self.pairs * math.log1p(-(self.rho**2))

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        rows = _covariance.draw(self._scatter, n, rng) / np.sqrt(rng.chisquare(self.dof, (n, 1)) / self.dof)
        return rows[:, : self.columns_x], rows[:, self.columns_x :]

    @property
    def _scatter(self) -> Array:
        return _covariance.paired(self.columns_x, self.columns_y, self.pairs, self.rho)


def _c(a: float) -> float:
    return float(gammaln(a / 2) - a / 2 * psi(a / 2))


def _log_density(squares: Array, nu: float, d: int) -> Array:
    """Of the t in d dimensions where vᵀ Σ⁻¹ v = squares, but for ½ ln det Σ."""
    constant = gammaln((nu + d) / 2) - gammaln(nu / 2) - d / 2 * math.log(nu * math.pi)
    return constant - (nu + d) / 2 * np.log1p(squares / nu)
