"""A third learner of two views: features that agree between both and repeat nothing among themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor, nn

from core.learning.backbones import linear
from core.learning.encoder import TwoViewEncoder
from core.params import Field, Range


class _Network(nn.Module):
    """z = normalised W body(x), (n, k)."""

    def __init__(self, body: nn.Module, d: int, k: int, generator: torch.Generator) -> None:
        super().__init__()
        self.body, self.latent, self.norm = body, linear(d, k, generator), nn.BatchNorm1d(k, affine=False)

    def forward(self, looks: Tensor) -> Tensor:
        return self.norm(self.latent(self.body(looks)))


@dataclass(eq=False, repr=False, kw_only=True)
class Barlow(TwoViewEncoder):
    """Learns features whose cross-correlation C between two views is near the identity.

    Minimises Σ_i (1 − C_ii)² + λ Σ_{i≠j} C_ij². References: J. Zbontar et al. (2021), arXiv:2103.03230.
    """

    title: ClassVar[str] = "Barlow Twins"
    reference: ClassVar[str] = "J. Zbontar et al. (2021), Barlow Twins, arXiv:2103.03230"

    redundancy: Annotated[
        float,
        Range(1e-5, 1.0, log=True),
        "Weight λ of the correlations between different features.",
        Field("Weight of redundancy λ", "Training"),
    ] = 5e-3

    def make_network(self, body: nn.Module, d: int, generator: torch.Generator) -> nn.Module:
        return _Network(body, d, self.n_features, generator)

    def losses(self, network: Any, looks: Tensor, epoch: int) -> dict[str, Tensor]:
        return {"loss": self._loss(*network(looks).chunk(2))}

    def held_out(self, network: Any, first: Tensor, second: Tensor) -> dict[str, float]:
        return {"loss_held_out": float(self._loss(first, second))}

    def _loss(self, first: Tensor, second: Tensor) -> Tensor:
        a, b = ((z - z.mean(0)) / z.std(0, correction=0).clamp(min=1e-6) for z in (first, second))
        c = a.T @ b / len(a)
        same = torch.eye(len(c), device=c.device)
        return ((1 - c.diagonal()) ** 2).sum() + self.redundancy * ((c * (1 - same)) ** 2).sum()
