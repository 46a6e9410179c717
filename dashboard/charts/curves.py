"""Curves against the step: estimates beside the truth, and objectives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dashboard.charts import palette
from dashboard.charts._figure import TRUTH, Figure, Say, axis, english, figure, number, safe, upright


@dataclass(frozen=True)
class Curve:
    """One line: `label` is its name in the legend, `method` its colour, `kind` its weight.

    steps, values: (n,), steps increasing. A training curve is drawn thin and pale under the held-out one. A closed form
    has one value, drawn as a level line of its colour.
    """

    name: str
    label: str
    method: str
    steps: Any
    values: Any
    kind: Literal["training", "held out", "closed form", "loss"] = "held out"


_WEIGHT = {
    "training": {"width": 1.0},
    "held out": {"width": 2.4},
    "closed form": {"width": 1.6},
    "loss": {"width": 1.4},
}
_OPACITY = {"training": 0.5, "held out": 1.0, "closed form": 1.0, "loss": 0.9}


def estimate(curves: list[Curve], truth: float | None = None, unit: str = "nats", title: str = "",
             at: float | None = None, say: Say = english) -> Figure:  # fmt: skip
    """Estimates of mutual information against the step, the truth as a dashed line.

    truth: in the same unit as the curves. at: the step of a replay, marked by an upright line.
    """
    label = say("mutual information ({unit})", unit=say(unit))
    data = _traces(curves)
    lasts = "; ".join(f"{c.label} {number(_last(c))}" for c in curves if len(np.asarray(c.steps)))
    alt = say("Estimates against the training step, last values in {unit}: {values}.", unit=say(unit), values=lasts)
    if truth is not None:
        name = say("truth {value}", value=number(truth))
        data.append(_level(truth, curves) | {"name": safe(name), "line": TRUTH, "hoverinfo": "skip"})
        alt += " " + say("The truth is {value}.", value=number(truth))
    return _against_step(data, title, alt, label, at, say)


def loss(curves: list[Curve], title: str = "", ylabel: str = "loss", at: float | None = None,
         reference: tuple[float, str] | None = None, result: tuple[float, float, str] | None = None,
         say: Say = english) -> Figure:  # fmt: skip
    """Objectives against the step. ylabel: what the objective is, with its unit. reference: a level and its name.

    result: step, value and name of what the run ended with, a mark of its own: the curves are of other rows.
    """
    data = _traces(curves)
    if result is not None and curves:
        data.append(_result(*result, palette.method(curves[0].method)))
    if reference is not None:
        data.append(_level(reference[0], curves) | {"name": safe(reference[1]), "line": TRUTH, "hoverinfo": "skip"})
    lasts = "; ".join(f"{c.label} {number(_last(c))}" for c in curves if len(np.asarray(c.steps)))
    alt = say("{what} against the training step, last values: {values}.", what=ylabel, values=lasts)
    return _against_step(data, title, alt, ylabel, at, say)


def mark(figure: Figure, steps: Any, values: Any, label: str, colour: str, percent: bool = False) -> Figure:
    """The same figure with rings around points that the words beside it speak of."""
    shown = "%{y:.1%}" if percent else "%{y:.4g}"
    ring = {"size": 13, "symbol": "circle-open", "color": colour, "line": {"width": 2.5}}
    trace = {"type": "scatter", "mode": "markers", "name": safe(label), "x": np.asarray(steps), "marker": ring,
             "y": np.asarray(values, float), "hovertemplate": shown}  # fmt: skip
    return {**figure, "data": [*figure["data"], trace]}


def _against_step(data: list[Figure], title: str, alt: str, ylabel: str, at: float | None, say: Say) -> Figure:
    shapes = [upright(at)] if at is not None else []
    spike = {"spikethickness": 1, "spikecolor": palette.QUIET, "spikedash": "solid"}
    x = axis(say("step"), rangemode="tozero", showgrid=False, showline=True, linecolor=palette.QUIET, **spike)
    return figure(data, title, alt, x, axis(ylabel), hovermode="x unified", shapes=shapes, showlegend=True)


def _traces(curves: list[Curve]) -> list[Figure]:
    """Training lines first, so that held-out ones lie above them."""
    several = len({c.method for c in curves}) > 1
    ordered = sorted(curves, key=lambda c: ("training", "loss", "closed form", "held out").index(c.kind))
    return [_trace(c, several) | (_level(_last(c), curves) if c.kind == "closed form" else {}) for c in ordered]


def _trace(curve: Curve, several: bool) -> Figure:
    colour = palette.method(curve.method)
    trace: Figure = {
        "type": "scatter",
        "mode": "lines",
        "meta": None if curve.kind == "closed form" else "grows",
        "name": safe(curve.label),
        "x": np.asarray(curve.steps),
        "y": np.asarray(curve.values, float),
        "line": {"color": colour, **_WEIGHT[curve.kind]},
        "opacity": _OPACITY[curve.kind],
        "hovertemplate": "%{y:.4g}",
    }
    if several and curve.kind == "held out":  # a mark beside the colour
        trace |= {"mode": "lines+markers",
                  "marker": {"symbol": palette.symbol(curve.method), "size": 7, "color": colour, "maxdisplayed": 9}}  # fmt: skip
    return trace


def _result(step: float, value: float, name: str, colour: str) -> Figure:
    marker = {"symbol": "diamond", "size": 11, "color": colour, "line": {"color": palette.INK, "width": 1.5}}
    return {"type": "scatter", "mode": "markers", "name": safe(name), "x": np.array([step]), "y": np.array([value]),
            "marker": marker, "hovertemplate": "%{y:.4g}"}  # fmt: skip


def _level(value: float, curves: list[Curve]) -> Figure:
    """A level line as far as the curves go: it grows with them, and does not fix the axis."""
    ends = [float(np.max(c.steps)) for c in curves if c.kind != "closed form" and len(np.asarray(c.steps))]
    return {"type": "scatter", "mode": "lines", "x": np.array([0.0, max(ends, default=1.0)]),
            "y": np.array([value, value])}  # fmt: skip


def _last(curve: Curve) -> float:
    values = np.asarray(curve.values, float)
    values = values[np.isfinite(values)]
    return float(values[-1]) if len(values) else float("nan")
