"""The mutual information of the t copula that fits best: dependence in the tails, under any margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from scipy.special import gammaln, ndtri, stdtrit

from core.estimators._log_ratio import LogRatio, Ratio
from core.method import Array
from core.params import Field, Range

_GRID = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 30.0, np.inf)  # the likelihood is flat between them
_CHOSEN_ON = 4_000  # rows that choose the degrees of freedom
_ITERATIONS = 15  # of expectation and maximisation; from the covariance the matrix then moves in the third digit


@dataclass(eq=False, repr=False, kw_only=True)
class TCopula(LogRatio):
    """E[log t_ν(z; R) / t_ν(z_x; R_xx) t_ν(z_y; R_yy)] of the columns' t scores z, in nats.

    Each column's ranks become quantiles of Student's t with ν degrees of freedom, which leaves the MI as it is; R is the
    maximum-likelihood correlation of the multivariate t (EM), ν the best of 1 … 30 and ∞ by the copula's likelihood of
    rows that R was not fitted to. It is exact for Student's t, whose columns depend on each other even where they are not
    correlated, and for the Gaussian (ν = ∞), under any monotone maps of the columns. x and y share one ν: where they do
    not, it falls short.

    References: Demarta & McNeil (2005), The t Copula and Related Copulas, International Statistical Review 73(1);
    Liu & Rubin (1995), ML estimation of the t distribution using EM, Statistica Sinica 5.
    """

    title: ClassVar[str] = "t copula"
    rank: ClassVar[int] = 22
    reference: ClassVar[str] = (
        "Demarta and McNeil, 2005, The t Copula and Related Copulas, Int. Stat. Review 73(1), 111–129"
    )

    nu: Annotated[
        float | None,
        Range(1.0, 1000.0, log=True),
        Field("Degrees of freedom ν"),
        "Few mean heavy tails that come together; empty chooses by the likelihood of held-out rows.",
    ] = None

    def fitted_ratio(self, u: Array, dx: int, chosen: float) -> Ratio:
        return _T(chosen, correlation(t_scores(u, chosen), chosen), dx)

    def chosen(self, u: Array) -> float:
        """ν."""
        if self.nu is not None:
            return float(self.nu)
        some = np.random.default_rng([self.seed(), 2]).permutation(len(u))[:_CHOSEN_ON]
        train, test = np.array_split(u[some], 2)
        likelihood = {}
        for nu in _GRID:
            self.between_parts()
            matrix, z = correlation(t_scores(train, nu), nu), t_scores(test, nu)
            likelihood[nu] = float((log_t(z, nu, matrix) - sum(log_t(c[:, None], nu, np.eye(1)) for c in z.T)).mean())
        return max(likelihood, key=likelihood.__getitem__)


class _T(Ratio):
    def __init__(self, nu: float, matrix: Array, dx: int) -> None:
        self.nu, self.matrix, self.dx = nu, matrix, dx

    def code(self, u: Array) -> Array:
        return t_scores(u, self.nu)

    def __call__(self, x: Array, y: Array) -> Array:
        nu, r, dx = self.nu, self.matrix, self.dx
        return log_t(np.hstack([x, y]), nu, r) - log_t(x, nu, r[:dx, :dx]) - log_t(y, nu, r[dx:, dx:])

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        z = rng.standard_normal((n, len(self.matrix))) @ np.linalg.cholesky(self.matrix).T
        return z if np.isinf(self.nu) else z / np.sqrt(rng.chisquare(self.nu, (n, 1)) / self.nu)


def t_scores(u: Array, nu: float) -> Array:
    """Quantiles of Student's t at u in (0, 1); of the Gaussian for ν = ∞. Equal u are looked up once."""
    values, at = np.unique(u, return_inverse=True)
    return (ndtri(values) if np.isinf(nu) else stdtrit(nu, values))[at].reshape(u.shape)


def correlation(z: Array, nu: float) -> Array:
    """The correlation matrix (d, d) of a multivariate t with ν degrees of freedom, by maximum likelihood."""
    n, d = z.shape
    scatter = z.T @ z / n if np.isinf(nu) else np.corrcoef(z.T).reshape(d, d)
    grain = 1e-9 * np.eye(d)  # columns that repeat each other leave a density all the same
    for _ in range(0 if np.isinf(nu) else _ITERATIONS):
        weight = (nu + d) / (nu + _squared_norm(z, scatter + grain))
        scatter = (z * weight[:, None]).T @ z / n
    spread = np.sqrt(np.diag(scatter))
    return scatter / np.outer(spread, spread) + grain


def log_t(z: Array, nu: float, matrix: Array) -> Array:
    """log density (n,) of the multivariate t with that correlation matrix, scale 1; of the Gaussian for ν = ∞."""
    d, log_det, squares = z.shape[1], np.linalg.slogdet(matrix)[1], _squared_norm(z, matrix)
    if np.isinf(nu):
        return -0.5 * (log_det + squares + d * np.log(2 * np.pi))
    constant = gammaln((nu + d) / 2) - gammaln(nu / 2) - 0.5 * (d * np.log(nu * np.pi) + log_det)
    return constant - (nu + d) / 2 * np.log1p(squares / nu)


def _squared_norm(z: Array, matrix: Array) -> Array:
    white = z @ np.linalg.inv(np.linalg.cholesky(matrix)).T
    return np.einsum("nd,nd->n", white, white)
