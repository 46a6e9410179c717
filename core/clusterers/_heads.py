"""The parts of IIC: many soft clusterings on one network, and the information that two views share through each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.learning.codes import Heads
from core.learning.encoding import CHUNK
from core.learning.views import PictureViews, Views

MOMENTUM = 0.3  # of the normalisations' running moments: on small data a new head is judged after five steps


class Network(nn.Module):
    """A body with two sets of heads: `main` gives the clusters, `over` more and finer ones, to train the body."""

    def __init__(self, body: nn.Module, main: Heads, over: Heads | None) -> None:
        super().__init__()
        self.body, self.main, self.over = body, main, over

    def forward(self, looks: Tensor) -> Tensor:
        """The features that the heads read, (n, d)."""
        return self.body(looks)

    def remember(self, index: int) -> None:
        """Let the running moments begin as plain means: small data are looked at after a handful of steps."""
        for module in self.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.momentum = max(MOMENTUM, 1 / (index + 1))


def joint(p: Tensor, q: Tensor) -> Tensor:
    """P = ½ (A + Aᵀ), A = Σ_n p_n q_nᵀ / N, per head: (n, heads, k) twice → (heads, k, k), clipped after normalising."""
    table = _counted(p, q)
    return ((table + table.transpose(1, 2)) / 2).clamp_min(1e-9)


def _counted(p: Tensor, q: Tensor) -> Tensor:
    """A = Σ_n p_n q_nᵀ / N per head, first looks down and second ones across, (heads, k, k)."""
    return torch.bmm(p.permute(1, 2, 0), q.transpose(0, 1)) / len(p)


def negative_mi(table: Tensor, entropy_weight: float = 1.0) -> Tensor:
    """−Σ P_ij (ln P_ij − λ ln P_i − λ ln P_j) in nats per head, in [−ln k, 0] for λ = 1; table: (heads, k, k)."""
    margin = table.sum(2).log()
    return (table * (entropy_weight * (margin[:, :, None] + margin[:, None, :]) - table.log())).sum((1, 2))


def descended(network: Network, features: Tensor, warm: bool, copies: int, weight: float) -> dict[str, Tensor]:
    """ "loss", the mean of the main heads, and "loss_over", that of the finer ones, on the features of first looks with
    those of `copies` second ones below them."""

    def of(heads: Heads, features: Tensor) -> Tensor:
        first, *varied = heads(features).chunk(copies + 1)
        return negative_mi(joint(first.repeat(copies, 1, 1), torch.cat(varied)), weight).mean()

    # Until the network is warm the main heads follow its features, to be seen, without shaping them.
    losses = {"loss": of(network.main, features if warm or network.over is None else features.detach())}
    return losses if network.over is None else losses | {"loss_over": of(network.over, features)}


def floor(k: int, entropy_weight: float = 1.0) -> float:
    """The least that `negative_mi` can be, in nats: −max(0, 2λ − 1) ln k.

    It is H(Z, Z′) − 2λ H(Z), and H(Z, Z′) ≥ H(Z) with equality where both views always agree; (1 − 2λ) H(Z) is least at
    H(Z) = ln k for λ > ½, and at H(Z) = 0, everything in one cluster, below.
    """
    return 0.0 - max(0.0, 2 * entropy_weight - 1) * math.log(k)


@dataclass(frozen=True, eq=False)
class HeadScores:
    """What the clusterings make of some rows: losses (heads,), what a head is chosen by (heads,), the one with the lowest of
    that, its P (k, k) and its p (n, k), and the cluster of each row under each head (n, heads)."""

    losses: Tensor
    choice: Tensor
    head: int
    joint: Tensor
    counted: Tensor  # A (k, k), of which `joint` is the symmetrised
    proba: Tensor
    clusters: Tensor

    @property
    def mi(self) -> float:
        """I of the two views' clusters under that head, in nats: of P, as in the loss, but no more than of A.

        Where first and second looks fall into different clusters whatever the picture, P is dependent though A is not:
        200 copies of one picture and one that differs showed .47 nats.
        """
        a = self.counted.cpu().double().clamp_min(1e-12)
        shared = float((a * (a / (a.sum(1, keepdim=True) * a.sum(0, keepdim=True))).log()).sum())
        return min(-float(negative_mi(self.joint[None])), max(0.0, shared))


@torch.no_grad()
def evaluate_heads(
    network: Network,
    x: Tensor,
    views: Views,
    generator: torch.Generator,
    entropy_weight: float = 1.0,
    alike: Tensor | None = None,
    share: float = 0.0,
) -> HeadScores:
    """Evaluate all heads on both looks at each of the scaled rows x, by the objective of that weight.

    alike: places (2, m) in x of rows that are near each other. Their loss has this share in the choice of a head: heads
    that end within a thousandth of a nat by views, of which one cuts through a class, are a hundredth apart by neighbours.
    """
    network.eval()
    of = lambda looks: network.main(network.body(looks))  # noqa: E731
    pairs = [(of(views.first(part, generator)), of(views.vary(part, generator))) for part in x.split(CHUNK)]
    p, q = (torch.cat(side) for side in zip(*pairs, strict=True))
    # A row's own cluster is that of its anchor, which is the first look at a picture already.
    own = p if isinstance(views, PictureViews) else torch.cat([of(views.anchor(part)) for part in x.split(CHUNK)])
    tables = joint(p, q)
    losses = negative_mi(tables, entropy_weight)
    choice = losses
    if alike is not None and alike.shape[1]:
        choice = (1 - share) * losses + share * negative_mi(joint(own[alike[0]], own[alike[1]]), entropy_weight)
    head = int(choice.argmin())
    return HeadScores(losses, choice, head, tables[head], _counted(p, q)[head], own[:, head], own.argmax(2))
