"""The matrix of mutual information between a table's columns: what it takes, its picture and its list of pairs."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import units
from core.data.tables import Table
from core.spec import Spec, SpecError
from dashboard import state
from dashboard.charts import bars, heat
from dashboard.charts.labels import short
from dashboard.pickers import tables
from dashboard.text import plain, t, tn
from dashboard.widgets import export, player, trust_summary
from dashboard.widgets import fields as picks
from dashboard.widgets.address import Address
from dashboard.widgets.player import Shown

# Columns chosen at first cost at most so much, in rows times pairs; a pair costs as much as a thousand rows beyond its
# own. For KSG that is about a minute; what it is on this machine is measured and said. By work and not by seconds, so
# that a link means the same columns everywhere.
_WORK = 10_000_000
_OWN = 1_000
_MOST = 500  # columns of a spec
_BESIDE = 20  # columns whose matrix is read at half the width
_LABEL = 15  # letters of a column's name in the list
_TRUST = {"green": "Good", "amber": "With care", "red": "Do not quote"}
_SOON = 5.0  # seconds of which nothing need be said


def matrix_specs(address: Address, table: Table, seed: int) -> list[Spec] | str:
    """Which columns, against which target, by which estimator."""
    names = tables.usable(table)
    first = names[: _affordable(len(table.frame), len(names))]
    key = address.begin("columns", first, lambda text: tables.listed(text, names))
    help = t("Every pair of these columns is estimated.")
    columns = st.multiselect(t("Columns"), names, key=key, help=help, format_func=tables.labels(names))
    if said := tables.unusable(table):
        st.caption(plain(said))
    address.end("columns", columns if columns == first else json.dumps(columns, ensure_ascii=False), first)
    target = _target(address, names)
    help = t("Nearest neighbours find any kind of dependence; the Gaussian sees monotone ones only.")
    method = picks.choice(
        address,
        "method",
        {m: trust_summary.title(m) for m in trust_summary.closed_forms()},
        t("Estimator of the matrix"),
        help,
    )
    columns = columns if target is None or target in columns else [*columns, target]
    if len(columns) < 2:
        return t("Choose at least two columns.")
    reference = str(state.widget(address.key("t")))
    _cost(table, method, _pairs_of(len(columns), target))
    parameters = {"method": method} | ({"target": target} if target else {})
    try:
        return [picks.spec("sweeps", "matrix", parameters, {"table": reference, "x": columns}, seed)]
    except SpecError as error:
        return t(error)


def _target(address: Address, names: list[str]) -> str | None:
    """A column that every other is compared with; any of the table, whether it is chosen above or not."""

    def read(text: str) -> str | None:
        if text not in names:
            raise ValueError(t("there is no column {name}", name=text[:80]))
        return text

    key = address.begin("target", None, read)
    help = t("Only pairs with this column; empty takes every pair.")
    chosen = st.selectbox(
        t("Target"), names, None, key=key, placeholder=t("every pair"), help=help, format_func=tables.labels(names)
    )
    return address.end("target", chosen, None)


def _pairs_of(columns: int, target: str | None = None) -> int:
    return columns - 1 if target else columns * (columns - 1) // 2


def _affordable(rows: int, columns: int) -> int:
    """How many columns are chosen at first."""
    k = min(columns, _MOST)
    while k > 2 and _pairs_of(k) * (rows + _OWN) > _WORK:
        k -= 1
    return k


def left_out(address: Address, table: Table) -> None:
    """Which columns the matrix will not have, and one button that takes them all."""
    names = tables.usable(table)
    key, target = address.key("columns"), state.widget(address.key("target"))
    chosen = state.widget(key) or []
    rest = [n for n in names if n not in chosen and n != target]
    if not rest or len(chosen) < 2:
        return
    method = str(state.widget(address.key("method")))
    named = ", ".join(rest[:6]) + (t(" and {n} more", n=len(rest) - 6) if len(rest) > 6 else "")
    pairs = _pairs_of(len(names), target)
    said = tn("{n} of {all} columns is left out: {named}.", "{n} of {all} columns are left out: {named}.", len(rest),
              all=len(names), named=named)  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/info: {plain(said)}", width="stretch")
        st.button(
            t("Take all {n} columns, {time}", n=len(names), time=_duration(_seconds(table, method, pairs))),
            key=f"{address.page}:all",
            on_click=state.set_widget,
            args=(key, names[:_MOST]),
        )


def _cost(table: Table, method: str, pairs: int) -> None:
    """How many pairs, and how long they will take where that is worth knowing."""
    seconds = _seconds(table, method, pairs)
    said = tn("{n:,} pair of columns", "{n:,} pairs of columns", pairs)
    st.caption(f"{said}, {_duration(seconds)}." if seconds > _SOON else f"{said}.")


def _seconds(table: Table, method: str, pairs: int) -> float:
    return pairs * (len(table.frame) + _OWN) * _pace(method)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return t("about {n} s", n=max(1, round(seconds)))
    return t("about {n} min", n=round(seconds / 60)) if seconds < 5400 else t("about {n} h", n=round(seconds / 3600))


@st.cache_data(ttl=600, max_entries=8, show_spinner=False)
def _pace(method: str) -> float:
    """Seconds for each unit of work, measured on this machine on three pairs."""
    from core import mi_matrix

    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(1_000, 3)), columns=list("abc"))
    begun = time.perf_counter()
    mi_matrix(frame, method=method, n_jobs=1)
    return (time.perf_counter() - begun) / (3 * (len(frame) + _OWN))


def settings(page: str, seed: int) -> tuple[str, int]:
    """Estimator and seed of the matrix that is shown, or of the one that Start would make: a pair is looked at alike."""
    specs = [r.spec for r in player.runs(page) if r.spec and r.spec.family == "sweeps"]
    if specs:
        return specs[0].parameters["method"], specs[0].seed
    return str(state.widget(f"{page}:method")), seed


def draw_matrix(shown: list[Shown], chart, unit: str) -> None:  # type: ignore[no-untyped-def]
    """The matrix as far as it is known, or bars where there is one target, and the pairs as a list."""
    for place, s in enumerate(shown):
        _matrix(s, chart, unit, f"matrix{place or ''}")


def _matrix(s: Shown, chart, unit: str, key: str) -> None:  # type: ignore[no-untyped-def]
    spec, square = s.run.spec, _square(s)
    if spec is None or (square is None and not s.expects("matrix")):
        return
    names, target = list(s.result.get("columns") or spec.data.x), spec.parameters.get("target")  # type: ignore[union-attr]
    # A column that turns out to be text is left out by the run: its names are known with its result.
    figure = None if square is None or len(square) != len(names) else _figure(s, names, square, target, unit)
    rows = min(len(names), 30)
    height = 160 + 20 * rows if target else heat.height(len(names))
    with st.container(key=f"wrap-{key}"):
        # Many columns need the whole width, and one target's bars do not.
        map_, list_ = st.columns(2) if len(names) <= _BESIDE or target else (st.container(), st.container())
    with map_:
        waiting = t("The matrix appears here with its first pairs.")
        clicked = chart(key).show(figure, height=height, click=not target, waiting=waiting)
        if clicked and clicked[0] != clicked[1]:
            _choose((names[clicked[1]], names[clicked[0]]))
    with list_:
        _pairs(s, unit, f"table:pairs.{key}")
    with st.container(horizontal=True):
        export.figures(f"table:{key}", {"matrix": figure})
        export.runs(f"table:{key}", [spec])
    st.caption(plain(" ".join(s.result.get("notices", []))))


def _figure(s: Shown, names: list[str], square: np.ndarray, target: str | None, unit: str) -> dict[str, Any]:
    """A map of all pairs, or bars where there is one target."""
    if target:
        return _bars(s, names, square, target, unit)
    text = _cells(names, s.result.get("long"), unit)
    return heat.matrix(names, square * _scale(unit), unit=unit, title=_strongest(s, unit), text=text)


def _scale(unit: str) -> float:
    return 1 / units.LN2 if unit == "bits" else 1.0


def _square(s: Shown) -> np.ndarray | None:
    """MI in nats: from the result where there is one, so that cells, list and title are the same numbers."""
    if not (long := s.result.get("long")):
        picture = s.picture("matrix")
        return None if picture is None else picture["mi"]
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
    said = {frozenset((r["x"], r["y"])): _told(r, unit) for r in long}
    return [[said.get(frozenset((a, b)), a) for b in names] for a in names]


def _told(row: dict[str, Any], unit: str) -> str:
    pair = f"{row['x']} · {row['y']}"
    if row["mi"] is None:
        return f"{pair}: {t(row['reasons'])}"
    return f"{pair}: {trust_summary.amount(row['mi'], unit)}, {tn('{n:,} row', '{n:,} rows', row['n'])}"


def _bars(s: Shown, names: list[str], values: np.ndarray, target: str, unit: str) -> dict[str, Any]:
    """Every column with the target, the strongest first."""
    ends = {frozenset((r["x"], r["y"])): (r["low"], r["high"]) for r in s.result.get("long") or ()}
    at = names.index(target)
    known = [i for i in np.argsort(-np.nan_to_num(values[at], nan=-np.inf)) if np.isfinite(values[at][i])]
    intervals = [ends.get(frozenset((names[i], target))) or (None, None) for i in known]
    figure = bars.against(
        [names[i] for i in known],
        values[at][known] * _scale(unit),
        np.array(intervals, dtype=float).reshape(len(known), 2) * _scale(unit),
        target,
        unit=unit,
        title=_strongest(s, unit),
    )
    figure["layout"]["meta"]["scale"] = {"x": _scale(unit)}  # a zoom follows the unit
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
    mi, target, among = trust_summary.amount(top["mi"], unit), spec.parameters.get("target"), _among(s)
    if target:
        other = top["x"] if top["y"] == target else top["y"]
        return t("{x} shares the most with {target} among {n} columns: {mi}", x=other, target=target, n=among, mi=mi)
    return t("{x} and {y} share the most among {n} columns: {mi}", x=top["x"], y=top["y"], n=among, mi=mi)


def _among(s: Shown) -> str:
    """How many columns a matrix holds, and of how many where some were left out."""
    taken = len(s.result["columns"])
    try:
        there = len(tables.usable(tables.load(s.run.spec.data.table)))  # type: ignore[union-attr]
    except ValueError:  # the upload is gone; its matrix is still here
        there = taken
    return str(taken) if taken >= there else t("{n} of {all}", n=taken, all=there)


def _pairs(s: Shown, unit: str, key: str) -> None:
    """Every pair, the strongest first; a selected row is looked at below."""
    long = s.result.get("long")
    if not long:
        st.caption(t("The list of pairs appears when all are estimated."))
        return
    mi = t("MI ({unit})", unit=t(unit))
    names = list(dict.fromkeys(name for row in long for name in (row["x"], row["y"])))
    label = dict(zip(names, short(names, _LABEL), strict=True))
    frame = pd.DataFrame(
        {
            "x": [label[row["x"]] for row in long],
            "y": [label[row["y"]] for row in long],
            mi: [_shown(row["mi"], _scale(unit)) for row in long],
            "|ρ|": [None if row["mi"] is None else units.equivalent_correlation(row["mi"]) for row in long],
            t("trust"): [t(_TRUST[row["trust"]]) for row in long],
            t("rows"): [row["n"] for row in long],
        }
    )
    number = st.column_config.NumberColumn(format="%.3f", width=58)
    narrow = st.column_config.TextColumn(width=100)
    if state.chosen("pair") is None:
        state.choose("pair", (long[0]["x"], long[0]["y"]))
    event = st.dataframe(
        frame,
        hide_index=True,
        height=420,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        column_config={"x": narrow, "y": narrow, mi: number, "|ρ|": number},
        alt=t("All pairs of columns with their mutual information."),
    )
    if event.selection.rows:
        row = long[event.selection.rows[0]]
        _choose((row["x"], row["y"]))
    said = "|ρ| is the correlation of a Gaussian pair with the same mutual information."
    st.caption(f"{t(said)} {t('Select a row to look at the pair.')}")


def _shown(nats: float | None, scale: float) -> float | None:
    """As the list shows it: never −0.000."""
    return None if nats is None else 0.0 if abs(nats * scale) < 5e-4 else nats * scale


def _choose(pair: tuple[str, str]) -> None:
    if state.chosen("pair") != pair:
        state.choose("pair", pair)
        st.rerun()


def settings_of(spec: Spec) -> dict[str, Any]:
    """The settings of `matrix_specs` that give this run. Its columns are many, and x and y are the pair that is looked at."""
    seed = {"seed": spec.seed} if spec.seed else {}
    columns = json.dumps(spec.data.x, ensure_ascii=False)
    return seed | {"t": spec.data.table, "columns": columns, "m": spec.method} | spec.parameters
