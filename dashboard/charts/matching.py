"""Clusters matched to labels: the counts before and after with the matching drawn between them, and a small cost table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, figure, safe
from dashboard.charts.heat import _cells, _named, _numbers, frame

_UPPER, _LOWER = (0.57, 1.0), (0.0, 0.43)  # the band between is for the lines
_NUMBERS, _TICKS = 12, 40  # rows up to which counts fit into cells, and names beside rows


def mapping(
    counts: Any, stands_for: Any, order: Any, labels: Sequence[Any], names: Sequence[Any] | None = None, title: str = ""
) -> Figure:
    """Counts as found above and in order below, labels down and clusters across, a line from each cluster to its place
    below its label's.

    counts: (classes, k). stands_for: (k,) the class of each cluster, −1 for none. order: (k,) clusters from the left of
    the lower picture. names: of the clusters; their numbers where None.
    """
    counts, stands_for, order = (np.asarray(a) for a in (counts, stands_for, order))
    k, labels = len(stands_for), [str(label) for label in labels]
    names = [str(j) for j in range(k)] if names is None else [str(n) for n in names]
    goal = [f"{names[j]} → {labels[stands_for[j]] if stands_for[j] >= 0 else '–'}" for j in order]
    # Each column of either picture has a place of its own, so that the table behind the figure names both.
    upper = _half(counts, np.arange(k), labels, names, Sentence("as found"), {})
    lower = _half(counts[:, order], k + np.arange(k), labels, goal, Sentence("matched"), {"xaxis": "x2", "yaxis": "y2"})
    wide = {"fixedrange": True, "showgrid": False}
    across = {"tickvals": np.arange(2 * k), "ticktext": [safe(n, 18) for n in names + goal]}
    across |= {"showticklabels": k <= _TICKS}
    x = axis(Sentence("cluster, as found"), range=[-0.5, k - 0.5], side="top", **across, **wide)
    x2 = axis(Sentence("cluster → its label"), range=[k - 0.5, 2 * k - 0.5], anchor="y2", **across, **wide)
    down = {"tickvals": np.arange(len(labels)), "ticktext": [safe(n, 24) for n in labels], "autorange": "reversed"}
    down |= {"showticklabels": len(labels) <= _TICKS}
    y = axis(Sentence("true label"), domain=list(_UPPER), **down, **wide)
    y2 = axis(Sentence("true label"), domain=list(_LOWER), anchor="x2", **down, **wide)
    top = float(max(counts.max(), 1))
    marks = _counts(counts, top, "x", 0) + _counts(counts[:, order], top, "x2", k)
    correct = int(sum(counts[stands_for[j], j] for j in range(k) if stands_for[j] >= 0))
    alt = Sentence(
        "{n} labels against {k} clusters, before and after matching; {correct} of {all} rows lie in the cluster "
        "matched to their label.",
        k=k,
        n=len(labels),
        correct=correct,
        all=int(counts.sum()),
    )
    return figure(
        [upper, lower],
        title,
        alt,
        x,
        y,
        xaxis2=x2,
        yaxis2=y2,
        annotations=marks,
        shapes=_lines(stands_for, order),
        meta={"narrow": {"annotations": []}},
        showlegend=False,
    )


def cost(counts: Any, stands_for: Any, labels: Sequence[Any], title: str = "") -> Figure:
    """The table that the Hungarian method reads: minus the counts, (classes, k); its choice is framed."""
    counts, stands_for = np.asarray(counts), np.asarray(stands_for)
    columns = [str(j) for j in range(counts.shape[1])]
    total = -int(sum(counts[i, j] for j, i in enumerate(stands_for) if i >= 0))
    alt = Sentence("Cost of each pair of label and cluster; the framed ones add up to {total}.", total=total)
    top = float(max(counts.max(), 1))
    out = _cells(counts, [str(label) for label in labels], columns, title, alt, Sentence("rows"), top, None, "d")
    out["data"][0] |= {"showscale": False, "z": -counts, "zmin": -top, "zmax": 0.0, "reversescale": True}
    for mark in out["layout"]["annotations"]:
        mark["text"] = mark["text"] if mark["text"] == "0" else f"−{mark['text']}"
        mark["font"]["size"] = 15
    out["layout"]["shapes"] = [frame(j, i) for j, i in enumerate(stands_for) if i >= 0]
    return _named(out, Sentence("cluster"), Sentence("label"))


def _half(counts: Any, places: Any, labels: Sequence[str], names: Sequence[str], name: str, on: Figure) -> Figure:
    words = [
        [safe(f"{r} · {c}: {v}", 160) for c, v in zip(names, line, strict=True)]
        for r, line in zip(labels, counts, strict=True)
    ]
    return {
        "type": "heatmap",
        "x": places,
        "y": np.arange(len(labels)),
        "z": counts,
        "name": name,
        "zmin": 0.0,
        "zmax": float(max(counts.max(), 1)),
        "colorscale": palette.scale(palette.SEQUENTIAL),
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverinfo": "text",
        "text": words,
        **on,
    }


def _counts(counts: Any, top: float, xaxis: str, beyond: int) -> list[Figure]:
    if max(counts.shape) > _NUMBERS:
        return []
    on = {"xref": xaxis, "yref": xaxis.replace("x", "y")}
    return [mark | on | {"x": mark["x"] + beyond} for mark in _numbers(counts, top, "d") if mark["text"] != "0"]


def _lines(stands_for: Any, order: Any) -> list[Figure]:
    """A curve from each cluster's column above to its column below, in its label's colour."""
    k, (a, b) = len(order), (_UPPER[0] - 0.008, _LOWER[1] + 0.008)
    middle, out = (a + b) / 2, []
    for place, j in enumerate(order):
        start, end = ((column + 0.5) / k for column in (int(j), place))
        none = stands_for[j] < 0
        colour = palette.QUIET if none else palette.CATEGORIES[stands_for[j] % len(palette.CATEGORIES)]
        line = {"color": colour, "width": 2.4 if k <= 16 else 1.2, "dash": "dot" if none else "solid"}
        out.append(
            {
                "type": "path",
                "xref": "paper",
                "yref": "paper",
                "line": line,
                "layer": "above",
                "path": f"M{start:.4f},{a} C{start:.4f},{middle} {end:.4f},{middle} {end:.4f},{b}",
            }
        )
    return out
