"""Two looks at the same thing: what changes between them is what a clustering is told not to care about."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

GREY = 0.2  # part of the views of photographs that have no colour


@dataclass(frozen=True)
class PictureViews:
    """Views of pictures (n, c, h, w), float, as (n, c, size, size).

    `anchor` cuts the centre out, 6/7 of each side (24 of 28 pixels). `vary` turns half of the pictures about their
    centre by up to ± `rotation` degrees and, of the others, cuts out windows of `crop` to 6/7 of each side, up to 3/5
    of the way to the border. Everything is one bilinear resampling; what lies outside repeats the border. Then
    brightness, contrast and, of three channels, saturation change by up to ± `jitter` as factors; with `flip`, half of
    the pictures are mirrored.

    `photo`: nothing is turned; every picture shows a window of `crop`² to all of its area, its sides in a ratio of up to
    4 : 3, from anywhere; hue turns by up to ± a quarter of `jitter` of the circle, and a fifth of the pictures are grey:
    what photographs of one kind do not share. References: T. Chen et al. (2020), SimCLR, arXiv:2002.05709.
    """

    size: int
    rotation: float
    crop: float
    jitter: float = 0.0
    flip: bool = False
    whole: float = 24 / 28
    both: bool = False
    photo: bool = False

    def first(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """The first look of a pair: the anchor, or where `both` are varied one as the second is."""
        return self.vary(x, generator) if self.both else self.anchor(x)

    def coloured(self, jitter: float | None, flip: bool, colour: bool, photo: bool = False) -> PictureViews:
        """The same views with colours changed, by .4 of colour pictures where nothing is said, and mirrored ones."""
        return replace(self, jitter=0.4 * colour if jitter is None else jitter, flip=flip, photo=photo)

    def anchor(self, x: Tensor) -> Tensor:
        """The same look each time."""
        theta = torch.zeros(len(x), 2, 3, device=x.device)
        theta[:, 0, 0] = theta[:, 1, 1] = self.whole
        return self._resample(x, theta)

    def vary(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """A random look at each picture."""
        varied = self._resample(x, self._windows(x, generator) if self.photo else self._turned(x, generator))
        return self._jittered(varied, generator) if self.jitter else varied

    def _windows(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Windows of a photograph, mirrored or not."""
        share, odd, right, down, side = torch.rand(5, len(x), generator=generator, device=x.device)
        area = self.crop**2 + (1 - self.crop**2) * share
        ratio = (4 / 3) ** (2 * odd - 1)
        width, height = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
        mirror, zero = 1 - 2 * (side < 0.5).float() * self.flip, torch.zeros_like(width)
        rows = [width * mirror, zero, (2 * right - 1) * (1 - width), zero, height, (2 * down - 1) * (1 - height)]
        return torch.stack(rows, 1).view(-1, 2, 3)

    def _turned(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Turned about the centre, or cut out around it."""
        turned, *uniform = torch.rand(5, len(x), generator=generator, device=x.device)
        angle, zoom, right, down = (2 * u - 1 for u in uniform)
        turned, zero = turned < 0.5, torch.zeros_like(angle)
        angle = torch.where(turned, angle * math.radians(self.rotation), zero)
        scale = torch.where(turned, zero + self.whole, self.crop + (self.whole - self.crop) * (zoom + 1) / 2)
        room = torch.where(turned, zero, 0.6 * (1 - scale))
        cos, sin = angle.cos() * scale, angle.sin() * scale
        theta = torch.stack([cos, -sin, right * room, sin, cos, down * room], 1).view(-1, 2, 3)
        if self.flip:
            mirror = torch.randint(0, 2, (len(x), 1), generator=generator, device=x.device) * 2 - 1
            theta[:, :, 0] *= mirror
        return theta

    def _jittered(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Mean grey, deviation from it and deviation from grey, each times a random factor; kept within [0, 1]."""
        bright, contrast, saturation = 1 + self.jitter * (2 * self._uniform(3, x, generator) - 1)
        grey = x.mean(1, keepdim=True)
        level, colour = grey.mean((2, 3), keepdim=True), x - grey
        if self.photo and x.shape[1] == 3:
            turn, kept = self._uniform(2, x, generator)
            colour = _hue(colour, math.pi / 2 * self.jitter * (2 * turn - 1)) * (kept >= GREY)
        return (bright * level + contrast * (grey - level) + saturation * colour).clamp(0, 1)

    def _uniform(self, k: int, x: Tensor, generator: torch.Generator) -> Tensor:
        """k numbers for each picture, (k, n, 1, 1, 1)."""
        return torch.rand(k, len(x), 1, 1, 1, generator=generator, device=x.device)

    def _resample(self, x: Tensor, theta: Tensor) -> Tensor:
        grid = F.affine_grid(theta, [len(x), 1, self.size, self.size], align_corners=False)
        return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def _hue(colour: Tensor, angle: Tensor) -> Tensor:
    """Deviations from grey (n, 3, h, w), turned about the axis of greys by so much, (n, 1, 1, 1)."""
    red, green, blue = colour.split(1, 1)
    aside = torch.cat([blue - green, red - blue, green - red], 1) / math.sqrt(3)
    return angle.cos() * colour + angle.sin() * aside


@dataclass(frozen=True)
class RowViews:
    """Views of standardised rows (n, d): `anchor` is the row, `vary` adds Gaussian noise of deviation `noise` and puts
    each value to its column's mean, 0, with probability `mask`. For clusters `both` looks of a pair are varied: noise alone
    would tell a row from its view, and clusters "with noise" and "without" would seem to share information in any data."""

    noise: float
    mask: float = 0.0
    both: bool = True

    def first(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """The first look of a pair: varied as the second is, or the anchor."""
        return self.vary(x, generator) if self.both else self.anchor(x)

    def anchor(self, x: Tensor) -> Tensor:
        """The same look each time."""
        return x

    def vary(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """A random look at each row."""
        varied = x + self.noise * torch.randn(x.shape, generator=generator, device=x.device)
        if not self.mask:
            return varied
        return varied * (torch.rand(x.shape, generator=generator, device=x.device) >= self.mask)


Views = PictureViews | RowViews
