"""A conditional density as pictures: the map beside the true one, a slice of it at one x, its quantiles as ribbons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.signal import find_peaks

from core.sentences import Sentence
from dashboard.charts import heat, palette
from dashboard.charts._figure import TRUTH, Figure, axis, figure, number, safe

_VALLEY = 0.5  # of the lower of two maxima: a density that falls no deeper between them has one mode
_MASS = 0.1  # round a mode, at least
_COLUMNS = 5  # neighbouring ones that show a branch: fewer are an accident of a few points


def learned(x: Any, y: Any, p: Any, truth: Any = None, means: tuple[Any, Any] | None = None, weights: Any = None,
            baseline: tuple[Any, Any] | None = None, points: tuple[Any, Any] | None = None,
            drawn: tuple[Any, Any] | None = None, support: tuple[float, float] | None = None, title: str = "",
            xlabel: str = "x", ylabel: str = "y") -> Figure:  # fmt: skip
    """p(y | x) (ny, nx) over the points, the true density (ny, nx) beside it where it is known.

    means: (x (m,), means (m, k)), dots whose size and opacity follow weights (m, k). baseline: the line of the mean.
    drawn: samples of the model (x, y), drawn in place of the points. support: the x that training has seen; outside,
    the picture is veiled.
    """
    line = None if baseline is None else (*baseline, Sentence("least squares"))
    shape: dict[str, Any] = {"xlabel": xlabel, "ylabel": ylabel}
    out = heat.density(x, y, p, baseline=line, points=drawn or points, title=title, **shape)
    if means is not None and weights is not None:
        out["data"].append(_means(*means, weights, Sentence("component means")))
    veils = _veils(x, support)
    out["layout"] |= {"shapes": veils, "annotations": _named_veil(x, support), "showlegend": True}
    if truth is None:
        return out
    out["layout"]["annotations"] += [_over(Sentence("the true density"), 0.76)]
    return _beside(out, heat.density(x, y, truth, **shape), veils)


def _beside(out: Figure, known: Figure, veils: list[Figure]) -> Figure:
    """The truth at the right on the same colours and axes; below, where there is no room."""
    layout, top = out["layout"], known["data"][0]["zmax"]
    out["data"][0] |= {"zmax": top, "showscale": False}
    known["data"][0]["zmax"] = top
    out["data"] += [trace | {"xaxis": "x2", "yaxis": "y2"} for trace in known["data"]]
    right = known["layout"]
    layout |= {
        "xaxis": layout["xaxis"] | {"domain": [0, 0.48]},
        "xaxis2": right["xaxis"] | {"domain": [0.52, 1], "matches": "x"},
        "yaxis2": right["yaxis"] | {"anchor": "x2", "matches": "y", "showticklabels": False, "title": {"text": ""}},
        "shapes": veils + [v | {"xref": "x2", "yref": "y2 domain"} for v in veils],
    }
    low = [_over(Sentence("the true density"), 0.5, 0.44)]
    names = [a for a in layout["annotations"] if a.get("xref") != "paper"]
    layout["meta"] |= {
        "top": 28,
        "narrow_height": 1.7,
        "narrow": {
            "xaxis": layout["xaxis"] | {"domain": [0, 1], "title": {"text": ""}, "showticklabels": False},
            "yaxis": layout["yaxis"] | {"domain": [0.56, 1]},
            "xaxis2": layout["xaxis2"] | {"domain": [0, 1], "anchor": "y2"},
            "yaxis2": right["yaxis"] | {"anchor": "x2", "matches": "y", "domain": [0, 0.44]},
            "annotations": names + low,
        },
    }
    return out


def _means(x: Any, means: Any, weights: Any, label: str) -> Figure:
    """Dots, the heaviest first: the legend shows the first one's size and opacity."""
    means, weights = np.asarray(means, float), np.asarray(weights, float)
    order = np.argsort(-weights, axis=None, kind="stable")
    w = weights.ravel()[order]
    marker = {"size": 2 + 7 * np.sqrt(w), "opacity": np.clip(0.1 + 1.2 * w, 0, 0.95), "color": palette.ORANGE}
    return {"type": "scatter", "mode": "markers", "x": np.repeat(np.asarray(x, float), means.shape[1])[order],
            "y": means.ravel()[order], "marker": marker | {"line": {"width": 0}}, "name": safe(label),
            "hoverinfo": "skip", "showlegend": True}  # fmt: skip


def _outside(x: Any, support: tuple[float, float] | None) -> list[tuple[float, float]]:
    """The parts of the picture that training has not seen, where they are wide enough to be seen."""
    if support is None:
        return []
    low, high = float(np.min(x)), float(np.max(x))
    parts = ((low, float(support[0])), (float(support[1]), high))
    return [(a, b) for a, b in parts if b - a > 0.01 * (high - low)]


def _veils(x: Any, support: tuple[float, float] | None) -> list[Figure]:
    edge = {"color": palette.QUIET, "width": 1, "dash": "dot"}
    return [{"type": "rect", "x0": a, "x1": b, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain", "opacity": 0.22,
             "fillcolor": palette.QUIET, "line": edge, "layer": "above"} for a, b in _outside(x, support)]  # fmt: skip


def _named_veil(x: Any, support: tuple[float, float] | None) -> list[Figure]:
    """The widest veil's name, upright inside it."""
    parts = _outside(x, support)
    if not parts:
        return []
    a, b = max(parts, key=lambda p: p[1] - p[0])
    return [{"x": (a + b) / 2, "y": 0.5, "xref": "x", "yref": "y domain", "text": Sentence("no data: extrapolation"),
             "textangle": -90, "showarrow": False, "font": {"size": 12, "color": palette.TEXT}}]  # fmt: skip


def _over(text: str, x: float, y: float = 1.0) -> Figure:
    return {"text": safe(text), "x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "bottom",
            "showarrow": False, "font": {"size": 13}}  # fmt: skip


def mixture(y: Any, means: Any, sigmas: Any, weights: Any) -> np.ndarray:
    """The weighted Gaussians of a mixture, (k, ny), at y (ny,): weights · N(y; means, sigmas²), each (k,)."""
    y = np.asarray(y, float)[None]
    m, s, w = (np.asarray(a, float)[:, None] for a in (means, sigmas, weights))
    return w * np.exp(-0.5 * ((y - m) / s) ** 2) / (s * np.sqrt(2 * np.pi))


def modes(density: Any) -> np.ndarray:
    """Places of the separate maxima of a density on a grid, the highest first.

    Two are separate where the density falls to half of the lower one between them, and each has a tenth of the mass round
    it: ripples, and a component on a handful of points, are no answers of their own.
    """
    p = np.pad(np.asarray(density, float), 1)  # a maximum may lie at the picture's edge
    places, _ = find_peaks(p)
    while len(places) > 1:
        valleys = _valleys(p, places)
        height = p[valleys] / np.minimum(p[places[:-1]], p[places[1:]])
        shallow = int(height.argmax())
        if height[shallow] <= _VALLEY:
            break
        places = np.delete(places, shallow + int(p[places[shallow]] >= p[places[shallow + 1]]))
    while len(places) > 1:
        mass = np.add.reduceat(p, [0, *_valleys(p, places)]) / p.sum()
        if mass.min() >= _MASS:
            break
        places = np.delete(places, mass.argmin())
    return places[np.argsort(-p[places])] - 1


def _valleys(p: np.ndarray, places: np.ndarray) -> list[int]:
    """Where p is lowest between neighbouring maxima."""
    return [int(a + p[a:b].argmin()) for a, b in pairwise(places)]


def branches(density: Any) -> tuple[int, int]:
    """The most modes that several neighbouring columns of p (ny, nx) have, and the column amid the first of these."""
    counts = np.array([len(modes(column)) for column in np.asarray(density, float).T])
    for n in range(int(counts.max(initial=1)), 1, -1):
        ends = np.flatnonzero(np.diff(np.pad(counts >= n, 1).astype(int)))
        for begin, end in ends.reshape(-1, 2):
            if end - begin >= _COLUMNS:
                return n, int((begin + end) // 2)
    return 1, len(counts) // 2


def slice_(y: Any, parts: Any, truth: tuple[Any, Any] | None = None, mean: float | None = None, title: str = "",
           ylabel: str = "y", density: str = "p(y | x)") -> Figure:  # fmt: skip
    """p(y | x = x₀): parts (k, ny) are the weighted components, drawn pale below their sum. truth: (y, density).

    mean: what least squares says there, an upright line. A single part is drawn as the whole alone.
    """
    y, parts = np.asarray(y, float), np.asarray(parts, float)
    data = [_part(y, p, i) for i, p in enumerate(parts)] if len(parts) > 1 else []
    whole = parts.sum(0)
    data.append({"type": "scatter", "mode": "lines", "x": y, "y": whole, "name": Sentence("learned"),
                 "line": {"color": palette.BLUE, "width": 2.6}, "hovertemplate": "y %{x:.3g}: %{y:.3g}"})  # fmt: skip
    if truth is not None:
        data.append({"type": "scatter", "mode": "lines", "x": np.asarray(truth[0]), "y": np.asarray(truth[1]),
                     "name": Sentence("truth"), "line": TRUTH, "hovertemplate": "%{y:.3g}"})  # fmt: skip
    if mean is not None:
        top = float(max(whole.max(), 0 if truth is None else np.nanmax(truth[1])))
        data.append({"type": "scatter", "mode": "lines", "x": [mean, mean], "y": [0.0, top],
                     "name": Sentence("least squares"), "line": {"color": palette.VERMILION, "width": 2}, "hoverinfo": "skip"})  # fmt: skip
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
    return {"type": "scatter", "mode": "lines", "x": y, "y": p, "fill": "tozeroy",
            "fillcolor": palette.SEQUENTIAL[1], "line": {"color": palette.SEQUENTIAL[3], "width": 1.2}, "legendgroup": "parts",
            "name": Sentence("components") if place == 0 else Sentence("component {k}", k=place + 1), "showlegend": place == 0,
            "hoverinfo": "skip"}  # fmt: skip


def ribbons(x: Any, levels: Sequence[float], quantiles: Any, points: tuple[Any, Any] | None = None,
            support: tuple[float, float] | None = None, title: str = "", xlabel: str = "x", ylabel: str = "y") -> Figure:  # fmt: skip
    """Quantiles (levels, m) of p(y | x) over x (m,), rising levels: symmetric pairs as bands, the middle as a line."""
    x, q, levels = np.asarray(x, float), np.asarray(quantiles, float), [float(v) for v in levels]
    data: list[Figure] = []
    for i in range(len(levels) // 2):
        low, high = levels[i], levels[-1 - i]
        shade = palette.SEQUENTIAL[min(i + 1, 3)]
        edge = {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "line": {"color": shade, "width": 1},
            "hovertemplate": "%{y:.3g}",
        }
        name = Sentence("{share} interval", share=f"{100 * (high - low):.0f} %")
        data.append(edge | {"y": q[i], "name": f"{100 * low:.0f} %", "showlegend": False})
        data.append(edge | {"y": q[-1 - i], "name": name, "fill": "tonexty", "fillcolor": shade})
    if len(levels) % 2:
        data.append({"type": "scatter", "mode": "lines", "x": x, "y": q[len(levels) // 2], "name": Sentence("median"),
                     "line": {"color": palette.BLUE, "width": 2.2}, "hovertemplate": "%{y:.3g}"})  # fmt: skip
    if points is not None:
        marker = {"size": 3, "color": palette.INK, "opacity": 0.5}
        data.append({"type": "scatter", "mode": "markers", "x": np.asarray(points[0]), "y": np.asarray(points[1]),
                     "marker": marker, "hoverinfo": "skip", "name": Sentence("points")})  # fmt: skip
    alt = Sentence(
        "Quantiles of {y} against {x}, from {low} to {high}.",
        y=ylabel,
        x=xlabel,
        low=f"{100 * levels[0]:.0f} %",
        high=f"{100 * levels[-1]:.0f} %",
    )
    x_axis, y_axis = axis(xlabel, showgrid=False, range=[float(x.min()), float(x.max())]), axis(ylabel)
    return figure(data, title, alt, x_axis, y_axis, shapes=_veils(x, support), showlegend=True)
