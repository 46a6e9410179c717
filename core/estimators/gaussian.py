"""The mutual information of the Gaussian that fits best: canonical correlations, corrected for the number of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from core.estimators._closed import ClosedForm, ClosedFormEstimate, varies
from core.estimators._marginal_transforms import Mapped, columns_as
from core.estimators._several import basis, by_gaussian, log_det_bias
from core.evaluation.trust import Finding
from core.information.quantities import Quantity
from core.method import Array
from core.sentences import Sentence


@dataclass(eq=False, repr=False, kw_only=True)
class Gaussian(ClosedForm):
    """−½ Σ ln(1 − ρ_i²) over the canonical correlations ρ_i of x and y.

    On normal scores, the default, this is the Gaussian copula: exact for a Gaussian dependence under any margins. It
    sees only what is monotone: y = x² shows nothing. The correction takes off
    the estimate's exact expectation for independent Gaussians, about dx·dy/2n:
    ½ Σ_i ψ((n−1−i)/2) over i < dx and i < dy, less the same over i < dx + dy. x and y that determine each other linearly
    give about 17 nats, what double precision can tell, and not infinity.

    References: Ince et al. (2017), A statistical framework for neuroimaging data analysis based on mutual information
    estimated via a Gaussian copula, Human Brain Mapping 38(3).
    """

    title: ClassVar[str] = "Gaussian (CCA)"
    rank: ClassVar[int] = 20
    quick: ClassVar[bool] = True
    look: ClassVar[int | None] = 7
    reference: ClassVar[str] = "Ince et al., 2017, Human Brain Mapping 38(3), 1541–1573, doi:10.1002/hbm.23471"

    margins: Mapped = "normal scores"
    correction: Annotated[Literal["exact", "none"], "Subtracts the small-sample bias."] = "exact"

    def estimate(self, x: Array, y: Array) -> ClosedFormEstimate:
        """Errors: ValueError where there are no more rows than columns."""
        x, y = (columns_as(varies(side), self.margins) for side in (x, y))
        n = len(x)
        x, y = basis(x), basis(y)
        dx, dy = x.shape[1], y.shape[1]
        if not dx or not dy:
            return ClosedFormEstimate(0.0, (0.0, 0.0))
        if n < dx + dy + 2:
            raise ValueError(
                Sentence(
                    "{n} rows are too few for {dx} + {dy} columns; at least {fewest} are needed",
                    n=n,
                    dx=dx,
                    dy=dy,
                    fewest=dx + dy + 2,
                )
            )
        u, rho, v = np.linalg.svd(x.T @ y, full_matrices=False)
        rho = rho.clip(0.0, 1.0)
        mi = float(-0.5 * np.log(np.maximum(1.0 - rho**2, np.finfo(float).eps)).sum())
        if self.correction == "exact":
            mi -= bias(n, dx, dy)
        # The delta method for the correlations, and the variance of χ²/2n, which is what is left where they are 0.
        half = 1.96 * float(np.sqrt((rho**2).sum() / n + dx * dy / (2.0 * n * n)))
        return ClosedFormEstimate(mi, (mi - half, mi + half), (_crowded(n, dx, dy), _not_gaussian(x @ u, y @ v.T, rho)))

    def of_several(self, sides: list[Array], quantity: Quantity) -> ClosedFormEstimate:
        """A quantity among several sides (n, d), from log-determinants. Errors: ValueError for too few rows."""
        return by_gaussian(sides, quantity, self.margins, self.correction)


def bias(n: int, dx: int, dy: int) -> float:
    """E[−½ Σ ln(1 − ρ_i²)] of n independent Gaussian rows, see `log_det_bias`."""
    return log_det_bias(n, dx) + log_det_bias(n, dy) - log_det_bias(n, dx + dy)


def _crowded(n: int, dx: int, dy: int) -> Finding | None:
    if n >= 5 * (dx + dy):
        return None
    return Finding(
        "red",
        Sentence("{n} rows for {d} columns: canonical correlations are near 1 by chance alone.", n=n, d=dx + dy),
    )


def _not_gaussian(u: Array, v: Array, rho: Array) -> Finding | None:
    """Canonical pairs of a Gaussian leave a residual that is Gaussian and knows nothing of u: neither u² nor its size.

    Each of the three figures is 0 on average then; four standard errors of it and .1 are asked for.
    """
    n = len(u)
    u, residual = u * np.sqrt(n), (v - rho * u) * np.sqrt(n) / np.sqrt(np.maximum(1.0 - rho**2, 1e-12))
    if not np.isfinite(residual).all() or (rho > 1.0 - 1e-9).any():
        return None
    squares, variances = u**2 - 1.0, residual**2 - 1.0
    bend = (residual * squares).mean(axis=0) / np.sqrt(2.0)  # each of variance 1/n
    fan = (variances * squares).mean(axis=0) / 2.0
    # Of categories, which stay uneven under any map, the residual takes over what v has of itself.
    own = (1.0 - rho**2) ** 2 * (np.mean((v * np.sqrt(n)) ** 4, axis=0) - 3.0)
    peak = (np.mean(residual**4, axis=0) - 3.0 - own) / np.sqrt(24.0)
    if np.abs([bend, fan, peak]).max() <= max(0.1, 4.0 / np.sqrt(n)):
        return None
    return Finding(
        "amber",
        Sentence(
            "The dependence is not Gaussian (bent, fanned out or cut off): what is not a straight line between the mapped "
            "columns is not in the figure."
        ),
    )
