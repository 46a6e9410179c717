"""Sheets of pictures: grey ones in ink that reads on light and dark ground, coloured ones as they are."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, figure, safe

_INK = (51, 130, 184)  # the middle of the blue scale: contrast 4 on the light ground and 4 on the dark one
_SIDE = 56  # pixels of a tile at least: browsers blur a picture that they enlarge
_SEAM = 0.06  # of a tile
_FEW, _LOW = 4, 0.6  # of more in a row each is smaller on a phone: so much of the height is enough
_FOOT = 0.35  # of a tile, where a word stands below it


def sheet(
    pictures: Any,
    rows: Sequence[Any],
    title: str = "",
    columns: Sequence[Any] | None = None,
    words: Any = None,
    shown: Any = None,
    under: Any = None,
    alt: str = "",
) -> Figure:
    """Pictures (k, m, h, w) or (k, m, h, w, 3) in [0, 1] as k named rows of m.

    words: (k, m) sentences for the pointer. under: (k, m) words that stand at the foot of the pictures. shown: (k, m),
    false where a place is empty. A click gives i·m + j.
    """
    pictures = np.asarray(pictures, np.float32)
    k, m = pictures.shape[:2]
    shown = np.ones((k, m), bool) if shown is None else np.asarray(shown, bool)
    words = np.full((k, m), "") if words is None else np.asarray(words)
    across, down = (grid.ravel() for grid in np.meshgrid(np.arange(m), np.arange(k)[::-1]))
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": across,
        "y": down,
        "hoverinfo": "text",
        "text": [safe(w, 160) for w in words.ravel()],
        "marker": {"size": 18, "symbol": "square", "opacity": 0.0},
    }
    image = {
        "source": _png(pictures, shown, _FOOT if under is not None else 0.0),
        "xref": "x",
        "yref": "y",
        "x": -0.5,
        "y": k - 0.5,
        "sizex": m,
        "sizey": k,
        "xanchor": "left",
        "yanchor": "top",
        "sizing": "stretch",
        "layer": "below",
    }
    bare = {"showgrid": False, "constrain": "domain"}
    names = (
        {"showticklabels": False}
        if columns is None
        else {"tickvals": np.arange(m), "ticktext": [safe(c, 24) for c in columns], "side": "top"}
    )
    x = axis("", range=[-0.5, m - 0.5], **names, **bare)
    y = axis(
        "",
        range=[-0.5, k - 0.5],
        tickvals=np.arange(k)[::-1],
        ticktext=[safe(r, 24) for r in rows],
        scaleanchor="x",
        **bare,
    )
    said = alt or Sentence("{m} pictures in each of {k} rows.", m=m, k=k)
    notes = (
        [] if under is None else [_note(*place) for place in zip(across, down, np.asarray(under).ravel(), strict=True)]
    )
    meta = {"narrow_height": _LOW} if m > _FEW else {}
    return figure([points], title, said, x, y, images=[image], showlegend=False, annotations=notes, meta=meta)


def _note(x: int, y: int, word: str) -> dict[str, Any]:
    """A word at the foot of a picture; none where it is empty."""
    return {
        "x": int(x),
        "y": int(y) - 0.5,
        "yanchor": "bottom",
        "showarrow": False,
        "text": safe(word, 9),
        "visible": bool(word),
        "font": {"size": 11},
        "bgcolor": palette.PAPER,
        "borderpad": 0,
    }


def _png(pictures: Any, shown: Any, foot: float = 0.0) -> str:
    """The whole sheet as one PNG with seams that let the ground through, and a foot of so much of a tile for words."""
    k, m, h, w = pictures.shape[:4]
    grow = math.ceil(_SIDE / max(h, w))
    tiles = _rgba(pictures) * shown[:, :, None, None, None]
    tiles = tiles.repeat(grow, 2).repeat(grow, 3)
    seam = max(1, round(_SEAM * grow * max(h, w) / 2))
    tiles = np.pad(tiles, ((0, 0), (0, 0), (seam, seam), (seam, seam), (0, 0)))
    below = round(foot * grow * max(h, w))
    tiles = np.pad(tiles, ((0, 0), (0, 0), (0, below), (below // 2, below - below // 2), (0, 0)))  # the shape stays
    whole = tiles.swapaxes(1, 2).reshape(k * tiles.shape[2], m * tiles.shape[3], 4)
    out = io.BytesIO()
    Image.fromarray(whole).save(out, "PNG", compress_level=4)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def _rgba(pictures: Any) -> Any:
    """(…, h, w[, 3]) in [0, 1] → (…, h, w, 4) bytes; grey is the opacity of the ink."""
    pixels = (255 * np.clip(np.nan_to_num(pictures), 0, 1)).round().astype(np.uint8)
    if pictures.ndim == 5:
        return np.concatenate([pixels, np.full((*pixels.shape[:-1], 1), 255, np.uint8)], -1)
    return np.concatenate([np.broadcast_to(np.asarray(_INK, np.uint8), (*pixels.shape, 3)), pixels[..., None]], -1)
