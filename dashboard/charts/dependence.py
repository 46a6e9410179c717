"""Columns on a circle, and a line between those that depend on each other: the stronger, the wider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, figure, safe, ticks, words

EDGES = 600  # that are drawn at most, the strongest
_WIDTHS = (0.8, 1.5, 2.4, 3.6, 5.0)  # pixels
_NEAR, _FAR = 0.85, 0.15  # how far from the centre lines are drawn to, as a share of where they would pass
_POINTS = 13  # of a line
_LABEL = 0.06  # of a radius, between a column and its name
_ROOM, _LETTER = 1.45, 0.055  # radii, from the centre to where the picture ends at least; a letter of a name


def circle(
    names: Sequence[object],
    edges: Any,
    values: Any,
    order: Any,
    top: float,
    texts: Sequence[str] = (),
    title: str = "",
) -> Figure:
    """edges (m, 2): pairs of columns, values (m,): their MI, `top` that of the widest line. order (k,): the columns as they
    stand round the circle, from the top, clockwise. texts (m,): what the pointer says of each line.

    Where a column stands depends on the order alone, so nothing moves while the lines come and go.
    """
    edges, values = np.asarray(edges, int).reshape(-1, 2), np.asarray(values, float)
    strongest = np.argsort(-values, kind="stable")[:EDGES][::-1]  # the widest are drawn last, over the others
    edges, values = edges[strongest], values[strongest]
    texts = [texts[i] for i in strongest] if len(texts) else [""] * len(edges)
    angles = np.empty(len(names))
    angles[np.asarray(order)] = np.pi / 2 - 2 * np.pi * np.arange(len(names)) / len(names)
    places = np.column_stack([np.cos(angles), np.sin(angles)])
    lines = curves(places, edges)
    width = (
        np.clip((len(_WIDTHS) * values / top).astype(int), 0, len(_WIDTHS) - 1) if top > 0 else np.zeros(len(values))
    )
    data = [_lines(lines[width == w], float(pixels), w) for w, pixels in enumerate(_WIDTHS)]
    data += [handles(lines, edges, texts), _columns(names, places, edges)]
    alt = Sentence("{k} columns on a circle, {m} lines between them.", k=len(names), m=len(edges))
    return figure(data, title, alt, *_plane(names), showlegend=False, **_labels(names, angles))


def curves(places: Any, edges: Any) -> Any:
    """(m, points, 2): lines that bend towards the centre, the more the farther apart their ends."""
    a, b = places[edges[:, 0]][:, None], places[edges[:, 1]][:, None]
    t = np.linspace(0, 1, _POINTS)[None, :, None]
    far = np.linalg.norm(a - b, axis=-1, keepdims=True) / 2  # from neighbours, 0, to opposite columns, 1
    middle = (a + b) / 2 * (_NEAR + (_FAR - _NEAR) * far)
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * middle + t**2 * b


def _lines(lines: Any, pixels: float, level: int) -> Figure:
    """Lines of one width."""
    shade = palette.SEQUENTIAL[3 + level * 3 // (len(_WIDTHS) - 1)]
    return joined(lines, Sentence("edges"), {"color": shade, "width": pixels})


def joined(lines: Any, name: Sentence, look: Figure) -> Figure:
    """Lines of one look as one trace with gaps."""
    gaps = np.concatenate([lines, np.full((len(lines), 1, 2), np.nan)], axis=1).reshape(-1, 2)
    drawn: Figure = {"mode": "lines", "line": look, "hoverinfo": "skip", "name": name}
    return {"type": "scatter", "x": gaps[:, 0], "y": gaps[:, 1], **drawn}


def handles(lines: Any, edges: Any, texts: Sequence[str]) -> Figure:
    """Unseen marks along the lines, so that the pointer finds a line and a click tells its columns."""
    inner = lines[:, 2:-2]
    each = inner.shape[1]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": inner[..., 0].ravel(),
        "y": inner[..., 1].ravel(),
        "name": Sentence("pairs"),
        "marker": {"size": 9, "opacity": 0},
        "text": [safe(text, 160) for text in texts for _ in range(each)],
        "customdata": [[int(a), int(b)] for a, b in edges for _ in range(each)],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _columns(names: Sequence[object], places: Any, edges: Any) -> Figure:
    """The columns; those without a line are hollow."""
    lines = np.bincount(edges.ravel(), minlength=len(names))
    said = [
        Sentence("{name}: {n} line", many="{name}: {n} lines", name=name, n=int(n))
        for name, n in zip(names, lines, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": places[:, 0],
        "y": places[:, 1],
        "name": Sentence("columns"),
        "marker": {
            "size": 10 if len(names) <= 30 else 7,
            "color": [palette.BLUE if n else palette.PAPER for n in lines],
            "line": {"width": 1.2, "color": [palette.BLUE if n else palette.QUIET for n in lines]},
        },
        "text": [safe(text, 160) for text in said],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _labels(names: Sequence[object], angles: Any) -> Figure:
    """The names outside the circle, along its radii; on a phone shorter ones, and where there are very many none."""
    wide, narrow = ((most, _names(names, angles, most, size)) for most, size in ((16, 12), (9, 10)))
    return {
        "annotations": wide[1] if len(names) <= 120 else [],
        "meta": {
            "narrow": {"annotations": narrow[1] if len(names) <= 60 else []},
            "narrow_below": 400,
            "narrow_height": 0.75,
        },
    }


def _names(names: Sequence[object], angles: Any, most: int, size: int) -> list[Figure]:
    """Few names upright, many along the radii, smaller and none upside down."""
    many = len(names) > 30
    each = zip(ticks(names, most), angles, strict=True)
    return [_along(n, a, size - 2) if many else _upright(n, a, size) for n, a in each]


def _upright(name: str, angle: float, size: int) -> Figure:
    x, y = (1 + _LABEL) * np.array([np.cos(angle), np.sin(angle)])
    anchors = {"xanchor": _side(x, "right", "center", "left"), "yanchor": _side(y, "top", "middle", "bottom")}
    return words(name, float(x), float(y), font={"size": size}, **anchors)


def _along(name: str, angle: float, size: int) -> Figure:
    """Its inner end lies at the column: a corner of the box round the turned name, less half the height of a letter."""
    cos, sin = np.cos(angle), np.sin(angle)
    anchors = {"xanchor": "left" if cos >= 0 else "right", "yanchor": "bottom" if sin >= 0 else "top"}
    half = 0.65 * size
    shifts = {
        "xshift": float(-np.copysign(half * abs(sin), cos)),
        "yshift": float(-np.copysign(half * abs(cos), sin)),
    }
    degrees = float(np.degrees(angle)) % 360
    turn = (180 - degrees if 90 < degrees < 270 else -degrees + 360 * (degrees >= 270)) + 0.0
    x, y = (1 + _LABEL) * cos, (1 + _LABEL) * sin
    return words(name, float(x), float(y), font={"size": size}, textangle=turn, **anchors, **shifts)


def _side(value: float, below: str, at: str, above: str) -> str:
    """Which end of a name lies at its column: the inner one."""
    return at if abs(value) < 0.2 else above if value > 0 else below


def _plane(names: Sequence[object]) -> tuple[Figure, Figure]:
    """Square, and so wide that upright names at its sides have room beside the circle."""
    longest = 0 if len(names) > 30 else max(map(len, ticks(names, 16)), default=0)
    side = max(_ROOM, 1 + _LABEL + _LETTER * longest)
    bare: Figure = {"showgrid": False, "showticklabels": False, "constrain": "domain"}
    return axis("", range=[-side, side], **bare), axis("", scaleanchor="x", range=[-_ROOM, _ROOM], **bare)
