"""A graph: its nodes at their places, its edges as thin lines, and how sure a learner is of each node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, figure, safe

EDGES = 3_000  # that are drawn at most
_NONE = "no class"


def drawn(
    places: Any,
    edges: Any,
    groups: Any = None,
    names: Sequence[Any] = (),
    nodes: Sequence[Any] = (),
    sure: Any = None,
    title: str = "",
) -> Figure:
    """places (n, 2), edges (m, 2) between them. groups (n,): a colour and a mark each, −1 where unknown; names: theirs.
    nodes (n,): what the nodes are called. sure (n,), from 0 to 1: the surer, the stronger a node is drawn."""
    places, edges = np.asarray(places, float), np.asarray(edges, int)
    groups = np.zeros(len(places), int) if groups is None else np.asarray(groups)
    kinds = np.unique(groups)
    data = [_lines(places, edges)]
    data += [_nodes(places, groups == kind, int(kind), names, nodes, sure) for kind in kinds]
    alt = Sentence("{n} nodes and {m} edges, in {k} classes.", n=len(places), m=len(edges), k=len(kinds))
    bare: Figure = {"showgrid": False, "showticklabels": False, "constrain": "domain"}
    plane = axis("", **bare), axis("", scaleanchor="x", **bare)
    return figure(data, title, alt, *plane, showlegend=len(names) > 0)


def _lines(places: Any, edges: Any) -> Figure:
    """All edges as one line with gaps; of many some, spread evenly."""
    few = edges[np.linspace(0, len(edges) - 1, min(len(edges), EDGES)).astype(int)] if len(edges) else edges
    gap = np.full(len(few), np.nan)
    x, y = (np.column_stack([places[few[:, 0], i], places[few[:, 1], i], gap]).ravel() for i in (0, 1))
    opacity = 0.5 if len(few) <= 500 else 0.25
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": Sentence("edges"),
        "line": {"color": palette.QUIET, "width": 1},
        "opacity": opacity,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _nodes(places: Any, rows: Any, kind: int, names: Sequence[Any], nodes: Sequence[Any], sure: Any) -> Figure:
    named = names[kind] if 0 <= kind < len(names) else Sentence(_NONE)
    size = 12 if len(places) <= 100 else 7 if len(places) <= 500 else 5
    colour = palette.CATEGORIES[kind % 10] if kind >= 0 else palette.QUIET
    there = np.flatnonzero(rows)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": places[rows, 0],
        "y": places[rows, 1],
        "name": safe(named),
        "marker": {
            "color": colour,
            "symbol": palette.SYMBOLS[kind % 10] if kind >= 0 else "circle-open",
            "size": size,
            "opacity": 0.9 if sure is None else 0.15 + 0.85 * np.asarray(sure)[rows],
            "line": {"width": 0},
        },
        "text": [safe(nodes[i] if len(nodes) else Sentence("node {n}", n=i + 1)) for i in map(int, there)],
        "hovertemplate": "%{text}",
    }
