"""Quantities side by side: sizes of groups, estimates of several methods with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Listing, Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, bars, figure, level, number, safe, ticks, true_line, whole

_BARS = 30  # more are a list


def sizes(
    names: Sequence[Any],
    counts: Any,
    title: str = "",
    expected: float | None = None,
    xlabel: str = "cluster",
    ylabel: str = "rows",
) -> Figure:
    """Rows in each group. expected: the dashed line, such as n/k of equal groups."""
    counts = np.asarray(counts)
    places = np.arange(len(counts))
    look = {"marker": {"color": palette.BLUE}, "hovertemplate": "%{text}: %{y}<extra></extra>"}
    bar = bars(places, counts, [safe(n) for n in names], **look)
    x = axis(xlabel, tickvals=places, ticktext=ticks(names, 24), showgrid=False)
    small, large = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    alt = Sentence("Sizes of {k} groups, from {low} to {high} rows.", k=len(counts), low=small, high=large)
    shapes = [level(expected)] if expected is not None else []
    return figure([bar], title, alt, x, axis(ylabel, rangemode="tozero"), shapes=shapes, showlegend=False)


def estimates(
    methods: Sequence[str],
    labels: Sequence[str],
    values: Any,
    intervals: Any,
    truth: float | None = None,
    unit: str = "nats",
    title: str = "",
) -> Figure:
    """Methods compared: a mark at each estimate, its interval as a whisker, the truth as a dashed line.

    intervals: (m, 2) low and high, NaN where a method has none.
    """
    values, intervals = np.asarray(values, float), np.asarray(intervals, float)
    data = [_whisker(m, i, v, ends) for i, (m, v, ends) in enumerate(zip(methods, values, intervals, strict=True))]
    alt = Sentence(
        "Estimates in {unit}: {values}.",
        unit=Sentence(unit),
        values="; ".join(f"{n} {number(v)}" for n, v in zip(labels, values, strict=True)),
    )
    shapes: list[Figure] = []
    named: list[Figure] = []
    meta: Figure = {}
    if truth is not None:
        shapes = [true_line(truth)]
        named = [
            {
                "text": Sentence("truth {value}", value=number(truth)),
                "x": truth,
                "y": 1,
                "yref": "paper",
                "xanchor": "right",
                "yanchor": "bottom",
                "showarrow": False,
            }
        ]
        meta["top"] = 28  # the name of the truth stands above the plot
        alt = Listing([alt, Sentence("The truth is {value}.", value=number(truth))], " ")
    y = axis("", tickvals=np.arange(len(labels)), ticktext=ticks(labels, 28), autorange="reversed")
    x = axis(Sentence("mutual information ({unit})", unit=Sentence(unit)))
    return figure(data, title, alt, x, y, shapes=shapes, annotations=named, meta=meta, showlegend=False)


def against(
    names: Sequence[str],
    values: Any,
    intervals: Any,
    target: str,
    unit: str = "nats",
    title: str = "",
    quiet: Sequence[bool] = (),
) -> Figure:
    """The MI of each column with one target, a bar each in the order given, its interval as a whisker.

    intervals: (m, 2) low and high, NaN where there is none. quiet (m,): which do not stand out from chance; they are drawn
    pale. From 30 bars on only the first are drawn, which is said.
    """
    drawn = min(len(names), _BARS)
    values, ends = np.asarray(values, float)[:drawn], np.asarray(intervals, float)[:drawn]
    out, back = (np.where(np.isfinite(e), e, 0.0) for e in (ends[:, 1] - values, values - ends[:, 0]))
    words = [
        Sentence("{name}: {value} {unit}", name=n, value=number(v), unit=Sentence(unit))
        for n, v in zip(names, values, strict=False)
    ]
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": np.arange(drawn),
        "width": 0.7,
        "marker": {"color": palette.BLUE, "opacity": [1 - palette.PALE * bool(q) for q in quiet[:drawn]] or 1.0},
        "text": [safe(w, 160) for w in words],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": out,
            "arrayminus": back,
            "color": palette.INK,
            "width": 3,
            "thickness": 1.2,
        },
    }
    label = Sentence("MI with {target} ({unit})", target=target, unit=Sentence(unit))
    if drawn < len(names):
        label = Sentence(
            "MI with {target} ({unit}), the first {drawn} of {n}",
            target=target,
            unit=Sentence(unit),
            drawn=drawn,
            n=len(names),
        )
    alt = Sentence(
        "Mutual information of {n} columns with {target}, in {unit}.", n=len(names), target=target, unit=Sentence(unit)
    )
    y = axis("", tickvals=np.arange(drawn), ticktext=ticks(names[:drawn], 24), autorange="reversed", showgrid=False)
    meta = {"y_names": whole(names[:drawn])}
    return figure([bar], title, alt, axis(label), y, meta=meta, showlegend=False)


def _whisker(method: str, place: int, value: float, ends: Any) -> Figure:
    colour = palette.method(method)
    out, back = (float(e) if np.isfinite(e) else 0.0 for e in (ends[1] - value, value - ends[0]))
    error = {"type": "data", "symmetric": False, "array": [out], "arrayminus": [back], "color": colour, "width": 5}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [float(value)],
        "y": [place],
        "error_x": error,
        "marker": {"color": colour, "size": 10, "symbol": palette.symbol(method)},
        "hovertemplate": "%{x:.4g}<extra></extra>",
    }
