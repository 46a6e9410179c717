"""What features are worth: probes beside plain features, and a number against the parameter that was varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.sentences import Listing, Sentence
from dashboard.charts import curves, palette
from dashboard.charts._figure import Figure, axis, dots, figure, number, safe, spread, true_line

_DASHES = ("solid", "3px,3px", "9px,3px", "9px,3px,2px,3px", "1px,3px")


@dataclass(frozen=True)
class Line:
    """A number against the varied parameter. `method` gives colour and mark; low and high are its interval, if any."""

    label: str
    method: str
    values: Any
    low: Any = None
    high: Any = None


def watched(
    kept: curves.Curve,
    beside: Sequence[curves.Curve],
    title: str = "",
    at: float | None = None,
    result: tuple[float, float, str] | None = None,
    until: int = 1,
) -> Figure:
    """A probe's accuracy against the step, with the level lines of what it is compared with, from 0 to 1.

    beside: curves of kind "closed form", told apart by their dashes too. result: step, value and name of the run's end.
    until: the step at which the run stands, which may be far beyond the last probe: so far the level lines go.
    """
    out = curves.loss([kept, *beside], title, Sentence("accuracy"), at, result=result)
    # `curves` draws level lines first and keeps their order.
    for trace, dash in zip(out["data"], _DASHES[1:], strict=False):
        if trace["name"] != safe(kept.label) and trace["mode"] == "lines":
            trace["line"]["dash"] = dash
            trace["x"] = np.maximum(trace["x"], [0, until])
    for trace in out["data"]:
        trace["hovertemplate"] = "%{y:.1%}"
    out["layout"]["yaxis"] |= {"tickformat": ".0%", "range": [0, 1.02]}
    out["layout"]["xaxis"] |= curves.step_ticks(out["data"])
    return out


def found(scores: Any, title: str = "") -> Figure:
    """Which of m views the critic gives to each of n pictures: softmax of its scores (n, m) along each row."""
    scores = np.asarray(scores, float)
    p = np.exp(scores - scores.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    cell = {
        "type": "heatmap",
        "z": p,
        "zmin": 0.0,
        "zmax": 1.0,
        "colorscale": palette.scale(palette.SEQUENTIAL),
        "xgap": 1,
        "ygap": 1,
        "colorbar": {"thickness": 10, "outlinewidth": 0, "tickformat": ".0%"},
        "hovertemplate": "%{y} · %{x}: %{z:.1%}<extra></extra>",
    }
    alt = Sentence(
        "The critic gives {n} pictures their own view with a mean probability of {p}.",
        n=len(p),
        p=f"{np.diag(p).mean():.0%}",
    )
    x = axis(Sentence("varied view"), showgrid=False, constrain="domain")
    y = axis(Sentence("picture"), showgrid=False, autorange="reversed", scaleanchor="x", constrain="domain")
    return figure([cell], title, alt, x, y, showlegend=False)


def probes(
    table: Mapping[str, Mapping[str, Mapping[str, float]]],
    names: Mapping[str, str],
    kinds: Mapping[str, str],
    title: str = "",
    chance: float | None = None,
) -> Figure:
    """Accuracy on rows that no probe saw, with its 95 % interval: a row for each kind of features, a mark a probe.

    table[features][probe] holds "test", "low", "high". names and kinds are the words for both, in their order.
    """
    there = [name for name in names if name in table]
    data = [_marks(table, there, kind, place, kinds) for place, kind in enumerate(kinds)]
    best = "; ".join(f"{names[n]} {max(s['test'] for s in table[n].values()):.1%}" for n in there)
    alt = Sentence("Accuracy of probes on rows that they never saw, the best probe each: {values}.", values=best)
    shapes = [] if chance is None else [true_line(chance)]
    y = axis("", tickvals=np.arange(len(there)), ticktext=[safe(names[n], 32) for n in there], autorange="reversed")
    return figure(data, title, alt, axis(Sentence("accuracy"), tickformat=".0%"), y, shapes=shapes, showlegend=True)


def _marks(table: Any, there: Sequence[str], kind: str, place: int, kinds: Mapping[str, str]) -> Figure:
    rows = [row for row, name in enumerate(there) if kind in table[name]]
    colour, found = palette.CATEGORIES[place], [table[there[row]][kind] for row in rows]
    x, low, high = (np.array([score[key] for score in found]) for key in ("test", "low", "high"))
    look = {"marker": {"color": colour, "size": 9, "symbol": palette.SYMBOLS[place]}, "hovertemplate": "%{x:.1%}"}
    return dots(x, np.asarray(rows), safe(kinds[kind]), error_x=spread(x, low, high, colour), **look)


def against(
    values: Any,
    lines: Sequence[Line],
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    log: bool = False,
    percent: bool = False,
    marked: tuple[float, str] | None = None,
) -> Figure:
    """Numbers against the values of one parameter, which are increasing. marked: a value to point out, and why."""
    values = np.asarray(values, float)
    data = [_line(values, line, place, percent) for place, line in enumerate(lines)]
    said = "; ".join(f"{line.label} {', '.join(number(v) for v in np.asarray(line.values, float))}" for line in lines)
    alt: Sentence = Sentence(
        "{what} at {values}: {said}.", what=ylabel or title, values=", ".join(f"{v:g}" for v in values), said=said
    )
    x = axis(xlabel, tickvals=values, ticktext=[f"{v:g}" for v in values], **({"type": "log"} if log else {}))
    shapes: list[Figure] = []
    if marked is not None:
        shapes = [true_line(marked[0])]
        alt = Listing([alt, marked[1]], " ")
    y = axis(ylabel, **({"tickformat": ".0%"} if percent else {}))
    return figure(data, title, alt, x, y, shapes=shapes, showlegend=len(lines) > 1)


def both_ways(
    steps: Any,
    wrong: Any,
    right: Any,
    title: str = "",
    quantity: str = "",
    percent: bool = False,
    ways: tuple[str, str] = (Sentence("the wrong way"), Sentence("the right way")),
) -> Figure:
    """One quantity got both ways against the step, (m,) each; what it is, is said beside the picture."""
    hover = "%{y:.1%}" if percent else "%{y:.4g}"
    data = [
        _way(steps, wrong, ways[0], palette.VERMILION, "6px,3px", "x", hover),
        _way(steps, right, ways[1], palette.BLUE, "solid", "circle", hover),
    ]
    last = [number(float(np.asarray(y, float)[-1])) if len(y) else "–" for y in (wrong, right)]
    alt = Sentence("{what}: {wrong} the wrong way, {right} the right way.", what=quantity, wrong=last[0], right=last[1])
    x = axis(Sentence("step"), showgrid=False) | curves.step_ticks(data)
    y = axis("", rangemode="tozero", **({"tickformat": ".0%"} if percent else {}))
    return figure(data, title, alt, x, y, hovermode="x unified", showlegend=True)


def _way(steps: Any, y: Any, name: str, colour: str, dash: str, mark: str, hover: str) -> Figure:
    look = {
        "line": {"color": colour, "width": 2.2, "dash": dash},
        "marker": {"color": colour, "size": 7, "symbol": mark},
    }
    return dots(steps, np.asarray(y, float), name, meta="grows", hovertemplate=hover, **look) | {
        "mode": "lines+markers"
    }


def _line(values: Any, line: Line, place: int, percent: bool) -> Figure:
    colour, y = palette.method(line.method), np.asarray(line.values, float)
    look: Figure = {
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.4 if place == 0 else 1.6, "dash": _DASHES[place % 5]},
        "marker": {"symbol": palette.symbol(line.method), "size": 8, "color": colour},
        "hovertemplate": "%{y:.1%}" if percent else "%{y:.4g}",
    }
    if line.low is not None and line.high is not None:
        low, high = np.asarray(line.low, float), np.asarray(line.high, float)
        look["error_y"] = spread(y, low, high, colour, thickness=1)
    return dots(values, y, safe(line.label)) | look
