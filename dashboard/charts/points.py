"""Points in the plane: samples, features, and what was learned against what is true."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import TRUTH, Figure, axis, figure, number, safe

_WEBGL = 4000  # from here SVG is slow; below it, a page may hold many charts


def scatter(
    x: Any,
    y: Any,
    xlabel: str = "x",
    ylabel: str = "y",
    title: str = "",
) -> Figure:
    """A sample (n,), (n,): points paler where there are many."""
    x, y = np.asarray(x), np.asarray(y)
    data = [_cloud(x, y, "") | {"showlegend": False}]
    alt = Sentence("{n} points of {y} against {x}.", n=len(x), x=xlabel, y=ylabel)
    return figure(data, title, alt, axis(xlabel), axis(ylabel), showlegend=False)


def learned_vs_true(
    learned: Any, truth: Any, title: str = "", xlabel: str = "truth", ylabel: str = "learned"
) -> Figure:
    """(n,) against (n,): on the dashed line they agree."""
    learned, truth = np.asarray(learned, float), np.asarray(truth, float)
    ends = np.array([min(learned.min(), truth.min()), max(learned.max(), truth.max())])
    same = {
        "type": "scatter",
        "mode": "lines",
        "x": ends,
        "y": ends,
        "line": TRUTH,
        "hoverinfo": "skip",
        "name": Sentence("equal"),
    }
    data = [_cloud(truth, learned, Sentence("rows")), same]
    varies = len(truth) > 1 and truth.std() > 0 and learned.std() > 0
    r = float(np.corrcoef(truth, learned)[0, 1]) if varies else float("nan")
    alt = Sentence("{n} learned values against the true ones; correlation {r}.", n=len(truth), r=number(r, 2))
    return figure(data, title, alt, axis(xlabel), axis(ylabel))


def _cloud(x: Any, y: Any, name: Any) -> Figure:
    n = len(x)
    size, opacity = (6, 0.8) if n <= 500 else (4.5, 0.7) if n <= _WEBGL else (3, 0.35)
    return {
        "type": "scatter" if n <= _WEBGL else "scattergl",
        "mode": "markers",
        "x": x,
        "y": y,
        "name": safe(name),
        "marker": {"color": palette.BLUE, "symbol": "circle", "size": size, "opacity": opacity, "line": {"width": 0}},
        "hovertemplate": "%{x:.4g}, %{y:.4g}<extra></extra>",
    }
