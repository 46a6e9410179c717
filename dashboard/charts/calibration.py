"""Whether intervals hold what they promise: PIT histogram and coverage curve, each in the band of a calibrated model."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import TRUTH, Figure, axis, figure, level, number


def pit(counts: Any, low: Any, high: Any, title: str = "") -> Figure:
    """Rows that were not trained on by F(y | x), in bins of equal width. low, high: the band of a calibrated model, numbers or (bins,)."""
    counts = np.asarray(counts, float)
    bins, expected = len(counts), float(counts.mean())
    middles = (np.arange(bins) + 0.5) / bins
    low, high = (np.broadcast_to(np.asarray(v, float), (bins,)) for v in (low, high))
    outside = (counts < low) | (counts > high)
    bar = {
        "type": "bar",
        "x": middles,
        "y": counts,
        "width": 0.92 / bins,
        "name": Sentence("rows"),
        "marker": {"color": [palette.VERMILION if o else palette.BLUE for o in outside]},
        "showlegend": False,
        "hovertemplate": "%{x:.3g}: %{y}<extra></extra>",
    }
    alt = Sentence(
        "Histogram of the probability integral transform in {bins} bins: from {low} to {high} rows, {expected} "
        "expected; {out} bins lie outside the band of a calibrated model.",
        bins=bins,
        low=int(counts.min()),
        high=int(counts.max()),
        expected=number(expected, 1),
        out=int(outside.sum()),
    )
    band = {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": float(low.mean()),
        "y1": float(high.mean()),
        "fillcolor": palette.GRID,
        "line": {"width": 0},
        "layer": "below",
    }
    edges = [
        level(end) | {"line": {"color": palette.QUIET, "width": 1, "dash": "dot"}} for end in (low.mean(), high.mean())
    ]
    x = axis(Sentence("F(y | x)"), range=[0, 1], showgrid=False)
    return figure(
        [bar],
        title,
        alt,
        x,
        axis(Sentence("rows"), rangemode="tozero"),
        shapes=[band, *edges, level(expected)],
        showlegend=False,
    )


def coverage(nominal: Any, observed: Any, low: Any, high: Any, title: str = "") -> Figure:
    """Observed against promised share of rows inside central intervals, (m,) each in [0, 1], with the band (m,)."""
    nominal, observed, low, high = (100 * np.asarray(v, float) for v in (nominal, observed, low, high))
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x": nominal,
        "line": {"color": palette.GRID, "width": 1},
        "hoverinfo": "skip",
    }
    band = Sentence("calibrated, 95 %")
    data = [
        edge | {"y": low, "name": Sentence("band, low"), "showlegend": False},
        edge | {"y": high, "name": band, "fill": "tonexty", "fillcolor": palette.GRID},
        {
            "type": "scatter",
            "mode": "lines",
            "x": [0.0, 100.0],
            "y": [0.0, 100.0],
            "line": TRUTH,
            "hoverinfo": "skip",
            "name": Sentence("as promised"),
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": nominal,
            "y": observed,
            "name": Sentence("observed"),
            "line": {"color": palette.BLUE, "width": 2.4},
            "marker": {"size": 5, "color": palette.BLUE},
            "hovertemplate": "%{x:.0f} %: %{y:.1f} %",
        },
    ]
    off = float(np.abs(observed - nominal).max())
    alt = Sentence(
        "Observed against promised coverage; the largest difference is {off} percentage points.", off=number(off, 1)
    )
    x = axis(Sentence("promised (%)"), range=[0, 100])
    return figure(
        data,
        title,
        alt,
        x,
        axis(Sentence("rows inside (%)"), range=[0, 100]),
        showlegend=True,
        legend={"x": 1, "xanchor": "right", "y": 0.02, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
    )
