"""What features have learned: what each place of a picture tells, which pictures are alike, how the values spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, bars, figure, level, number
from dashboard.charts.pictures import sheet

_WHITE, _DARK = np.array([255, 255, 255]) / 255, np.array([8, 48, 107]) / 255  # ends of the blue scale beside colours


def places(pictures: Any, scores: Any, title: str = "") -> Figure:
    """Pictures (n, h, w) or (n, h, w, 3), and below each what its places say, scores (n, h', w') in nats: dark says most."""
    pictures, scores = np.asarray(pictures, np.float32), np.asarray(scores, np.float32)
    low, high = float(scores.min()), float(scores.max())
    shares = (scores - low) / max(high - low, 1e-9)
    down, across = (
        np.arange(side) * own // side for side, own in zip(pictures.shape[1:3], shares.shape[1:], strict=True)
    )
    maps = shares[:, down][:, :, across]
    if pictures.ndim == 4:
        maps = _WHITE + maps[..., None] * (_DARK - _WHITE)
    said = [
        Sentence("its places: {low} to {high} nats", low=number(float(s.min()), 2), high=number(float(s.max()), 2))
        for s in scores
    ]
    alt = Sentence(
        "{n} pictures, and below each a map of {h} × {w} places: from {low} to {high} nats.",
        n=len(scores),
        h=scores.shape[1],
        w=scores.shape[2],
        low=number(low, 2),
        high=number(high, 2),
    )
    rows = [Sentence("picture"), Sentence("places")]
    return sheet(np.stack([pictures, maps]), rows, title, words=np.array([said, said], object), alt=alt)


def columns(scores: Any, title: str = "") -> Figure:
    """What each column of a table says of the features of n rows, scores (n, 1, d), nats."""
    scores = np.asarray(scores, float)[:, 0]
    top = float(np.abs(scores).max()) or 1.0
    cell = {
        "type": "heatmap",
        "z": scores,
        "zmin": -top,
        "zmax": top,
        "colorscale": palette.scale(palette.DIVERGING),
        "xgap": 1,
        "ygap": 1,
        "colorbar": {"thickness": 10, "outlinewidth": 0, "title": {"text": Sentence("nats")}},
        "hovertemplate": "%{x} · %{y}: %{z:.2f}<extra></extra>",
    }
    alt = Sentence("What {d} columns say of the features of {n} rows, nats.", d=scores.shape[1], n=len(scores))
    x, y = axis(Sentence("column"), showgrid=False), axis(Sentence("row"), showgrid=False, autorange="reversed")
    return figure([cell], title, alt, x, y, showlegend=False)


def spread(density: Any, title: str = "") -> Figure:
    """The density of σ(y) in equal bins of [0, 1], beside the uniform one, the dashed line at 1."""
    density = np.asarray(density, float)
    middle = (np.arange(len(density)) + 0.5) / len(density)
    bar = {
        "type": "bar",
        "x": middle,
        "y": density,
        "marker": {"color": palette.BLUE},
        "width": 0.9 / len(density),
        "hovertemplate": "%{x:.2f}: %{y:.2f}<extra></extra>",
    }
    alt = Sentence(
        "The density of all features lies between {low} and {high}; uniform is 1.",
        low=number(float(density.min()), 2),
        high=number(float(density.max()), 2),
    )
    x, y = axis(Sentence("σ(feature)"), range=[0, 1], showgrid=False), axis(Sentence("density"), rangemode="tozero")
    return figure([bar], title, alt, x, y, shapes=[level(1.0)], showlegend=False)


def colours(explained: Any, title: str = "") -> Figure:
    """Shares of the variance of mean red, green and blue that features explain, (3,); less than nothing is drawn as none."""
    shares = np.clip(np.asarray(explained, float), 0, 1)
    said = [f"{share:.0%}" for share in shares]
    red, green, blue = said
    names = [
        Sentence("mean red, {share}", share=red),
        Sentence("mean green, {share}", share=green),
        Sentence("mean blue, {share}", share=blue),
    ]
    looks = {"marker": {"color": [palette.VERMILION, palette.GREEN, palette.BLUE]}}
    bar = bars(np.arange(3), shares, names, hovertemplate="%{text}<extra></extra>", **looks)
    alt = Sentence(
        "The features explain {r} of mean red, {g} of mean green and {b} of mean blue.",
        r=red,
        g=green,
        b=blue,
    )
    x = axis("", tickvals=np.arange(3), ticktext=names, showgrid=False)
    y = axis(Sentence("variance explained"), range=[0, 1], tickformat=".0%")
    return figure([bar], title, alt, x, y, showlegend=False)


def alike(pictures: Any, distances: Any, farthest: int, title: str = "", labels: Any = None) -> Figure:
    """A row for each picture (k, m, h, w[, 3]): itself, the nearest ones and the `farthest` at the end, with distances (k, m)."""
    distances = np.asarray(distances, float)
    k, m = distances.shape
    columns_ = ["", Sentence("nearest"), *[""] * (m - farthest - 2), Sentence("farthest"), *[""] * (farthest - 1)]
    away = np.array([[Sentence("distance {d}", d=number(d, 2)) for d in line] for line in distances], object)
    names: Sequence[Any] = [""] * k if labels is None else [str(label) for label in np.asarray(labels)[:, 0]]
    under = None if labels is None else np.asarray(labels).astype(str)
    alt = Sentence(
        "{k} pictures, each with its {near} nearest and its {far} farthest by their features.",
        k=k,
        near=m - farthest - 1,
        far=farthest,
    )
    return sheet(pictures, names, title, columns=columns_, words=away, under=under, alt=alt)
