"""Feature maps of one side, k of them side by side, and the log-determinant that two of them ascend."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.learning.layers import BatchedLinear, BatchedMLP, Draw

_GRAIN = 1e-3  # beside the features' covariance, so that a feature that dies leaves a determinant
_MAPS, _GATE = 12, 32


class Network(nn.Module):
    """A linear map and, beside it, a network that is also told the norm, (k, n, d) → (k, n, m)."""

    def __init__(self, d: int, m: int, hidden: int, draw: Draw) -> None:
        super().__init__()
        self.linear, self.net = BatchedLinear(d, m, draw), BatchedMLP([d + 1, hidden, hidden, m], "silu", draw)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.net(torch.cat([x, _norm(x)], 2))


class ByNorm(nn.Module):
    """A mixture of linear maps whose weights depend on the norm of x; rotations by radius are of this form."""

    def __init__(self, d: int, m: int, hidden: int, draw: Draw) -> None:
        super().__init__()
        first = draw(m, d, d) * 3**0.5  # as one map in the beginning
        self.maps = nn.Parameter(first.unsqueeze(1).repeat(1, _MAPS, 1, 1))
        self.gate = BatchedMLP([1, _GATE, _MAPS], "silu", draw)

    def forward(self, x: Tensor) -> Tensor:
        k, _, m, d = self.maps.shape
        each = (x @ self.maps.reshape(k, -1, d).transpose(1, 2)).unflatten(2, (_MAPS, m))
        return (self.gate(_norm(x)).softmax(2).unsqueeze(3) * each).sum(2)


def _norm(x: Tensor) -> Tensor:
    """The mean square of each row of normal scores, less what it is of independent ones, in standard deviations of these."""
    d = x.shape[2]
    return (x.square().mean(2, keepdim=True) - 1.0) * (d / 2) ** 0.5


KINDS: dict[str, type[nn.Module]] = {"network": Network, "by norm": ByNorm}


def log_det_mi(f: Tensor, g: Tensor) -> Tensor:
    """½ ln det C_ff + ½ ln det C_gg − ½ ln det C of features f, g (k, n, m): the MI of Gaussians with their covariance, (k,).

    No negatives and little variance; but heavy tails fool it, so it trains and never reports.
    """
    n, m = f.shape[1:]
    both = torch.cat([f, g], 2)
    both = both - both.mean(1, keepdim=True)
    c = both.transpose(1, 2) @ both / n + _GRAIN * torch.eye(2 * m, device=f.device)
    return 0.5 * (torch.logdet(c[:, :m, :m]) + torch.logdet(c[:, m:, m:]) - torch.logdet(c))
