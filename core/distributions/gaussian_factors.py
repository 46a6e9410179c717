"""Gaussian vectors that share hidden factors: dense, sparse or in between, of any two widths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np

from core.distributions import _covariance
from core.distributions._base import Distribution, refuse_pairs
from core.information.gaussians import gaussian_mutual_information
from core.method import Array
from core.params import Field, Range


@dataclass(frozen=True, kw_only=True)
class GaussianFactors(Distribution):
    """Each column is noise + α·(a factor of all columns) + β·(a factor of its own side) + λ·(a factor of its pair), scaled
    to variance 1; all of them independent standard Gaussians.

    I(X; Y) = ½ ln det Σ_x det Σ_y / det Σ. α = 1 alone correlates all columns by ½ (dense); λ = 2 alone correlates pairs
    by .8 (sparse).
    """

    title: ClassVar[str] = "Gaussian with shared factors"
    reference: ClassVar[str] = "Czyż et al. (2023), Beyond Normal, arXiv:2306.11078, section 3"

    columns_x: Annotated[int, Range(1, 200), Field("Columns of x"), "How many columns x has."] = 5
    columns_y: Annotated[int, Range(1, 200), Field("Columns of y"), "How many columns y has."] = 5
    common: Annotated[float, Range(0.0, 30.0), "α: weight of the factor that all columns share."] = 1.0
    own: Annotated[float, Range(0.0, 30.0), "β: weight of a factor that the columns of one side share."] = 0.0
    pairs: Annotated[int, Range(0, 200), "How many columns of x share a factor with one column of y."] = 0
    strength: Annotated[float, Range(0.0, 30.0), "λ: weight of the factor that a pair shares."] = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_pairs(self.pairs, min(self.columns_x, self.columns_y))

    @cached_property
    def covariance(self) -> Array:
        """Σ of the columns of x and then those of y."""
        dx, d = self.columns_x, self.columns_x + self.columns_y
        side, pair = np.arange(d) < dx, np.arange(d) - dx * (np.arange(d) >= dx)
        pair = np.where(pair < self.pairs, pair, d + np.arange(d))  # columns without a partner stay alone
        sigma = np.eye(d) + self.common**2 + self.own**2 * (side[:, None] == side)
        sigma += self.strength**2 * ((pair[:, None] == pair) & (pair < d))
        scale = np.sqrt(np.diag(sigma))
        return sigma / np.outer(scale, scale)

    @cached_property
    def true_mi(self) -> float:  # type: ignore[override]
        return gaussian_mutual_information(self.covariance, self.columns_x)

    def _pointwise(self, x: Array, y: Array) -> Array:
        sigma, dx = self.covariance, self.columns_x
        alone = _covariance.squares(x, sigma[:dx, :dx]) + _covariance.squares(y, sigma[dx:, dx:])
        return self.true_mi + 0.5 * (alone - _covariance.squares(np.hstack([x, y]), sigma))

    def _draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        rows = _covariance.draw(self.covariance, n, rng)
        return rows[:, : self.columns_x], rows[:, self.columns_x :]
