"""Estimates against a truth that moves: on the staircase while critics train, and as a size grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from core.sentences import Sentence
from core.units import per_nat
from dashboard.charts import palette
from dashboard.charts._figure import TRUTH, Figure, axis, dots, figure, line, number, safe, spread


class Trained(NamedTuple):
    """What one method said at each step: of single batches, and their running mean; (steps, values) each, in nats."""

    method: str
    label: str
    batches: tuple[Any, Any]
    means: tuple[Any, Any]


def staircase(
    methods: Sequence[Trained], truth: tuple[Any, Any], top: float, ceiling: float, title: str = "", unit: str = "nats"
) -> Figure:
    """Running means over pale single batches, the truth as stairs. top: the highest step of the stairs in nats; what runs far
    off them is cut off, not followed. ceiling: ln of the batch, which InfoNCE cannot exceed."""
    by = per_nat(unit)
    data = [_batches(one, by) for one in methods] + [_running(one, by) for one in methods]
    stairs = line(truth[0], by * np.asarray(truth[1]), Sentence("truth"), line=TRUTH | {"shape": "hv"})
    data.append(stairs | {"hovertemplate": "%{y:.3g}", "meta": "grows"})
    limit = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": by * ceiling, "y1": by * ceiling}
    limit |= {"line": {"color": palette.QUIET, "width": 1, "dash": "2px,3px"}, "layer": "below"}
    lasts = "; ".join(f"{one.label} {number(_last(one.means[1]) * by)}" for one in methods)
    alt = Sentence(
        "Estimates as the truth is raised in steps, last values in {unit}: {values}.", unit=unit, values=lasts
    )
    y = axis(Sentence("mutual information ({unit})", unit=Sentence(unit)), range=[-by, 1.25 * by * max(top, 1.0)])
    x = axis(Sentence("step"), rangemode="tozero", showgrid=False)
    return figure(data, title, alt, x, y, hovermode="x unified", showlegend=True, shapes=[limit])


def _batches(one: Trained, by: float) -> Figure:
    colour = palette.method(one.method)
    pale = {"line": {"color": colour, "width": 1}, "opacity": 0.3, "showlegend": False, "hoverinfo": "skip"}
    return line(one.batches[0], by * np.asarray(one.batches[1]), safe(one.label), meta="grows", **pale)


def _running(one: Trained, by: float) -> Figure:
    colour, mark = palette.method(one.method), palette.symbol(one.method)
    look = {"line": {"color": colour, "width": 2.4}, "hovertemplate": "%{y:.3g}"}
    marker = {"symbol": mark, "size": 7, "color": colour, "maxdisplayed": 9}
    trace = line(one.means[0], by * np.asarray(one.means[1]), safe(one.label), meta="grows", **look)
    return trace | {"mode": "lines+markers", "marker": marker}


def _last(values: Any) -> float:
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    return float(known[-1]) if len(known) else float("nan")


class Sized(NamedTuple):
    """One method's cells: sizes, estimates, interval ends, truths (nats) and seconds, (m,) each, NaN where there is none."""

    method: str
    label: str
    value: Any
    mi: Any
    low: Any
    high: Any
    truth: Any
    seconds: Any


def estimates(methods: Sequence[Sized], label: str, title: str = "", unit: str = "nats") -> Figure:
    """Every estimate with its interval against the size, set a little apart, with the means joined; the truth dashed."""
    by, data = per_nat(unit), []
    for place, one in enumerate(methods):
        x = np.asarray(one.value) * 1.03 ** (place - (len(methods) - 1) / 2)  # a logarithmic axis
        colour, mark = palette.method(one.method), palette.symbol(one.method)
        whiskers = spread(by * one.mi, by * one.low, by * one.high, colour, thickness=1)
        look = {"marker": {"color": colour, "symbol": mark, "size": 7}, "hovertemplate": "%{y:.3f}"}
        data.append(dots(x, by * one.mi, safe(one.label), error_y=whiskers, **look))
        sizes, means = _means(x, by * one.mi)
        data.append(
            line(
                sizes, means, safe(one.label), line={"color": colour, "width": 1.6}, showlegend=False, hoverinfo="skip"
            )
        )
    if methods:
        sizes, truths = _means(
            np.concatenate([m.value for m in methods]), by * np.concatenate([m.truth for m in methods])
        )
        data.append(line(sizes, truths, Sentence("truth"), line=TRUTH, hovertemplate="%{y:.3f}"))
    alt = Sentence("Estimates by {n} estimators against the size.", n=len(methods))
    y = axis(Sentence("mutual information ({unit})", unit=Sentence(unit)))
    return figure(data, title, alt, _sizes(methods, label), y, showlegend=True)


def seconds(methods: Sequence[Sized], slopes: Mapping[str, float | None], label: str, title: str = "") -> Figure:
    """How long each estimate took against the size, both on logarithmic axes, with the fitted slope in the name."""
    data = []
    for one in methods:
        colour, mark = palette.method(one.method), palette.symbol(one.method)
        known = np.isfinite(one.mi) & (np.asarray(one.seconds) > 0)
        slope = slopes.get(one.method)
        name = safe(one.label)
        if slope is not None:
            name = Sentence("{method}: slope {slope}", method=one.label, slope=number(slope, 2))
        look = {"marker": {"color": colour, "symbol": mark, "size": 7}, "hovertemplate": "%{y:.3g}"}
        x, y = np.asarray(one.value)[known], np.asarray(one.seconds)[known]
        data.append(dots(x, y, name, **look))
        if slope is not None:
            ends = np.array([x.min(), x.max()])
            level = np.exp(np.log(y).mean() + slope * (np.log(ends) - np.log(x).mean()))
            data.append(
                line(ends, level, name, line={"color": colour, "width": 1.6}, showlegend=False, hoverinfo="skip")
            )
    alt = Sentence("Seconds of {n} estimators against the size.", n=len(methods))
    return figure(data, title, alt, _sizes(methods, label), axis(Sentence("seconds"), type="log"), showlegend=True)


def _sizes(methods: Sequence[Sized], label: str) -> Figure:
    known = np.unique(np.concatenate([m.value for m in methods])) if methods else np.empty(0)
    return axis(label, type="log", tickvals=known, ticktext=[f"{v:,.0f}" for v in known], showgrid=False)


def _means(x: Any, y: Any) -> tuple[Any, Any]:
    """The mean of y at each x, rising, NaN left out."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    sizes = np.unique(x)
    return sizes, np.array([y[x == size].mean() for size in sizes])
