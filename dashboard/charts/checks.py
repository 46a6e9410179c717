"""Pictures of an estimator that is checked: against chance, and against itself on parts of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, dots, figure, line, number, spread

_BARS = 30


def surrogates(values: Any, mi: float, title: str = "") -> Figure:
    """How often each estimate came without dependence (m,), as bars, with the estimate of the rows as they are as a line."""
    values = np.asarray(values, float)
    counts, edges = np.histogram(values, _BARS)
    bars = {"type": "bar", "x": (edges[1:] + edges[:-1]) / 2, "y": counts, "width": float(edges[1] - edges[0])}
    bars |= {
        "name": Sentence("without dependence"),
        "marker": {"color": palette.SKY},
        "hovertemplate": "%{x:.3f}: %{y}",
    }
    top = float(counts.max())
    mark = line([mi, mi], [0.0, top], Sentence("the estimate"), line={"color": palette.VERMILION, "width": 2.4})
    alt = Sentence("{n} estimates without dependence; the estimate is {mi}.", n=len(values), mi=number(mi))
    x = axis(Sentence("mutual information ({unit})", unit=Sentence("nats")))
    y = axis(Sentence("how many"), rangemode="tozero")
    return figure([bars, mark | {"hovertemplate": "%{x:.3f}"}], title, alt, x, y, showlegend=True, bargap=0)


def subsamples(rows: Sequence[Mapping[str, Any]], fitted: Mapping[str, float], title: str = "") -> Figure:
    """Estimates (mi, low, high, of n rows) against 1/n, with the line that is fitted to them as far as 1/n = 0."""
    n = np.array([row["n"] for row in rows], float)
    mi, low, high = (np.array([row[key] for row in rows], float) for key in ("mi", "low", "high"))
    whiskers = spread(mi, low, high, palette.BLUE, thickness=1)
    marker = {"color": palette.BLUE, "size": 8}
    points = dots(1 / n, mi, Sentence("estimates of parts"), error_y=whiskers, marker=marker, hovertemplate="%{y:.3f}")
    ends = np.array([0.0, float((1 / n).max())])
    level = fitted["mi"] + fitted["slope"] * ends
    through = line(
        ends, level, Sentence("line in 1/n"), line={"color": palette.VERMILION, "width": 1.8}, hoverinfo="skip"
    )
    sizes = np.unique(n)[::-1]
    labels = ["∞", *(f"{size:,.0f}" for size in sizes)]
    x = axis(Sentence("rows (spaced as 1/n)"), tickvals=np.array([0.0, *(1 / sizes)]), ticktext=labels, showgrid=False)
    alt = Sentence("Estimates of parts of the rows; the line ends at {mi} for endless rows.", mi=number(fitted["mi"]))
    y = axis(Sentence("mutual information ({unit})", unit=Sentence("nats")))
    return figure([points, through], title, alt, x, y, showlegend=True)
