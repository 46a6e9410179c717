"""Clusters matched to labels: the counts before and after with the matching drawn between them, and a small cost table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.charts import palette
from dashboard.charts._figure import Figure, Say, axis, english, figure, safe
from dashboard.charts.heat import _cells, _named, _numbers

_LEFT, _RIGHT = (0.0, 0.39), (0.61, 1.0)  # the band between is for the lines
_NUMBERS, _TICKS = 12, 40  # rows up to which counts fit into cells, and names beside rows


def mapping(counts: Any, stands_for: Any, order: Any, labels: Sequence[Any], names: Sequence[Any] | None = None,
            title: str = "", say: Say = english) -> Figure:  # fmt: skip
    """Counts as found and in order, clusters down and labels across, a line from each cluster to its label's place.

    counts: (classes, k). stands_for: (k,) the class of each cluster, −1 for none. order: (k,) clusters from the top of
    the right picture down. names: of the clusters; their numbers where None.
    """
    counts, stands_for, order = (np.asarray(a) for a in (counts, stands_for, order))
    k, labels = len(stands_for), [str(label) for label in labels]
    names = [str(j) for j in range(k)] if names is None else [str(n) for n in names]
    goal = [f"{names[j]} → {labels[stands_for[j]] if stands_for[j] >= 0 else '–'}" for j in order]
    # Each row of either picture has a place of its own, so that the table behind the figure names both.
    left = _half(counts.T, np.arange(k), labels, names, "before", {})
    right = _half(counts.T[order], k + np.arange(k), labels, goal, "after", {"xaxis": "x2", "yaxis": "y2"})
    wide = {"fixedrange": True, "showgrid": False}
    across = {"tickvals": np.arange(len(labels)), "ticktext": [safe(n, 24) for n in labels]}
    if len(labels) > _TICKS:
        across = {"showticklabels": False}
    x = axis(say("label"), domain=list(_LEFT), **across, **wide)
    x2 = axis(say("label"), domain=list(_RIGHT), anchor="y2", **across, **wide)
    down = {"tickvals": np.arange(2 * k), "ticktext": [safe(n, 18) for n in names + goal]}
    down |= {"showticklabels": k <= _TICKS}
    y = axis(say("cluster"), range=[k - 0.5, -0.5], **down, **wide)
    y2 = axis("", range=[2 * k - 0.5, k - 0.5], anchor="x2", side="right", **down, **wide)
    top = float(max(counts.max(), 1))
    marks = _counts(counts.T, top, "x", 0) + _counts(counts.T[order], top, "x2", k)
    heads = [_head(say("as found"), sum(_LEFT) / 2), _head(say("matched"), sum(_RIGHT) / 2)]
    correct = int(sum(counts[stands_for[j], j] for j in range(k) if stands_for[j] >= 0))
    alt = say("{k} clusters against {n} labels, before and after matching; {correct} of {all} rows lie in the cluster "
              "matched to their label.", k=k, n=len(labels), correct=correct, all=int(counts.sum()))  # fmt: skip
    meta = {"top": 28, "narrow": {"annotations": heads}}
    return figure([left, right], title, alt, x, y, xaxis2=x2, yaxis2=y2, annotations=marks + heads, meta=meta,
                  shapes=_lines(stands_for, order), showlegend=False)  # fmt: skip


def cost(counts: Any, stands_for: Any, labels: Sequence[Any], title: str = "", say: Say = english) -> Figure:
    """The table that the Hungarian method reads: minus the counts, (classes, k); its choice is framed."""
    counts, stands_for = np.asarray(counts), np.asarray(stands_for)
    columns = [str(j) for j in range(counts.shape[1])]
    total = -int(sum(counts[i, j] for j, i in enumerate(stands_for) if i >= 0))
    alt = say("Cost of each pair of label and cluster; the framed ones add up to {total}.", total=total)
    top = float(max(counts.max(), 1))
    out = _cells(counts, [str(label) for label in labels], columns, title, alt, say("rows"), top, None, "d")
    out["data"][0] |= {"showscale": False, "z": -counts, "zmin": -top, "zmax": 0.0, "reversescale": True}
    for mark in out["layout"]["annotations"]:
        mark["text"] = mark["text"] if mark["text"] == "0" else f"−{mark['text']}"
        mark["font"]["size"] = 15
    out["layout"]["shapes"] = [_frame(j, i) for j, i in enumerate(stands_for) if i >= 0]
    return _named(out, say("cluster"), say("label"))


def _half(counts: Any, places: Any, labels: Sequence[str], names: Sequence[str], name: str, on: Figure) -> Figure:
    words = [[safe(f"{r} · {c}: {v}", 160) for c, v in zip(labels, line, strict=True)]
             for r, line in zip(names, counts, strict=True)]  # fmt: skip
    return {"type": "heatmap", "x": np.arange(len(labels)), "y": places, "z": counts, "name": name, "zmin": 0.0,
            "zmax": float(max(counts.max(), 1)), "colorscale": palette.scale(palette.SEQUENTIAL), "showscale": False,
            "xgap": 1, "ygap": 1, "hoverinfo": "text", "text": words, **on}  # fmt: skip


def _counts(counts: Any, top: float, xaxis: str, below: int) -> list[Figure]:
    if max(counts.shape) > _NUMBERS:
        return []
    on = {"xref": xaxis, "yref": xaxis.replace("x", "y")}
    return [mark | on | {"y": mark["y"] + below} for mark in _numbers(counts, top, "d") if mark["text"] != "0"]


def _lines(stands_for: Any, order: Any) -> list[Figure]:
    """A curve from each cluster's row at the left to its row at the right, in its label's colour."""
    k, (a, b) = len(order), (_LEFT[1] + 0.006, _RIGHT[0] - 0.006)
    middle, out = (a + b) / 2, []
    for place, j in enumerate(order):
        start, end = (1 - (row + 0.5) / k for row in (int(j), place))
        none = stands_for[j] < 0
        colour = palette.QUIET if none else palette.CATEGORIES[stands_for[j] % len(palette.CATEGORIES)]
        line = {"color": colour, "width": 2.4 if k <= 16 else 1.2, "dash": "dot" if none else "solid"}
        out.append({"type": "path", "xref": "paper", "yref": "paper", "line": line, "layer": "above",
                    "path": f"M{a},{start:.4f} C{middle},{start:.4f} {middle},{end:.4f} {b},{end:.4f}"})  # fmt: skip
    return out


def _frame(x: int, y: int) -> Figure:
    line = {"color": palette.VERMILION, "width": 3}
    return {"type": "rect", "x0": x - 0.46, "x1": x + 0.46, "y0": int(y) - 0.46, "y1": int(y) + 0.46, "line": line}


def _head(text: str, x: float) -> Figure:
    return {"text": safe(text), "x": x, "y": 1, "xref": "paper", "yref": "paper", "yanchor": "bottom",
            "showarrow": False, "font": {"size": 13}}  # fmt: skip
