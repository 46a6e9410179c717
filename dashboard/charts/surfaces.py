"""Surfaces over the plane: a critic, a pointwise MI, a density."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import _figure, palette
from dashboard.charts._figure import Figure, axis, figure, named_places, number, safe


def surface(
    x: Any,
    y: Any,
    z: Any,
    title: str = "",
    xlabel: str = "x",
    ylabel: str = "y",
    zlabel: str = "",
    points: tuple[Any, Any] | None = None,
    diverging: bool = True,
    limit: float | None = None,
) -> Figure:
    """z (ny, nx) over x (nx,) and y (ny,): a critic, a pointwise MI, a density.

    diverging: colours run both ways from 0, up to ± limit (the largest |z| where None). points: (x, y) of a sample.
    """
    data = [_map(x, y, z, zlabel, diverging, _limit(limit, z))] + _dots(points)
    alt = _surface_alt(zlabel or Sentence("surface"), z)
    return figure(data, title, alt, _tight(xlabel), _tight(ylabel), showlegend=False)


def named(figure: Figure, x: Mapping[float, Any] | None, y: Mapping[float, Any] | None) -> Figure:
    """A surface whose axes call values by their names."""
    axes = {
        f"{side}axis": figure["layout"][f"{side}axis"] | named_places(names) for side, names in (("x", x), ("y", y))
    }
    return figure | {"layout": figure["layout"] | axes}


def pair(
    x: Any,
    y: Any,
    z_left: Any,
    z_right: Any,
    titles: tuple[str, str],
    title: str = "",
    xlabel: str = "x",
    ylabel: str = "y",
    zlabel: str = "",
    points: tuple[Any, Any] | None = None,
    limit: float | None = None,
) -> Figure:
    """Two surfaces on one grid and one colour range: the critic T(x, y) beside the true pointwise MI."""
    top = _limit(limit, z_left, z_right)
    left, right = (_map(x, y, z, zlabel, True, top, name) for z, name in zip((z_left, z_right), titles, strict=True))
    left["showscale"] = False
    right |= {"xaxis": "x2", "yaxis": "y2"}
    alt = [_surface_alt(t, z) for t, z in zip(titles, (z_left, z_right), strict=True)]
    side = {"x": [0, 0.48], "x2": [0.52, 1]}
    wide = {
        "xaxis2": _tight(xlabel, domain=side["x2"], matches="x"),
        "yaxis2": _tight("", anchor="x2", matches="y", showticklabels=False),
    }
    head = [_subtitle(titles[0], 0.24), _subtitle(titles[1], 0.76)]
    stacked = {
        "xaxis": _tight("", domain=[0, 1], matches="x2", showticklabels=False),
        "yaxis": _tight(ylabel, domain=[0.56, 1]),
        "xaxis2": _tight(xlabel, domain=[0, 1], anchor="y2"),
        "yaxis2": _tight(ylabel, anchor="x2", matches="y", domain=[0, 0.44]),
        "annotations": [_subtitle(titles[0], 0.5), _subtitle(titles[1], 0.5, 0.44)],
    }
    meta = {"narrow": stacked, "narrow_height": 1.7, "top": 28}
    x_axis = _tight(xlabel, domain=side["x"])
    data = [left, right] + _dots(points) + _dots(points, xaxis="x2", yaxis="y2")
    return figure(data, title, alt, x_axis, _tight(ylabel), annotations=head, meta=meta, showlegend=False, **wide)


def density(
    x: Any,
    y: Any,
    p: Any,
    means: tuple[Any, Any] | None = None,
    weights: Any = None,
    baseline: tuple[Any, Any, str] | None = None,
    points: tuple[Any, Any] | None = None,
    title: str = "",
    xlabel: str = "x",
    ylabel: str = "y",
    zlabel: str = "p(y | x)",
    mean_label: str = "component means",
) -> Figure:
    """p(y | x) (ny, nx) over x and y, from the paper's colour up.

    means: (x (m,), means (m, k)), drawn as dots whose area follows weights (m, k). baseline: (x, y, label), a line.
    """
    data = [_map(x, y, p, zlabel, False, _peak(p))] + _dots(points)
    if means is not None:
        data.append(_means(*means, weights, mean_label))
    if baseline is not None:
        line = {"color": palette.VERMILION, "width": 2.2}
        x_line, y_line, name = baseline
        data.append(_figure.line(x_line, y_line, safe(name), line=line, hoverinfo="skip", showlegend=True))
    fixed = {"range": [float(np.min(y)), float(np.max(y))]}
    return figure(data, title, _surface_alt(zlabel, p), _tight(xlabel), _tight(ylabel, **fixed))


def _peak(p: Any) -> float:
    """Where a density is narrow it is very high: colours reach as far as nearly all of it, so that the rest is seen."""
    return float(np.nanquantile(np.asarray(p, float), 0.99)) or float(np.nanmax(p))


def _map(x: Any, y: Any, z: Any, label: str, diverging: bool, top: float, name: str = "") -> Figure:
    colours = palette.DIVERGING if diverging else palette.SEQUENTIAL
    return {
        "type": "heatmap",
        "x": np.asarray(x),
        "y": np.asarray(y),
        "z": np.asarray(z),
        "name": safe(name),
        "colorscale": palette.scale(colours),
        "zmin": -top if diverging else 0.0,
        "zmax": top,
        "colorbar": _figure.bar(label),
        "hovertemplate": "x %{x:.3g}, y %{y:.3g}: %{z:.3g}<extra></extra>",
        "zsmooth": "fast",
    }


def _limit(limit: float | None, *zs: Any) -> float:
    """The end of the colour range, in few digits so that it does not change with every update."""
    top = limit or max((float(np.nanmax(np.abs(np.asarray(z)))) for z in zs), default=1.0)
    return float(f"{top:.1g}") if limit is None and np.isfinite(top) and top > 0 else (top or 1.0)


def _dots(points: tuple[Any, Any] | None, **on: str) -> list[Figure]:
    if points is None:
        return []
    marker = {"size": 3, "color": palette.INK, "opacity": 0.45}
    return [_figure.dots(*points, "sample", marker=marker, hoverinfo="skip", showlegend=False, **on)]


def _means(x: Any, means: Any, weights: Any, label: str) -> Figure:
    means = np.asarray(means, float)
    size = 3 + 7 * np.sqrt(np.asarray(weights, float)) if weights is not None else np.full(means.shape, 5.0)
    marker = {"size": size.ravel(), "color": palette.ORANGE, "line": {"width": 0.6, "color": palette.PAPER}}
    places = np.repeat(np.asarray(x, float), means.shape[1])
    return _figure.dots(places, means.ravel(), safe(label), marker=marker, hoverinfo="skip")


def _tight(title: str, **more: Any) -> Figure:
    return axis(title, showgrid=False, constrain="domain", **more)


def _subtitle(text: str, x: float, y: float = 1.0) -> Figure:
    return _figure.words(safe(text), x, y, xref="paper", yref="paper", yanchor="bottom", font={"size": 13})


def _surface_alt(name: str, z: Any) -> Sentence:
    z = np.asarray(z, float)
    ends = {"low": number(float(np.nanmin(z)), 2), "high": number(float(np.nanmax(z)), 2)}
    return Sentence("{name}: from {low} to {high}.", name=name, **ends)
