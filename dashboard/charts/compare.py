"""Several runs of one method side by side: their curves over each other, their density maps as small multiples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.charts import heat, palette
from dashboard.charts._figure import Figure, Say, english, figure, safe
from dashboard.charts.curves import Curve, loss


def overlay(names: Sequence[str], steps: Sequence[Any], values: Sequence[Any], title: str = "", ylabel: str = "loss",
            at: float | None = None, reference: tuple[float, str] | None = None, say: Say = english) -> Figure:  # fmt: skip
    """One curve a run, in the colours and marks of categories: runs of one method would share the method's."""
    curves = [Curve(n, n, n, s, v) for n, s, v in zip(names, steps, values, strict=True)]
    out = loss(curves, title=title, ylabel=ylabel, at=at, reference=reference, say=say)
    for place, trace in enumerate(out["data"][: len(curves)]):
        colour = palette.CATEGORIES[place % len(palette.CATEGORIES)]
        symbol = palette.SYMBOLS[place % len(palette.SYMBOLS)]
        trace["line"] |= {"color": colour, "width": 2.0}
        trace |= {"mode": "lines+markers",
                  "marker": {"symbol": symbol, "size": 6, "color": colour, "maxdisplayed": 7}}  # fmt: skip
    return out


def maps(names: Sequence[str], pictures: Sequence[tuple[Any, Any, Any]], columns: int = 3, title: str = "",
         xlabel: str = "x", ylabel: str = "y", say: Say = english) -> Figure:  # fmt: skip
    """(x, y, p(y | x)) of several runs on the same axes and colours, three in a row, each under its name."""
    made = [heat.density(x, y, p, xlabel=xlabel, ylabel=ylabel, say=say) for x, y, p in pictures]
    top = max(float(one["data"][0]["zmax"]) for one in made)
    columns = min(columns, len(made))
    rows = -(-len(made) // columns)
    layout: Figure = {"annotations": []}
    data = []
    for place, (name, one) in enumerate(zip(names, made, strict=True)):
        row, column = divmod(place, columns)
        across, up = _share(column, columns, 0.03), _share(rows - 1 - row, rows, 0.14 / rows + 0.04)
        x, y = ("x", "y") if place == 0 else (f"x{place + 1}", f"y{place + 1}")
        data.append(one["data"][0] | {"xaxis": x, "yaxis": y, "zmax": top, "showscale": False, "name": safe(name)})
        more = {"matches": "x"} if place else {}
        last = place + columns >= len(made)
        layout["xaxis" + x[1:]] = (
            one["layout"]["xaxis"] | {"domain": across, "anchor": y, "showticklabels": last} | more
        )
        layout["yaxis" + y[1:]] = (
            one["layout"]["yaxis"]
            | {"domain": up, "anchor": x, "showticklabels": column == 0}
            | ({"matches": "y"} if place else {})
        )
        if not last:
            layout["xaxis" + x[1:]] |= {"title": {"text": ""}}
        if column:
            layout["yaxis" + y[1:]] |= {"title": {"text": ""}}
        layout["annotations"].append({"text": safe(name), "x": float(np.mean(across)), "y": up[1], "xref": "paper",
                                      "yref": "paper", "yanchor": "bottom", "showarrow": False, "font": {"size": 13}})  # fmt: skip
    alt = say("Learned densities of {n} runs: {names}.", n=len(made), names="; ".join(names))
    x_axis, y_axis = layout.pop("xaxis"), layout.pop("yaxis")
    return figure(data, title, alt, x_axis, y_axis, showlegend=False, meta={"top": 28}, **layout)


def _share(place: int, of: int, gap: float) -> list[float]:
    """The part of the width (or height) that the place-th of several takes, with gaps between."""
    size = (1 - gap * (of - 1)) / of
    return [place * (size + gap), place * (size + gap) + size]
