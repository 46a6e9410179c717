"""A conditional density as a map, the true one beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette, surfaces
from dashboard.charts._figure import Figure, dots, safe, words


def learned(
    x: Any,
    y: Any,
    p: Any,
    truth: Any = None,
    means: tuple[Any, Any] | None = None,
    weights: Any = None,
    baseline: tuple[Any, Any] | None = None,
    points: tuple[Any, Any] | None = None,
    drawn: tuple[Any, Any] | None = None,
    support: tuple[float, float] | None = None,
    title: str = "",
    xlabel: str = "x",
    ylabel: str = "y",
) -> Figure:
    """p(y | x) (ny, nx) over the points, the true density (ny, nx) beside it where it is known.

    means: (x (m,), means (m, k)), dots whose size and opacity follow weights (m, k). baseline: the line of the mean.
    drawn: samples of the model (x, y), drawn in place of the points. support: the x that training has seen; outside,
    the picture is veiled.
    """
    fitted = None if baseline is None else (*baseline, Sentence("least squares"))
    shape: dict[str, Any] = {"xlabel": xlabel, "ylabel": ylabel}
    out = surfaces.density(x, y, p, baseline=fitted, points=drawn or points, title=title, **shape)
    if means is not None and weights is not None:
        out["data"].append(_means(*means, weights, Sentence("component means")))
    shades = veils(x, support)
    out["layout"] |= {"shapes": shades, "annotations": _named_veil(x, support), "showlegend": True}
    if truth is None:
        return out
    out["layout"]["annotations"] += [_over(Sentence("the true density"), 0.76)]
    return _beside(out, surfaces.density(x, y, truth, **shape), shades)


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
    marker |= {"line": {"width": 0}}
    places = np.repeat(np.asarray(x, float), means.shape[1])[order]
    return dots(places, means.ravel()[order], safe(label), marker=marker, hoverinfo="skip", showlegend=True)


def _outside(x: Any, support: tuple[float, float] | None) -> list[tuple[float, float]]:
    """The parts of the picture that training has not seen, where they are wide enough to be seen."""
    if support is None:
        return []
    low, high = float(np.min(x)), float(np.max(x))
    parts = ((low, float(support[0])), (float(support[1]), high))
    return [(a, b) for a, b in parts if b - a > 0.01 * (high - low)]


def veils(x: Any, support: tuple[float, float] | None) -> list[Figure]:
    """What lies over the parts of a picture that training has not seen."""
    edge = {"color": palette.QUIET, "width": 1, "dash": "dot"}
    place = {"type": "rect", "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
    look = {"opacity": 0.22, "fillcolor": palette.QUIET, "line": edge, "layer": "above"}
    return [{"x0": a, "x1": b, **place, **look} for a, b in _outside(x, support)]


def _named_veil(x: Any, support: tuple[float, float] | None) -> list[Figure]:
    """The widest veil's name, upright inside it."""
    parts = _outside(x, support)
    if not parts:
        return []
    a, b = max(parts, key=lambda p: p[1] - p[0])
    name, font = Sentence("no data: extrapolation"), {"size": 12, "color": palette.TEXT}
    return [words(name, (a + b) / 2, 0.5, xref="x", yref="y domain", textangle=-90, font=font)]


def _over(text: str, x: float, y: float = 1.0) -> Figure:
    place = {"xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "bottom"}
    return words(safe(text), x, y, **place, font={"size": 13})
