"""Two looks at the same thing: what changes between them is what a clustering is told not to care about."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class PictureViews:
    """Views of pictures (n, c, h, w), float, as (n, c, size, size).

    `anchor` cuts the centre out, 6/7 of each side (24 of 28 pixels). `vary` turns half of the pictures about their
    centre by up to ± `rotation` degrees and, of the others, cuts out windows of `crop` to 6/7 of each side, up to 3/5
    of the way to the border. Everything is one bilinear resampling; what lies outside repeats the border. Then
    brightness, contrast and, of three channels, saturation change by up to ± `jitter` as factors; with `flip`, half of
    the pictures are mirrored.
    """

    size: int
    rotation: float
    crop: float
    jitter: float = 0.0
    flip: bool = False
    whole: float = 24 / 28
    both: bool = False

    def first(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """The first look of a pair: the anchor, or where `both` are varied one as the second is."""
        return self.vary(x, generator) if self.both else self.anchor(x)

    def coloured(self, jitter: float | None, flip: bool, colour: bool) -> PictureViews:
        """The same views with colours changed, by .4 of colour pictures where nothing is said, and mirrored ones."""
        return replace(self, jitter=0.4 * colour if jitter is None else jitter, flip=flip)

    def anchor(self, x: Tensor) -> Tensor:
        """The same look each time."""
        theta = torch.zeros(len(x), 2, 3, device=x.device)
        theta[:, 0, 0] = theta[:, 1, 1] = self.whole
        return self._resample(x, theta)

    def vary(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """A random look at each picture."""
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
        varied = self._resample(x, theta)
        return self._jittered(varied, generator) if self.jitter else varied

    def _jittered(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Mean grey, deviation from it and deviation from grey, each times a random factor; kept within [0, 1]."""
        factors = 1 + self.jitter * (2 * torch.rand(3, len(x), 1, 1, 1, generator=generator, device=x.device) - 1)
        bright, contrast, saturation = factors
        grey = x.mean(1, keepdim=True)
        level = grey.mean((2, 3), keepdim=True)
        return (bright * level + contrast * (grey - level) + saturation * (x - grey)).clamp(0, 1)

    def _resample(self, x: Tensor, theta: Tensor) -> Tensor:
        grid = F.affine_grid(theta, [len(x), 1, self.size, self.size], align_corners=False)
        return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


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
