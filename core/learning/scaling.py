"""What a method remembers of its data: the shape of a row and the scale of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from core.arrays import hardly_varies, mean_and_deviation, stacked, standardised, unit_of
from core.method import Array
from core.sentences import Sentence

_CHANNELS = (1, 3, 4)  # grey, colour, colour with transparency


@dataclass(frozen=True, eq=False)
class Scale:
    """Rows (n, d) go to mean 0 and deviation 1 by column; pictures (n, c, h, w) to [0, 1], uint8 by 255."""

    shape: tuple[int, ...]
    offset: Array
    span: Array

    @classmethod
    def of(cls, X: Array) -> Self:
        """Measured on X, rows or pictures. Errors: ValueError for another shape, and where all rows are equal."""
        X = _channelled(X)
        if X.ndim == 2:
            offset, span = mean_and_deviation(X)
            constant = not span.any()
        else:
            offset, span = _range(X)
            constant = bool((X[:1] == X).all())
        if constant and len(X) > 1:
            raise ValueError(Sentence("X is constant: nothing but rounding tells its {n_x:,} rows apart", n_x=len(X)))
        # A constant column keeps its unit.
        return cls(X.shape[1:], offset, np.where(span > 0, span, 1.0))

    @classmethod
    def of_columns(cls, rows: Array) -> Self:
        """Measured on rows (n, d); a constant column keeps its unit, or gets its own size where that is less."""
        mean, spread = mean_and_deviation(rows)
        return cls(rows.shape[1:], mean, np.where(spread > 0, spread, np.minimum(unit_of(rows, 0), 1.0)))

    def __call__(self, rows: Array) -> Array:
        """Rows (n, d) on that scale."""
        return standardised(rows, self.offset, self.span)

    @classmethod
    def kept(cls, shape: Any, offset: Array, span: Array) -> Self:
        """As a file has it. Errors: ValueError for parts that do not belong together or are too large to be true."""
        shape = tuple(int(n) for n in shape)
        rows = len(shape) == 1
        fits = offset.shape == span.shape == (shape if rows else ())
        if len(shape) not in (1, 3) or not fits or not all(1 <= n <= 100_000 for n in shape):
            raise ValueError(
                Sentence("shape={shape} does not go with a scale of shape {learned}", shape=shape, learned=offset.shape)
            )
        return cls(shape, offset, span)

    def apply(self, X: Array) -> Tensor:
        """X on that scale, on the CPU; uint8 pictures stay bytes, which `unit` reads. Errors: ValueError for another shape."""
        X = _channelled(X)
        if X.shape[1:] != self.shape:
            raise ValueError(
                Sentence(
                    "X holds rows of shape {shape}, but the method learned from {learned}",
                    shape=X.shape[1:],
                    learned=self.shape,
                )
            )
        if X.ndim == 4 and self.span == 255.0 and self.offset == 0.0:
            if X.dtype == np.uint8:
                return torch.as_tensor(X.copy())
            # A row of 0 … 255 is hardly ever so dark; one of 0 … 1, or of 0 … 16 as scikit-learn's digits, always is.
            for top in (1, 16):
                if X.max() <= top:
                    raise ValueError(
                        Sentence(
                            "X reaches {largest:g}, as pictures of 0 … {top} do, but the method learned from 0 … 255: "
                            "multiply it by {factor:g}",
                            largest=X.max(),
                            top=top,
                            factor=255 / top,
                        )
                    )
        scaled = standardised(X, self.offset, self.span)
        return torch.as_tensor(scaled.astype(np.float64 if X.ndim == 2 else np.float32))


def near_constant(rows: Array, names: Sequence[str] = ()) -> list[Sentence]:
    """A notice that names the columns of (n, d) which vary by so little of their size that their scale takes them for
    constant ones; [] for pictures and where there are none. Unnamed columns are called by their places, from 1."""
    if rows.ndim != 2:
        return []
    called = list(map(repr, names)) if len(names) == rows.shape[1] else [str(j + 1) for j in range(rows.shape[1])]
    found = [name for name, column in zip(called, rows.T, strict=True) if hardly_varies(column)]
    if not found:
        return []
    return [
        Sentence(
            "Column {names} varies by less than 10⁻¹² of its size and counts as constant: subtract its mean first.",
            many="Columns {names} vary by less than 10⁻¹² of their size and count as constant: subtract their means first.",
            n=len(found),
            names=", ".join(found[:8]) + (" …" if len(found) > 8 else ""),
        )
    ]


def unit(x: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Bytes 0 … 255 as [0, 1]; what is scaled already as it is."""
    return x.to(dtype) / 255 if x.dtype == torch.uint8 else x.to(dtype)


def tiles(pictures: Array) -> Array:
    """(n, c, h, w) as an image file has it: (n, h, w), or (n, h, w, 3) where there are three channels."""
    return np.moveaxis(pictures[:, :3], 1, -1) if pictures.shape[1] >= 3 else pictures[:, 0]


def shaped(X: Any) -> Any:
    """Pictures in any of their forms as (n, c, h, w), anything else as it is. Errors: ValueError."""
    X = stacked(X)
    return _channelled(X) if getattr(X, "ndim", 2) > 2 else X


def _range(pictures: Array) -> tuple[Array, Array]:
    """The value that becomes 0, and what lies between it and the one that becomes 1; bytes have both by their nature."""
    if pictures.dtype == np.uint8:
        return np.array(0.0), np.array(255.0)
    low, high = (np.array(end, dtype=np.float64) for end in (pictures.min(), pictures.max()))
    with np.errstate(over="ignore"):
        span = high - low
    if not np.isfinite(span):
        raise ValueError(
            Sentence(
                "X has pixels from {low:g} to {high:g}, too far apart for double precision: scale them to 0 … 1",
                low=low,
                high=high,
            )
        )
    return low, span


def _channelled(X: Array) -> Array:
    """Rows (n, d) as they are, pictures as (n, c, h, w); the channels of (n, h, w, 1), (n, h, w, 3) and (n, h, w, 4) come
    last. Errors: ValueError for another shape, and for one in which either axis may be that of the channels."""
    if X.ndim not in (2, 3, 4) or not X.size:
        raise ValueError(
            Sentence(
                "X has shape {shape}; give pictures (n, c, h, w), (n, h, w, c) or (n, h, w), or rows (n, d)",
                shape=X.shape,
            )
        )
    if X.ndim == 3:
        return X[:, None]
    if X.ndim == 2 or X.shape[3] not in _CHANNELS:
        return X
    first, height, width = X.shape[1:]
    if first in _CHANNELS and height == width:
        return X
    if first in _CHANNELS and first != height:
        raise ValueError(
            Sentence(
                "X has shape {shape}, in which axis 1 or axis 3 may be the channels: give one channel, (n, h, w), or rows (n, d)",
                shape=X.shape,
            )
        )
    return np.moveaxis(X, 3, 1)
