"""Gaussian vectors given by a covariance: how they are drawn, and the log-ratio of their densities."""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_triangular

from core.method import Array


def paired(columns_x: int, columns_y: int, pairs: int, rho: float) -> Array:
    """The correlation matrix of x and y in which the first columns are correlated in pairs, (dx + dy, dx + dy)."""
    sigma = np.eye(columns_x + columns_y)
    at = np.arange(pairs)
    sigma[at, columns_x + at] = sigma[columns_x + at, at] = rho
    return sigma


def draw(sigma: Array, n: int, rng: np.random.Generator) -> Array:
    """n rows of N(0, Σ)."""
    return rng.standard_normal((n, len(sigma))) @ np.linalg.cholesky(sigma).T


def squares(values: Array, sigma: Array) -> Array:
    """vᵀ Σ⁻¹ v of rows (n, d), (n,)."""
    return (solve_triangular(np.linalg.cholesky(sigma), values.T, lower=True) ** 2).sum(axis=0)
