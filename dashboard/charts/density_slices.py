"""A conditional density at one x, and its quantiles over x as ribbons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import TRUTH, Figure, axis, dots, figure, line, number
from dashboard.charts.densities import veils


def slice_(
    y: Any,
    parts: Any,
    truth: tuple[Any, Any] | None = None,
    mean: float | None = None,
    title: str = "",
    ylabel: str = "y",
    density: str = "p(y | x)",
) -> Figure:
    """p(y | x = x₀): parts (k, ny) are the weighted components, drawn pale below their sum. truth: (y, density).

    mean: what least squares says there, an upright line. A single part is drawn as the whole alone.
    """
    y, parts = np.asarray(y, float), np.asarray(parts, float)
    data = [_part(y, p, i) for i, p in enumerate(parts)] if len(parts) > 1 else []
    whole = parts.sum(0)
    thick = {"color": palette.BLUE, "width": 2.6}
    data.append(line(y, whole, Sentence("learned"), line=thick, hovertemplate="y %{x:.3g}: %{y:.3g}"))
    if truth is not None:
        data.append(line(*truth, Sentence("truth"), line=TRUTH, hovertemplate="%{y:.3g}"))
    if mean is not None:
        top = float(max(whole.max(), 0 if truth is None else np.nanmax(truth[1])))
        upright = {"color": palette.VERMILION, "width": 2}
        data.append(line([mean, mean], [0.0, top], Sentence("least squares"), line=upright, hoverinfo="skip"))
    alt = Sentence(
        "Density of {y}, {k} components; its highest value is {top} at {at}.",
        y=ylabel,
        k=len(parts),
        top=number(float(whole.max())),
        at=number(float(y[int(whole.argmax())])),
    )
    x_axis = axis(ylabel, showgrid=False, range=[float(y.min()), float(y.max())])
    return figure(data, title, alt, x_axis, axis(density, rangemode="tozero"), showlegend=True)


def _part(y: Any, p: Any, place: int) -> Figure:
    """One component; only the first stands in the legend, for all."""
    name = Sentence("components") if place == 0 else Sentence("component {k}", k=place + 1)
    edge = {"color": palette.SEQUENTIAL[3], "width": 1.2}
    filled = {"fill": "tozeroy", "fillcolor": palette.SEQUENTIAL[1], "line": edge, "hoverinfo": "skip"}
    return line(y, p, name, legendgroup="parts", showlegend=place == 0, **filled)


def ribbons(
    x: Any,
    levels: Sequence[float],
    quantiles: Any,
    points: tuple[Any, Any] | None = None,
    support: tuple[float, float] | None = None,
    title: str = "",
    xlabel: str = "x",
    ylabel: str = "y",
) -> Figure:
    """Quantiles (levels, m) of p(y | x) over x (m,), rising levels: symmetric pairs as bands, the middle as a line."""
    x, q, levels = np.asarray(x, float), np.asarray(quantiles, float), [float(v) for v in levels]
    data: list[Figure] = []
    for i in range(len(levels) // 2):
        low, high = levels[i], levels[-1 - i]
        shade = palette.SEQUENTIAL[min(i + 1, 3)]
        edge: dict[str, Any] = {"line": {"color": shade, "width": 1}, "hovertemplate": "%{y:.3g}"}
        name = Sentence("{share} interval", share=f"{100 * (high - low):.0f} %")
        data.append(line(x, q[i], f"{100 * low:.0f} %", showlegend=False, **edge))
        data.append(line(x, q[-1 - i], name, fill="tonexty", fillcolor=shade, **edge))
    if len(levels) % 2:
        middle = {"color": palette.BLUE, "width": 2.2}
        data.append(line(x, q[len(levels) // 2], Sentence("median"), line=middle, hovertemplate="%{y:.3g}"))
    if points is not None:
        marker = {"size": 3, "color": palette.INK, "opacity": 0.5}
        data.append(dots(*points, Sentence("points"), marker=marker, hoverinfo="skip"))
    alt = Sentence(
        "Quantiles of {y} against {x}, from {low} to {high}.",
        y=ylabel,
        x=xlabel,
        low=f"{100 * levels[0]:.0f} %",
        high=f"{100 * levels[-1]:.0f} %",
    )
    x_axis, y_axis = axis(xlabel, showgrid=False, range=[float(x.min()), float(x.max())]), axis(ylabel)
    return figure(data, title, alt, x_axis, y_axis, shapes=veils(x, support), showlegend=True)
