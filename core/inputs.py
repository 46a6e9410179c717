"""What a method remembers of its data: the shape of a row and the scale of its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from core.method import Array


@dataclass(frozen=True, eq=False)
class Scale:
    """Rows (n, d) go to mean 0 and deviation 1 by column; pictures (n, c, h, w) to [0, 1], uint8 by 255."""

    shape: tuple[int, ...]
    offset: Array
    span: Array

    @classmethod
    def of(cls, X: Array) -> Self:
        """Measured on X: (n, d), (n, h, w) or (n, c, h, w). Errors: ValueError for another shape."""
        X = _channelled(X)
        if X.ndim == 2:
            offset, span = X.mean(0, dtype=np.float64), X.std(0, dtype=np.float64)
        elif X.dtype == np.uint8:
            offset, span = np.array(0.0), np.array(255.0)
        else:
            offset, span = np.array(X.min(), dtype=np.float64), np.array(np.ptp(X), dtype=np.float64)
        # A constant column has a span of rounding only; it keeps its unit.
        largest = np.abs(X).max(0) if X.ndim == 2 else np.abs(X).max()
        return cls(X.shape[1:], offset, np.where(span > 1e-12 * largest, span, 1.0))

    @classmethod
    def kept(cls, shape: Any, offset: Array, span: Array) -> Self:
        """As a file has it. Errors: ValueError for parts that do not belong together or are too large to be true."""
        shape = tuple(int(n) for n in shape)
        rows = len(shape) == 1
        fits = offset.shape == span.shape == (shape if rows else ())
        if len(shape) not in (1, 3) or not fits or not all(1 <= n <= 100_000 for n in shape):
            raise ValueError(f"shape={shape} does not go with a scale of shape {offset.shape}")
        return cls(shape, offset, span)

    def apply(self, X: Array) -> Tensor:
        """X on that scale, on the CPU; uint8 pictures stay bytes, which `unit` reads. Errors: ValueError for another shape."""
        X = _channelled(X)
        if X.shape[1:] != self.shape:
            raise ValueError(f"X holds rows of shape {X.shape[1:]}, but the method learned from {self.shape}")
        if X.ndim == 4 and self.span == 255.0 and self.offset == 0.0:
            if X.dtype == np.uint8:
                return torch.as_tensor(X.copy())
            if X.max() <= 1:
                raise ValueError("X is at most 1, but the method learned from 0 … 255: multiply it by 255")
        return torch.as_tensor(((X - self.offset) / self.span).astype(np.float64 if X.ndim == 2 else np.float32))


def unit(x: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Bytes 0 … 255 as [0, 1]; what is scaled already as it is."""
    return x.to(dtype) / 255 if x.dtype == torch.uint8 else x.to(dtype)


def tiles(pictures: Array) -> Array:
    """(n, c, h, w) as an image file has it: (n, h, w), or (n, h, w, 3) where there are three channels."""
    return np.moveaxis(pictures[:, :3], 1, -1) if pictures.shape[1] >= 3 else pictures[:, 0]


def evenly(rows: Array, most: int) -> Array:
    """At most so many of the rows, from beginning to end: people's own pictures come sorted by class."""
    return rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)]


def _channelled(X: Array) -> Array:
    if X.ndim not in (2, 3, 4) or not X.size:
        raise ValueError(f"X has shape {X.shape}; give pictures (n, c, h, w) or (n, h, w), or rows (n, d)")
    return X[:, None] if X.ndim == 3 else X
