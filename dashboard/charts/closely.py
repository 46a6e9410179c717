"""Two columns closely: every row in the plane, coloured by its pointwise mutual information, and how each column is spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from core.sentences import Sentence
from dashboard.charts import _figure, palette
from dashboard.charts._figure import Figure, axis, figure, named_places

_MAIN, _EDGE = [0.0, 0.84], [0.86, 1.0]  # of the picture: the plane, and a margin
_LEAST = 0.5  # nats at which colours end at least, so that chance stays pale


class Margin(NamedTuple):
    """A column along an axis: its label, places and counts of its values or bins, and what places are called."""

    label: str
    places: Any
    counts: Any
    width: float
    names: Mapping[float, Any] | None = None


def closely(x: Any, y: Any, local: Any, margins: tuple[Margin, Margin], unit: str, scale: float, title: str) -> Figure:
    """Points (n,), (n,), their pointwise MI (n,) in the unit, `scale` of it a nat, and the margins of all rows."""
    across, up = margins
    data = [_points(x, y, np.asarray(local, float), unit, _LEAST * scale), _bars(across, "x"), _bars(up, "y")]
    alt = Sentence("{n} points of {y} against {x}.", n=len(x), x=across.label, y=up.label)
    bare: Figure = {"showticklabels": False, "showgrid": False}
    edges = {"xaxis2": axis("", domain=_EDGE, anchor="y", **bare), "yaxis2": axis("", domain=_EDGE, anchor="x", **bare)}
    meta = {"file": f"{across.label} {up.label}"}  # the title says how many rows there are, not of what
    return figure(data, title, alt, _along(across), _along(up), showlegend=False, bargap=0, meta=meta, **edges)


def _points(x: Any, y: Any, local: Any, unit: str, least: float) -> Figure:
    top = max(float(np.quantile(np.abs(local), 0.98)), least)
    marker = {
        "color": local,
        "colorscale": palette.scale(palette.DIVERGING),
        "cmin": -top,
        "cmax": top,
        "size": 6 if len(local) <= 500 else 4.5,
        "line": {"width": 0.3, "color": palette.QUIET},
        "colorbar": _figure.bar(Sentence("pointwise MI ({unit})", unit=Sentence(unit))),
    }
    said = "%{x:.4g}, %{y:.4g}: %{marker.color:.2f}<extra></extra>"
    return _figure.dots(x, y, "", marker=marker, hovertemplate=said)


def _bars(margin: Margin, side: str) -> Figure:
    upright = side == "x"
    values = {"x": margin.places, "y": margin.counts} if upright else {"x": margin.counts, "y": margin.places}
    on = {"yaxis": "y2"} if upright else {"xaxis": "x2", "orientation": "h"}
    said = "%{x:.4g}: %{y:,} rows<extra></extra>" if upright else "%{y:.4g}: %{x:,} rows<extra></extra>"
    look = {"marker": {"color": palette.QUIET, "opacity": 0.6}, "width": margin.width, "hovertemplate": said}
    return {"type": "bar", **values, **on, **look}


def _along(margin: Margin) -> Figure:
    return axis(margin.label, domain=_MAIN, **named_places(margin.names))
