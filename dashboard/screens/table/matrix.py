"""The picture of the mutual information between a table's columns: a map of all pairs, or bars where there is one target."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core import discover, units
from core.analysis.together import PAIRS
from dashboard.charts import bars, heat
from dashboard.pickers import table_reading, tables
from dashboard.screens.table import dependence, focus, matrix_files, ordering, pair_list, significance
from dashboard.text import plain, t, t_in
from dashboard.widgets import export, trust_summary
from dashboard.widgets.shown import Shown

_NARROW = 20  # columns whose matrix is read at half the width


def draw_matrix(shown: list[Shown], chart: Any, unit: str) -> None:
    """The matrix as far as it is known, or bars where there is one target, and the pairs as a list."""
    for place, s in enumerate(shown):
        _matrix(s, chart, unit, f"matrix{place or ''}")


def _matrix(s: Shown, chart: Any, unit: str, key: str) -> None:
    spec, square = s.run.spec, _square(s)
    if spec is None or (square is None and not s.expects("matrix")):
        return
    names, target = list(s.result.get("columns") or tables.columns(spec).x), spec.parameters.get("target")
    # A column that turns out to be text is left out by the run: its names are known with its result.
    square = None if square is None or len(square) != len(names) else square
    with st.container(key=f"wrap-{key}"):
        # Many columns need the whole width, and one target's bars do not.
        map_, list_ = st.columns(2) if len(names) <= _NARROW or target else (st.container(), st.container())
    with map_:
        figure, order = _picture(s, chart, names, square, unit, key)
    with list_:
        pair_list.pairs(s, unit, f"table:pairs.{key}")
    with st.container(horizontal=True):
        export.figures(f"table:{key}", {"matrix": figure})
        export.runs(f"table:{key}", [spec])
        if figure and square is not None:
            height = _bars_height(names) if target else max(heat.height(len(names)), dependence.HEIGHT)
            shown = [names[i] for i in order], square[np.ix_(order, order)]
            matrix_files.draw(s, *shown, figure, height, unit, f"table:{key}")
    st.caption(
        plain(
            " ".join(
                [
                    significance.summary(s.result.get("long"), unit),
                    *(t_in(said, unit) for said in s.result.get("notices", [])),
                ]
            )
        )
    )


def _picture(
    s: Shown, chart: Any, names: list[str], square: np.ndarray | None, unit: str, key: str
) -> tuple[dict[str, Any] | None, np.ndarray]:
    """Draw the map, the graph or the bars, and give it with the order of its columns; a click on a pair looks at it below."""
    spec, long = s.run.spec, s.result.get("long")
    target = spec.parameters.get("target") if spec else None
    waiting = _awaited(s)
    if target:
        figure = None if square is None else _bars(s, names, square, target, unit)
        chart(key).show(figure, height=_bars_height(names), waiting=waiting)
        return figure, np.arange(len(names))
    view, order = ordering.choose(names, square, bool(long), f"table:{key}.{s.run.id}")
    if view == ordering.GRAPH and long:
        figure = dependence.graph(names, long, order, unit, f"table:{key}.{s.run.id}")
        clicked = chart(f"{key}-graph").show(figure, height=dependence.HEIGHT, click=True)
    else:
        names = [names[i] for i in order]
        figure = None if square is None else _map(s, names, square[np.ix_(order, order)], unit)
        clicked = chart(key).show(_marked(figure, names), height=heat.height(len(names)), click=True, waiting=waiting)
    if clicked and clicked[0] != clicked[1]:
        focus.choose((names[clicked[1]], names[clicked[0]]))
    return figure, order


def _awaited(s: Shown) -> str:
    """What stands in the place of the matrix until it has a pair: of critics that train side by side all end together."""
    method = s.parameter("method")
    if method not in discover.having("estimators", batched=True):
        return t("The matrix appears here with its first pairs.")
    said = "{method} trains its critics side by side, up to {n} pairs at a time: they appear here together, once these are trained."
    return t(said, method=trust_summary.title(method), n=PAIRS)


def _marked(figure: dict[str, Any] | None, names: list[str]) -> dict[str, Any] | None:
    """The map with the pair that is looked at; files are made of the map alone."""
    pair = focus.now()
    if figure is None or pair is None or pair[0] == pair[1] or not set(pair) <= set(names):
        return figure
    return heat.marked(figure, names.index(pair[0]), names.index(pair[1]))


def _bars_height(names: list[str]) -> int:
    return 160 + 20 * min(len(names), 30)


def _map(s: Shown, names: list[str], square: np.ndarray, unit: str) -> dict[str, Any]:
    text = _cells(names, s.result.get("long"), unit)
    quiet = significance.quiet(names, s.result.get("long"))
    title = _strongest(s, unit)
    return heat.matrix(names, square * units.per_nat(unit), unit=unit, title=title, text=text, quiet=quiet)


def _square(s: Shown) -> np.ndarray | None:
    """MI in nats: from the result where there is one, so that cells, list and title are the same numbers."""
    if not (long := s.result.get("long")):
        picture = s.picture("matrix")
        return None if picture is None or np.isnan(picture["mi"]).all() else picture["mi"]
    places = {str(n): i for i, n in enumerate(s.result["columns"])}
    values = np.full((len(places),) * 2, np.nan)
    for row in long:
        i, j = places[row["x"]], places[row["y"]]
        values[i, j] = values[j, i] = np.nan if row["mi"] is None else row["mi"]
    return values


def _cells(names: list[str], long: list[dict[str, Any]] | None, unit: str) -> list[list[str]] | None:
    """What the pointer is told of each cell."""
    if not long:
        return None
    said = {frozenset((r["x"], r["y"])): significance.told(r, unit) for r in long}
    return [[said.get(frozenset((a, b)), a) for b in names] for a in names]


def _bars(s: Shown, names: list[str], values: np.ndarray, target: str, unit: str) -> dict[str, Any]:
    """Every column with the target, the strongest first."""
    ends = {frozenset((r["x"], r["y"])): (r["low"], r["high"]) for r in s.result.get("long") or ()}
    at = names.index(target)
    known = [i for i in np.argsort(-np.nan_to_num(values[at], nan=-np.inf)) if np.isfinite(values[at][i])]
    intervals = [ends.get(frozenset((names[i], target))) or (None, None) for i in known]
    quiet = significance.quiet(names, s.result.get("long"))
    figure = bars.against(
        [names[i] for i in known],
        values[at][known] * units.per_nat(unit),
        np.array(intervals, dtype=float).reshape(len(known), 2) * units.per_nat(unit),
        target,
        unit=unit,
        title=_strongest(s, unit),
        quiet=() if quiet is None else quiet[at][known].tolist(),
    )
    figure["layout"]["meta"]["scale"] = {"x": units.per_nat(unit)}  # a zoom follows the unit
    return figure


def _strongest(s: Shown, unit: str) -> str:
    """The strongest pair, and among how many columns."""
    spec, long = s.run.spec, s.result.get("long")
    if spec is None or not long:
        return t("Mutual information between columns, so far")
    known = [row for row in long if row["mi"] is not None]
    if not known:
        return t("No pair of columns could be estimated")
    top = max(known, key=lambda row: row["mi"])
    if top["mi"] <= 0:
        return t("No mutual information above 0 was found among {n} columns", n=_among(s))
    mi = trust_summary.amount(top["mi"], unit)
    if top["trust"] != "green":  # it is quoted here
        mi = t("{mi} ({trust})", mi=mi, trust=trust_summary.word(top["trust"]))
    if s.run.step < s.run.total:  # stopped
        return t("{x} and {y} share the most of {n} pairs: {mi}", x=top["x"], y=top["y"], n=len(known), mi=mi)
    target, among = spec.parameters.get("target"), _among(s)
    if target:
        other = top["x"] if top["y"] == target else top["y"]
        return t("{x} shares the most with {target} among {n} columns: {mi}", x=other, target=target, n=among, mi=mi)
    return t("{x} and {y} share the most among {n} columns: {mi}", x=top["x"], y=top["y"], n=among, mi=mi)


def _among(s: Shown) -> str:
    """How many columns are compared, and of how many where some were left out; a target is not one of its own columns."""
    target = s.run.spec.parameters.get("target")  # type: ignore[union-attr]
    known = sum(row["mi"] is not None for row in s.result["long"])
    taken = known if target else len(s.result["columns"])
    try:
        there = len(tables.usable(table_reading.load(s.run.spec.data.table))) - bool(target)  # type: ignore[union-attr]
    except ValueError:  # the upload is gone; its matrix is still here
        there = taken
    return str(taken) if taken >= there else t("{n} of {all}", n=taken, all=there)
