"""Networks that keep their feature map: a vector for each place of a picture, or for each column of a row."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from core.learning.backbones import Flat, convolution, convolutions, fitting
from core.sentences import Sentence

Kind = Literal["auto", "pooled", "strided", "dense", "columns"]
_NUMBERS = 4_096  # of a row's map: wide tables get fewer for each column


class MapNetwork(nn.Module):
    """x → the map M (n, c, h, w) by `near`, and from it by `far` what the whole picture has, (n, d)."""

    def __init__(self, near: nn.Module, far: nn.Module, channels: int, d: int) -> None:
        super().__init__()
        self.near, self.far, self.channels, self.d = near, far, channels, d

    def forward(self, x: Tensor) -> Tensor:
        return self.far(self.near(x))


def network(kind: Kind, shape: tuple[int, ...], size: int, width: int, generator: torch.Generator) -> MapNetwork:
    """The network for one row, (d,) or (c, h, w), pictures brought to size × size.

    "auto" is "strided" for pictures and "columns" for rows. Errors: ValueError for a network that does not fit.
    """
    chosen = fitting(kind, shape, "columns")
    if chosen == "columns":
        return columns(shape[0], width, generator)
    return {"pooled": pooled, "strided": strided, "dense": dense}[chosen](shape[0], size, width, generator)


def pooled(channels: int, size: int, width: int, generator: torch.Generator) -> MapNetwork:
    """The network of `backbones.convolutions`, whose map is what its last layer gives: 3 × 3 places of 24 × 24 pixels."""
    body, d = convolutions(channels, size, width, generator)
    return MapNetwork(body[:-1], body[-1], 4 * width, d)


def strided(channels: int, size: int, width: int, generator: torch.Generator) -> MapNetwork:
    """4 × 4 convolutions of stride 2 with width, 2 width and 4 width channels; the map is what the second gives.

    References: R. D. Hjelm et al. (2019), arXiv:1808.06670, appendix A.3, where width is 64.
    """
    net = [_block(a, b, 2, generator) for a, b in ((channels, width), (width, 2 * width), (2 * width, 4 * width))]
    return _halves(net, 2, 2 * width, 4 * width * (size // 8) ** 2)


def dense(channels: int, size: int, width: int, generator: torch.Generator) -> MapNetwork:
    """4 × 4 convolutions of stride 1 with width, 2, 4 and 8 width channels: of 32 × 32 pixels a map of 26 × 26 places.

    A hundred times the work of `strided`.
    """
    sizes = [channels, width, 2 * width, 4 * width, 8 * width]
    if size < 13:
        raise ValueError(
            Sentence("backbone='dense' needs pictures of at least 13 pixels a side, not {size}; set size", size=size)
        )
    net = [_block(a, b, 1, generator) for a, b in pairwise(sizes)]
    return _halves(net, 2, 2 * width, 8 * width * (size - 12) ** 2)


def columns(d: int, width: int, generator: torch.Generator) -> MapNetwork:
    """A row as a picture of 1 × d places: each column has weights of its own, from its value to `width` numbers."""
    c = max(2, min(width, _NUMBERS // d))
    return MapNetwork(_Columns(d, c, generator), Flat(), c, c * d)


class _Columns(nn.Module):
    """(n, d) → (n, c, 1, d): relu of w x + b for each column, after the columns' own normalisation."""

    def __init__(self, d: int, c: int, generator: torch.Generator) -> None:
        super().__init__()
        draw = lambda: nn.Parameter(torch.empty(c, 1, d).normal_(generator=generator))  # noqa: E731
        self.weight, self.bias = draw(), draw()

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x[:, None, None] * self.weight + self.bias)


def _block(c: int, k: int, stride: int, generator: torch.Generator) -> nn.Sequential:
    padding = 1 if stride == 2 else 0
    return nn.Sequential(convolution(c, k, 4, stride, generator, padding), nn.BatchNorm2d(k), nn.ReLU(inplace=True))


def _halves(net: list[nn.Sequential], at: int, channels: int, d: int) -> MapNetwork:
    near, far = nn.Sequential(*net[:at]), nn.Sequential(*net[at:], Flat())
    near, far = (half.to(memory_format=torch.channels_last) for half in (near, far))  # type: ignore[call-overload]
    return MapNetwork(near, far, channels, d)
