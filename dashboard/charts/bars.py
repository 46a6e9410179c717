"""Quantities side by side: sizes of groups, estimates of several methods with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.charts import palette
from dashboard.charts._figure import TRUTH, Figure, Say, axis, english, figure, level, number, safe


def sizes(names: Sequence[Any], counts: Any, title: str = "", expected: float | None = None, xlabel: str = "cluster",
          ylabel: str = "rows", say: Say = english) -> Figure:  # fmt: skip
    """Rows in each group. expected: the dashed line, such as n/k of equal groups."""
    counts = np.asarray(counts)
    places = np.arange(len(counts))
    bar = {"type": "bar", "x": places, "y": counts, "marker": {"color": palette.BLUE}, "width": 0.72,
           "text": [safe(n) for n in names], "textposition": "none", "hovertemplate": "%{text}: %{y}<extra></extra>"}  # fmt: skip
    x = axis(xlabel, tickvals=places, ticktext=[safe(n, 24) for n in names], showgrid=False)
    small, large = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    alt = say("Sizes of {k} groups, from {low} to {high} rows.", k=len(counts), low=small, high=large)
    shapes = [level(expected)] if expected is not None else []
    return figure([bar], title, alt, x, axis(ylabel, rangemode="tozero"), shapes=shapes, showlegend=False)


def estimates(methods: Sequence[str], labels: Sequence[str], values: Any, intervals: Any, truth: float | None = None,
              unit: str = "nats", title: str = "", say: Say = english) -> Figure:  # fmt: skip
    """Methods compared: a mark at each estimate, its interval as a whisker, the truth as a dashed line.

    intervals: (m, 2) low and high, NaN where a method has none.
    """
    values, intervals = np.asarray(values, float), np.asarray(intervals, float)
    data = [_whisker(m, i, v, ends) for i, (m, v, ends) in enumerate(zip(methods, values, intervals, strict=True))]
    alt = say("Estimates in {unit}: {values}.", unit=say(unit),
              values="; ".join(f"{n} {number(v)}" for n, v in zip(labels, values, strict=True)))  # fmt: skip
    shapes: list[Figure] = []
    if truth is not None:
        shapes = [{"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": truth, "x1": truth, "line": TRUTH,
                   "label": {"text": say("truth {value}", value=number(truth)), "textposition": "end"}}]  # fmt: skip
        alt += " " + say("The truth is {value}.", value=number(truth))
    y = axis("", tickvals=np.arange(len(labels)), ticktext=[safe(n, 24) for n in labels], autorange="reversed")
    x = axis(say("mutual information ({unit})", unit=say(unit)))
    return figure(data, title, alt, x, y, shapes=shapes, showlegend=False)


def _whisker(method: str, place: int, value: float, ends: Any) -> Figure:
    colour = palette.method(method)
    out, back = (float(e) if np.isfinite(e) else 0.0 for e in (ends[1] - value, value - ends[0]))
    error = {"type": "data", "symmetric": False, "array": [out], "arrayminus": [back], "color": colour, "width": 5}
    return {"type": "scatter", "mode": "markers", "x": [float(value)], "y": [place], "error_x": error,
            "marker": {"color": colour, "size": 10, "symbol": palette.symbol(method)},
            "hovertemplate": "%{x:.4g}<extra></extra>"}  # fmt: skip
