"""What the browser asks for: the nearest and farthest rows of one that was clicked, and pictures of rows in view."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from dashboard.widgets.explorer.points import FAR, NEAR, Points

Array = np.ndarray
MOST = 160  # pictures at once
SIDE = 48  # pixels of a picture's longer side, at most
_CELLS = 4_000_000  # numbers that are turned into single precision at once


def neighbours(points: Points, row: int) -> dict[str, Any]:
    """The rows nearest to and farthest from a row among the features, with their Euclidean distances."""
    distance = _distances(points.features, row)
    distance[row] = np.nan  # neither near nor far: NaN is sorted last
    near, far = _smallest(distance, min(NEAR, len(points) - 1)), _smallest(-distance, min(FAR, len(points) - 1))
    return {
        "row": row,
        "near": near.astype(np.int32),
        "near_distance": distance[near].astype(np.float32),
        "far": far.astype(np.int32),
        "far_distance": distance[far].astype(np.float32),
    }


def _smallest(values: Array, k: int) -> Array:
    few = np.argpartition(values, k - 1)[:k]
    return few[np.argsort(values[few], kind="stable")]


def _distances(features: Array, row: int) -> Array:
    """From one row to all, (n,), in double precision where it counts."""
    flat = features.reshape(len(features), -1)
    one, out = flat[row].astype(np.float64), np.empty(len(flat))
    step = max(1, _CELLS // flat.shape[1])
    for i in range(0, len(flat), step):
        apart = flat[i : i + step] - one
        out[i : i + step] = np.einsum("ij,ij->i", apart, apart)
    return np.sqrt(out)


def sheet(points: Points, rows: list[int]) -> dict[str, Any]:
    """The pictures of some rows side by side in one PNG, each shrunk by a whole factor to at most 48 pixels."""
    from PIL import Image

    from core.data.images import load

    assert points.origin is not None
    pictures = _small(np.asarray(load(points.images).x[points.origin[rows]]))
    n, height, width, channels = pictures.shape
    across = int(np.ceil(np.sqrt(n)))
    grid = np.zeros((-(-n // across) * height, across * width, channels), np.uint8)
    for j, one in enumerate(pictures):
        y, x = j // across * height, j % across * width
        grid[y : y + height, x : x + width] = one
    out = io.BytesIO()
    Image.fromarray(grid[..., 0] if channels == 1 else grid[..., :3]).save(out, "PNG", compress_level=1)
    return {"rows": rows, "across": across, "width": width, "height": height, "png": out.getvalue()}


def _small(x: Array) -> Array:
    """(k, c, h, w) of 0 to 255 → (k, h', w', c), means of blocks of pixels."""
    k, c, h, w = x.shape
    factor = -(-max(h, w) // SIDE)
    h, w = h // factor * factor, w // factor * factor
    blocks = x[:, :, :h, :w].reshape(k, c, h // factor, factor, w // factor, factor)
    means = np.rint(blocks.mean((3, 5), dtype=np.float32)).astype(np.uint8).transpose(0, 2, 3, 1)
    return means if c in (1, 3) else means[..., :1]


def asked(wanted: Any, n: int) -> tuple[int, list[int], bool]:
    """(row or −1, rows whose pictures are wanted, whether the features are), whatever a browser sends."""
    wanted = wanted if isinstance(wanted, dict) else {}
    row, pictures = wanted.get("row"), wanted.get("pictures")
    known = [r for r in pictures if _row(r, n)] if isinstance(pictures, list) else []
    return (int(row) if _row(row, n) else -1), [int(r) for r in known[:MOST]], wanted.get("features") is True


def _row(value: Any, n: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < n
