"""Small networks that turn pictures or rows into features; their weights come from a private random stream."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal, TypeVar

import torch
from torch import Tensor, nn

from core.sentences import Sentence

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)


def linear(d: int, k: int, generator: torch.Generator) -> nn.Linear:
    """A layer without bias (a normalisation follows), its weights uniform in ±1/√d."""
    return _drawn(nn.Linear(d, k, bias=False, device="meta"), d, generator)


def fresh(k: int, d: int, generator: torch.Generator) -> Tensor:
    """New weights (k, d) of such a layer."""
    return torch.empty(k, d, device=generator.device).uniform_(-1 / math.sqrt(d), 1 / math.sqrt(d), generator=generator)


Kind = Literal["auto", "strided", "vgg", "perceptron"]


def body(
    kind: Kind, shape: tuple[int, ...], size: int, width: int, generator: torch.Generator
) -> tuple[nn.Sequential, int]:
    """The network for one row, (d,) or (c, h, w), pictures brought to size × size; and the width of its features.

    "auto" is the strided net for pictures and the perceptron for rows. Errors: ValueError for a net that does not fit.
    """
    chosen = fitting(kind, shape, "perceptron")
    if chosen == "perceptron":
        return perceptron(shape[0], width, generator)
    return vgg(shape[0], size, generator) if chosen == "vgg" else convolutions(shape[0], size, width, generator)


def fitting(kind: str, shape: tuple[int, ...], of_rows: str) -> str:
    """The network of that name, "auto" being the strided one for pictures and `of_rows` for rows. Errors: ValueError for
    one that does not fit."""
    pictures = len(shape) == 3
    if kind == "auto":
        kind = "strided" if pictures else of_rows
    if pictures == (kind == of_rows):
        fault = "backbone={kind!r} is for rows; choose auto"
        raise ValueError(Sentence(fault if pictures else "backbone={kind!r} is for pictures; choose auto", kind=kind))
    return kind


def vgg(channels: int, size: int, generator: torch.Generator) -> tuple[nn.Sequential, int]:
    """The VGG net "F": 64, M, 128, M, 256, M, 512 channels, 3 × 3, M halves the side; 24 × 24 → 3 × 3 × 512.

    References: K. Simonyan, A. Zisserman (2015), arXiv:1409.1556.
    """
    layers: list[nn.Module] = []
    for below, k in pairwise((channels, 64, 128, 256, 512)):
        layers += [convolution(below, k, 3, 1, generator), nn.BatchNorm2d(k), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if k < 512 else [Flat()]
    net = nn.Sequential(*layers).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return net, 512 * (size // 8) ** 2


def convolutions(channels: int, size: int, width: int, generator: torch.Generator) -> tuple[nn.Sequential, int]:
    """Pictures (n, channels, size, size) → (n, d), and d: a 5 × 5 convolution with stride 2, two of 3 × 3, pooled between.

    Pooling stands before the normalisation, which costs a quarter then: on a CPU the layers wait for memory.
    """
    body = nn.Sequential(
        convolution(channels, width, 5, 2, generator),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        convolution(width, 2 * width, 3, 1, generator),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(inplace=True),
        convolution(2 * width, 4 * width, 3, 1, generator),
        nn.BatchNorm2d(4 * width),
        nn.ReLU(inplace=True),
        Flat(),
    )
    body = body.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return body, 4 * width * ((size + 1) // 2 // 4) ** 2


def perceptron(d: int, width: int, generator: torch.Generator) -> tuple[nn.Sequential, int]:
    """Rows (n, d) → (n, 4 width), and that width: two hidden layers."""
    wide = 4 * width
    return nn.Sequential(
        linear(d, wide, generator),
        nn.BatchNorm1d(wide),
        nn.ReLU(),
        linear(wide, wide, generator),
        nn.BatchNorm1d(wide),
        nn.ReLU(),
    ), wide


class Flat(nn.Module):
    """(n, c, h, w) → (n, h w c): the order in which the layers before have their numbers in memory, so nothing moves."""

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1).flatten(1)


def convolution(
    c: int, k: int, side: int, stride: int, generator: torch.Generator, padding: int | None = None
) -> nn.Conv2d:
    """A layer without bias, by default padded by half its side, its weights uniform in ±1/√inputs."""
    padding = side // 2 if padding is None else padding
    layer = nn.Conv2d(c, k, side, stride, padding, bias=False, device="meta")
    return _drawn(layer, c * side * side, generator)


def _drawn(layer: Layer, fan_in: int, generator: torch.Generator) -> Layer:
    layer = layer.to_empty(device="cpu")  # built without weights: the constructor would draw from the global generator
    nn.init.uniform_(layer.weight, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in), generator=generator)
    return layer
