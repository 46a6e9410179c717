"""How the matrix is looked at: as a map or as a graph, its columns in which order. Only a view: no setting of the run."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.analysis import ordering
from dashboard.pickers import tables
from dashboard.text import t

MAP, GRAPH = "map", "graph"
_FILE, _SIMILARITY, _STRENGTH = "file", "similarity", "strength"


def choose(names: list[str], square: np.ndarray | None, done: bool, key: str) -> tuple[str, np.ndarray]:
    """Map or graph, and the columns in order, as their numbers. While pairs are still missing it stays as it is in the file."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        help = t("The map shows every pair, the graph those that stand out from chance.")
        titles = {MAP: t("Map"), GRAPH: t("Graph")}
        view = st.segmented_control(
            t("Matrix"),
            list(titles),
            default=MAP,
            key=f"{key}.view",
            required=True,
            disabled=not done,
            help=help,
            format_func=titles.__getitem__,
        )
        titles = {
            _FILE: t("as in the file"),
            _SIMILARITY: t("by similarity"),
            _STRENGTH: t("by strength to one column"),
        }
        help = t("By similarity, columns that depend on each other stand together.")
        by = st.selectbox(
            t("Order of columns"),
            list(titles),
            index=1 if view == GRAPH else 0,
            key=f"{key}.order.{view}",
            disabled=not done,
            help=help,
            format_func=titles.__getitem__,
        )
        column = names[0]
        if by == _STRENGTH:
            column = st.selectbox(
                t("Column"), names, key=f"{key}.by", disabled=not done, format_func=tables.labels(names)
            )
    if not done or square is None or len(square) != len(names):
        return MAP, np.arange(len(names))
    return view, _order(names, square, by, column)


def _order(names: list[str], square: np.ndarray, by: str, column: str) -> np.ndarray:
    if by == _STRENGTH:
        return ordering.by_strength(square, names.index(column))
    return ordering.by_similarity(square) if by == _SIMILARITY else np.arange(len(names))
