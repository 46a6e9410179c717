"""Curves against the step: estimates beside the truth, and objectives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from core.sentences import Listing, Sentence
from dashboard.charts import palette
from dashboard.charts._figure import TRUTH, Figure, axis, figure, number, safe, upright

Kind = Literal["training", "held out", "closed form", "loss", "truth"]


@dataclass(frozen=True)
class Curve:
    """One line: `label` is its name in the legend, `method` its colour, `kind` its weight.

    steps, values: (n,), steps increasing. A training curve is drawn thin and pale under the held-out one. A closed form
    has one value, drawn as a level line of its colour; a truth that belongs to one run alone is a dashed one.
    interval: of the last value, drawn as a bar at the line's end. colour, symbol: where the method's own are taken.
    """

    name: str
    label: str
    method: str
    steps: Any
    values: Any
    kind: Kind = "held out"
    interval: tuple[float, float] | None = None
    colour: str = ""
    symbol: str = ""

    @property
    def look(self) -> tuple[str, str]:
        """Colour and mark."""
        return self.colour or palette.method(self.method), self.symbol or palette.symbol(self.method)


_WEIGHT: dict[str, dict[str, Any]] = {
    "training": {"width": 1.0},
    "held out": {"width": 2.4},
    "closed form": {"width": 1.6},
    "loss": {"width": 1.4},
    "truth": {"width": TRUTH["width"], "dash": TRUTH["dash"]},
}
_OPACITY = {"training": 0.5, "held out": 1.0, "closed form": 1.0, "loss": 0.9, "truth": 0.9}
_ORDER = ("training", "loss", "truth", "closed form", "held out")
_LEVEL = ("closed form", "truth")
_FEW = 8  # steps that are numbered one by one


def estimate(
    curves: list[Curve], truth: float | None = None, unit: str = "nats", title: str = "", at: float | None = None
) -> Figure:
    """Estimates of mutual information against the step, the truth as a dashed line.

    truth: of all curves, in their unit. at: the step of a replay, marked by an upright line.
    """
    label = Sentence("mutual information ({unit})", unit=Sentence(unit))
    data = _traces(curves) + _results(curves)
    lasts = "; ".join(f"{c.label} {number(_last(c))}" for c in curves if len(np.asarray(c.steps)))
    against = "Estimates against the training step, last values in {unit}: {values}."
    template = against if _grow(curves) or not curves else "Estimates in {unit}: {values}."
    alt: Sentence = Sentence(template, unit=Sentence(unit), values=lasts)
    if truth is not None:
        name = Sentence("truth {value}", value=number(truth))
        data.append(_level(truth, curves) | {"name": safe(name), "line": TRUTH, "hoverinfo": "skip"})
        alt = Listing([alt, Sentence("The truth is {value}.", value=number(truth))], " ")
    if curves and not _grow(curves):  # nothing here has steps
        return figure(data, title, alt, axis("", showticklabels=False, showgrid=False), axis(label), showlegend=True)
    return _against_step(data, title, alt, label, at)


def _grow(curves: list[Curve]) -> bool:
    """Whether any line has steps; values alone have none."""
    return any(c.kind not in _LEVEL for c in curves)


def loss(
    curves: list[Curve],
    title: str = "",
    ylabel: str = "loss",
    at: float | None = None,
    reference: tuple[float, str] | None = None,
    result: tuple[float, float, str] | None = None,
) -> Figure:
    """Objectives against the step. ylabel: what the objective is, with its unit. reference: a level and its name.

    result: step, value and name of what the run ended with, a mark of its own: the curves are of other rows.
    """
    data = _traces(curves)
    if result is not None and curves:
        data.append(_result(*result, palette.method(curves[0].method)))
    if reference is not None:
        data.append(_level(reference[0], curves) | {"name": safe(reference[1]), "line": TRUTH, "hoverinfo": "skip"})
    lasts = "; ".join(f"{c.label} {number(_last(c))}" for c in curves if len(np.asarray(c.steps)))
    alt = Sentence("{what} against the training step, last values: {values}.", what=ylabel, values=lasts)
    return _against_step(data, title, alt, ylabel, at)


def mark(figure: Figure, steps: Any, values: Any, label: str, colour: str, percent: bool = False) -> Figure:
    """The same figure with rings around points that the words beside it speak of."""
    shown = "%{y:.1%}" if percent else "%{y:.4g}"
    ring = {"size": 13, "symbol": "circle-open", "color": colour, "line": {"width": 2.5}}
    trace = {
        "type": "scatter",
        "mode": "markers",
        "name": safe(label),
        "x": np.asarray(steps),
        "marker": ring,
        "y": np.asarray(values, float),
        "hovertemplate": shown,
    }
    return {**figure, "data": [*figure["data"], trace]}


def _against_step(data: list[Figure], title: str, alt: str, ylabel: str, at: float | None) -> Figure:
    shapes = [upright(at)] if at is not None else []
    spike = {"spikethickness": 1, "spikecolor": palette.QUIET, "spikedash": "solid"}
    x = axis(Sentence("step"), rangemode="tozero", showgrid=False, showline=True, linecolor=palette.QUIET, **spike)
    x |= step_ticks(data)
    return figure(data, title, alt, x, axis(ylabel), hovermode="x unified", shapes=shapes, showlegend=True)


def until(figure: Figure, last: int) -> None:
    """Let the axis of steps end at the last step, wherever the curves end by now."""
    figure["layout"]["xaxis"] |= {"range": [0, last]} | _ticks(last)


def step_ticks(data: list[Figure]) -> Figure:
    """The ticks of the axis of these traces' steps."""
    return _ticks(max((float(np.max(trace["x"])) for trace in data if len(trace["x"])), default=0.0))


def _ticks(last: float) -> Figure:
    """There is no half a step; and a tick for each of hundreds would keep a browser busy for half a minute."""
    return {"dtick": 1, "tickmode": "linear" if last <= _FEW else "auto"}


def _traces(curves: list[Curve]) -> list[Figure]:
    """Training lines first, so that held-out ones lie above them."""
    several = len({c.look for c in curves}) > 1
    ordered = sorted(curves, key=lambda c: _ORDER.index(c.kind))
    held_out = {c.look for c in curves if c.kind == "held out"}
    return [
        _trace(c, several, c.look in held_out) | (_level(_last(c), curves) if c.kind in _LEVEL else {}) for c in ordered
    ]


def _trace(curve: Curve, several: bool, explained: bool) -> Figure:
    colour, symbol = curve.look
    trace: Figure = {
        "type": "scatter",
        "mode": "lines",
        "meta": None if curve.kind in _LEVEL else "grows",
        "name": safe(curve.label),
        "x": np.asarray(curve.steps),
        "y": np.asarray(curve.values, float),
        "line": {"color": colour, **_WEIGHT[curve.kind]},
        "opacity": _OPACITY[curve.kind],
        "hovertemplate": "%{y:.4g}",
    }
    if several and explained and curve.kind == "training":  # pale lines of the colour that the held-out one explains
        trace["showlegend"] = False
    if curve.kind not in _LEVEL:  # one value is no line yet; a key that went away in mid-run would be null to Plotly
        one = len(curve.steps) == 1
        trace |= {"mode": "lines+markers" if one else "lines", "marker": {"size": 6, "color": colour}}
    if several and curve.kind == "held out":  # a mark beside the colour
        trace |= {"mode": "lines+markers", "marker": {"symbol": symbol, "size": 7, "color": colour, "maxdisplayed": 9}}
    return trace


def _result(step: float, value: float, name: str, colour: str) -> Figure:
    marker = {"symbol": "diamond", "size": 11, "color": colour, "line": {"color": palette.INK, "width": 1.5}}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": safe(name),
        "x": np.array([step]),
        "y": np.array([value]),
        "marker": marker,
        "hovertemplate": "%{y:.4g}",
    }


def _results(curves: list[Curve]) -> list[Figure]:
    """Where a run has ended: its result with its interval, at the end of its line.

    A closed form's line is level, so its bar may stand anywhere on it: further left for each, where none covers another.
    """
    ended = [c for c in curves if c.interval is not None and len(np.asarray(c.steps))]
    levels = [c for c in ended if c.kind == "closed form"]
    out = []
    for curve in ended:
        value, (colour, symbol) = _last(curve), curve.look
        step = float(np.asarray(curve.steps)[-1])
        if curve in levels:
            end = float(_level(value, curves)["x"][-1])
            step = end * (1 - 0.03 * (levels.index(curve) + (len(ended) > len(levels))))
        low, high = curve.interval  # type: ignore[misc]
        bar = {
            "type": "data",
            "symmetric": False,
            "array": np.array([high - value]),
            "thickness": 1.6,
            "width": 5,
            "arrayminus": np.array([value - low]),
            "color": colour,
        }
        out.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": safe(Sentence("{name}: result", name=curve.label)),
                "x": np.array([step]),
                "y": np.array([value]),
                "error_y": bar,
                "showlegend": False,
                "marker": {"symbol": symbol, "size": 8, "color": colour},
                "hovertemplate": "%{y:.4g}",
            }
        )
    return out


def _level(value: float, curves: list[Curve]) -> Figure:
    """A level line as far as the curves go: it grows with them, and does not fix the axis."""
    ends = [float(np.max(c.steps)) for c in curves if _grow([c]) and len(np.asarray(c.steps))]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.array([0.0, max(ends, default=1.0)]),
        "y": np.array([value, value]),
    }


def _last(curve: Curve) -> float:
    values = np.asarray(curve.values, float)
    values = values[np.isfinite(values)]
    return float(values[-1]) if len(values) else float("nan")
