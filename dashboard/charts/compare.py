"""Several runs of one method side by side: their curves over each other, their density maps as small multiples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette, surfaces
from dashboard.charts._figure import Figure, figure, safe
from dashboard.charts.curves import Curve, loss


def overlay(
    names: Sequence[str],
    steps: Sequence[Any],
    values: Sequence[Any],
    title: str = "",
    ylabel: str = "loss",
    at: float | None = None,
    reference: tuple[float, str] | None = None,
) -> Figure:
    """One curve a run, in the colours and marks of categories: runs of one method would share the method's."""
    curves = [Curve(n, n, n, s, v) for n, s, v in zip(names, steps, values, strict=True)]
    out = loss(curves, title=title, ylabel=ylabel, at=at, reference=reference)
    for place, trace in enumerate(out["data"][: len(curves)]):
        colour = palette.CATEGORIES[place % len(palette.CATEGORIES)]
        symbol = palette.SYMBOLS[place % len(palette.SYMBOLS)]
        trace["line"] |= {"color": colour, "width": 2.0}
        trace |= {"mode": "lines+markers", "marker": {"symbol": symbol, "size": 6, "color": colour, "maxdisplayed": 7}}
    return out


def maps(
    names: Sequence[str],
    pictures: Sequence[tuple[Any, Any, Any]],
    columns: int = 3,
    title: str = "",
    xlabel: str = "x",
    ylabel: str = "y",
) -> Figure:
    """(x, y, p(y | x)) of several runs on the same axes and colours, `columns` in a row, each under its name."""
    made = [surfaces.density(x, y, p, xlabel=xlabel, ylabel=ylabel) for x, y, p in pictures]
    top = max(float(one["data"][0]["zmax"]) for one in made)
    data: list[Figure] = []
    layout: Figure = {"annotations": []}
    for place, (name, one) in enumerate(zip(names, made, strict=True)):
        number = str(place + 1) if place else ""
        on = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        data.append(one["data"][0] | on | {"zmax": top, "showscale": False, "name": safe(name)})
        x, y = _axes(place, len(made), min(columns, len(made)), one["layout"])
        layout |= {f"xaxis{number}": x | {"anchor": f"y{number}"}, f"yaxis{number}": y | {"anchor": f"x{number}"}}
        layout["annotations"].append(_name(name, x["domain"], y["domain"]))
    alt = Sentence("Learned densities of {n} runs: {names}.", n=len(made), names="; ".join(names))
    x_axis, y_axis = layout.pop("xaxis"), layout.pop("yaxis")
    return figure(data, title, alt, x_axis, y_axis, showlegend=False, meta={"top": 28}, **layout)


def _axes(place: int, of: int, columns: int, layout: Figure) -> tuple[Figure, Figure]:
    """Where a small map lies; only the outer ones carry ticks and names, and all zoom together."""
    row, column = divmod(place, columns)
    rows = -(-of // columns)
    below, first = place + columns >= of, column == 0
    x = layout["xaxis"] | {"domain": _share(column, columns, 0.03), "showticklabels": below}
    y = layout["yaxis"] | {"domain": _share(rows - 1 - row, rows, 0.14 / rows + 0.04), "showticklabels": first}
    bare = {"title": {"text": ""}}
    x |= ({} if below else bare) | ({"matches": "x"} if place else {})
    y |= ({} if first else bare) | ({"matches": "y"} if place else {})
    return x, y


def _name(name: str, across: list[float], up: list[float]) -> Figure:
    return {
        "text": safe(name),
        "x": float(np.mean(across)),
        "y": up[1],
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13},
    }


def _share(place: int, of: int, gap: float) -> list[float]:
    """The part of the width (or height) that the place-th of several takes, with gaps between."""
    size = (1 - gap * (of - 1)) / of
    return [place * (size + gap), place * (size + gap) + size]
