"""Columns chosen for a target: what each tells of it beside what it repeats of those chosen before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, figure, number, safe, ticks, whole

_BARS = 20  # more are a list


def ranking(
    names: Sequence[str],
    relevance: Any,
    redundancy: Any,
    target: str,
    noise: Any = None,
    unit: str = "nats",
    title: str = "",
) -> Figure:
    """Two bars a column in the order given: its MI with the target, and its mean MI with those before it (NaN for none).

    noise: (m,) what 95 % of independent columns stay below, a tick on each bar. Beyond 20 columns the first are drawn.
    """
    names = list(names)[:_BARS]
    own, repeated = (np.asarray(side, float)[:_BARS] for side in (relevance, redundancy))
    at = np.arange(len(names))
    known = np.isfinite(repeated)
    data = [
        _bars(at - 0.2 * known, own, np.where(known, 0.36, 0.6), names, Sentence("relevance"), palette.BLUE),
        _bars(at[known] + 0.2, repeated[known], 0.36, names, Sentence("redundancy"), palette.ORANGE),
    ]
    if noise is not None and np.isfinite(level := np.asarray(noise, float)[:_BARS]).any():
        data.append(_level(level, at - 0.2 * known))
    of = {"target": target, "unit": Sentence(unit)}
    alt = Sentence("Columns chosen for {target}, in order: {names}.", names=", ".join(names), **of)
    places = {"tickvals": at, "ticktext": ticks(names, 24), "autorange": "reversed", "showgrid": False}
    x = axis(Sentence("MI with {target} ({unit}), and with those chosen before", **of), rangemode="tozero")
    return figure(data, title, alt, x, axis("", **places), showlegend=True, meta={"y_names": whole(names)})


def _bars(at: Any, values: Any, width: Any, names: Sequence[str], name: str, colour: str) -> Figure:
    words = [Sentence("{column}: {value}", column=n, value=number(v)) for n, v in zip(names, values, strict=False)]
    return {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": at,
        "width": width,
        "name": name,
        "marker": {"color": colour},
        "text": [safe(w, 160) for w in words],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _level(values: Any, at: Any) -> Figure:
    mark = {"symbol": "line-ns", "size": 14, "line": {"width": 2, "color": palette.INK}}
    look: Figure = {"mode": "markers", "marker": mark, "hovertemplate": "%{x:.3f}<extra></extra>"}
    return {"type": "scatter", "x": values, "y": at, "name": Sentence("noise level"), **look}


def parts(names: Sequence[str], alone: Any, lost: Any, unit: str = "nats", title: str = "") -> Figure:
    """Two bars a column: its MI with the other group alone, and what its own group would lose without it (NaN for none)."""
    alone, lost = np.asarray(alone, float), np.asarray(lost, float)
    at = np.arange(len(names))
    data = [
        _bars(at - 0.2, alone, 0.36, names, Sentence("alone"), palette.BLUE),
        _bars(at + 0.2, lost, 0.36, names, Sentence("lost without it"), palette.ORANGE),
    ]
    alt = Sentence("What each of {k} columns tells of the other group, alone and beyond its own.", k=len(names))
    places = {"tickvals": at, "ticktext": ticks(names, 24), "autorange": "reversed", "showgrid": False}
    x = axis(
        Sentence("MI with the other group ({unit})", unit=Sentence(unit)), zeroline=True, zerolinecolor=palette.QUIET
    )
    return figure(data, title, alt, x, axis("", **places), showlegend=True, meta={"y_names": whole(names)})
