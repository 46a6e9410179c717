"""Mixture density network: p(y | x) as a mixture of Gaussians whose weights, means and widths are learned functions of x."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from core import discover
from core.densities import _views
from core.densities._layers import MixtureHead
from core.densities._network import FEWEST, NetworkDensity
from core.densities._run import ReportData
from core.method import Array, Source
from core.params import Range


@dataclass(eq=False, repr=False, kw_only=True)
class MDN(NetworkDensity):
    """Learns a whole distribution of y for each x, so one input may have several answers.

        p(y | x) = Σ_k π_k(x) N(y; μ_k(x), Σ_k(x))

    Trained on the negative log-likelihood, by log-sum-exp on standardised data; a density may exceed 1, so a negative
    value is no fault. `predict` is the mean, `predict_density` the mixture itself (torch.distributions). Σ_k is diagonal
    or full, by its Cholesky factor, whose diagonal has a floor.

    References: Bishop, 1994, Mixture density networks, NCRG/94/004; Williams, 1996, Using neural networks to model
    conditional multivariate densities, Neural Computation 8(4), for the full covariance.
    """

    title: ClassVar[str] = "Mixture density network"
    rank: ClassVar[int] = 0
    look: ClassVar[int | None] = 0
    baseline: ClassVar[str] = "mse"
    reference: ClassVar[str] = "Bishop, 1994, Mixture density networks, Aston University NCRG/94/004"
    views: ClassVar[tuple[str, ...]] = (
        "density",
        "components",
        "samples",
        "baseline",
        "points",
        "ribbons",
        "support",
        "calibration",
    )

    n_components: Annotated[int, Range(1, 64), "Number of Gaussians in the mixture."] = 8
    covariance: Annotated[
        Literal["diagonal", "full"], "Covariance of each component; choose full where outputs are correlated given x."
    ] = "diagonal"
    sigma_floor: Annotated[float, Range(1e-4, 0.5, log=True), "Smallest width of a Gaussian, in spreads of y."] = 0.01

    def _network(self, dx: int, y: Tensor, generators: list[torch.Generator]) -> nn.Module:
        head = MixtureHead(self.hidden, self.n_components, self.sigma_floor, self.covariance == "full", y, generators)
        return nn.Sequential(self._body(dx, len(y), generators), head)

    def _picture(self, kind: str, data: ReportData, network: Any, scale: Any, varied: int) -> dict[str, Array]:
        if kind == "baseline":
            return self._baseline(data, varied)
        return super()._picture(kind, data, network, scale, varied)

    def _baseline(self, data: ReportData, varied: int) -> dict[str, Array]:
        """x (64,), mean (64,): what a network trained on squared error says of the first output, and "nll" (1,), its mean
        −log p(y | x) on rows that it has not seen, with one width for every x; {} of too few rows."""
        if len(data.x) < FEWEST:
            return {}
        if getattr(self, "_baseline_of", None) is not data:  # learned once a run, and only when somebody looks
            plain = discover.load("densities", self.baseline)(random_state=self.random_state, device="cpu")
            self._plain, self._baseline_of = plain.run(Source(data.x, data.y[:, :1])), data
        x, rows = _views.line(data, varied)
        unseen = data.owner == 0 if len(data.owner) else slice(None)  # x, y are rows of the first network
        nll = -self._plain.log_density(data.x_held[unseen], data.y_held[unseen][:, :1]).mean()
        return {"x": x, "mean": self._plain.predict(rows)[:, 0], "nll": np.array([nll])}
