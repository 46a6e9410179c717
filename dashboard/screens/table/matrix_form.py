"""What the matrix is made of: columns, a target, an estimator, and how long that will take."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import discover
from core.analysis import together
from core.data.tables import Table
from core.spec import Spec
from dashboard import state
from dashboard.pickers import tables
from dashboard.screens.table import column_choice, question
from dashboard.text import plain, t, tn
from dashboard.widgets import fields as picks
from dashboard.widgets import player, trust_summary
from dashboard.widgets.address import Address

# Columns chosen at first cost at most so much, in rows times pairs; a pair costs as much as a thousand rows beyond its
# own. For KSG that is about a minute; what it is on this machine is measured and said. By work and not by seconds, so
# that a link means the same columns everywhere.
_WORK = 10_000_000
_OWN = 1_000
_MEASURED = 2_000  # rows, up to which the time of a pair is measured; beyond, it grows with them
_MOST = 500  # columns of a spec
_SOON = 5.0  # seconds of which nothing need be said


def matrix_specs(address: Address, table: Table, seed: int) -> list[Spec] | str:
    """Which columns, against which target, by which estimator. Errors: SpecError."""
    names = tables.usable(table)
    first = tables.chosen_first(table)
    first = first[: _affordable(len(table.frame), len(first))]
    begun = [name for name in column_choice.kept(address, "columns") or () if name in names] or first
    key = address.begin("columns", begun, lambda text: tables.listed(text, names))
    help = t("Every pair of these columns is estimated.")
    columns = st.multiselect(t("Columns"), names, key=key, help=help, format_func=tables.labels(names))
    for said in filter(None, (tables.unusable(table), tables.counting(table))):
        st.caption(plain(said))
    address.end("columns", columns if columns == first else json.dumps(columns, ensure_ascii=False), first)
    target = _target(address, names)
    column_choice.keep(address, columns=None if columns == first else columns, target=target)
    help = t(
        "Nearest neighbours find any kind of dependence; the Gaussian sees monotone ones only. Estimators that train do so "
        "for many pairs at once, as one network."
    )
    method = picks.choice(
        address,
        "method",
        {m: trust_summary.title(m) for m in methods()},
        t("Estimator of the matrix"),
        help,
    )
    columns = columns if target is None or target in columns else [*columns, target]
    if len(columns) < 2:
        return t("Choose at least two columns.")
    _cost(table, method, _pairs_of(len(columns), target))
    parameters = {"method": method} | ({"target": target} if target else {})
    return question.sweep(address, "matrix", parameters, columns, seed)


def methods() -> list[str]:
    """The estimators that a matrix takes."""
    return [*trust_summary.closed_forms(), *_batched()]


def _batched() -> list[str]:
    """The estimators that train many pairs at once."""
    return discover.having("estimators", batched=True)


def _target(address: Address, names: list[str]) -> str | None:
    """A column that every other is compared with; any of the table, whether it is chosen above or not."""
    # "none" is every pair in the link of a run.
    key = address.begin("target", None, column_choice.reader(names, may_be_open=True))
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
    said = tn(
        "{n} of {all} columns is left out: {named}.",
        "{n} of {all} columns are left out: {named}.",
        len(rest),
        all=len(names),
        named=named,
    )
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
    rows = len(table.frame)
    measured = min(rows, _MEASURED)
    if method in _batched():  # steps, whose number does not grow with the rows
        return pairs * _pace(method, measured)
    return pairs * _pace(method, measured) * rows / measured


def _duration(seconds: float) -> str:
    if seconds < 90:
        return t("about {n} s", n=max(1, round(seconds)))
    return t("about {n} min", n=round(seconds / 60)) if seconds < 5400 else t("about {n} h", n=round(seconds / 3600))


@st.cache_data(ttl=600, max_entries=32, show_spinner=False)
def _pace(method: str, rows: int) -> float:
    """Seconds for a pair of so many rows, measured on this machine: what three pairs take longer than one, so that what a
    matrix takes once is not counted for each."""
    if rows < 10:  # no matrix: the run says why
        return 0.0
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(rows, 3)), columns=list("abc"))
    if method in _batched():  # by what some steps more take, of which all pairs have the same number
        _spent(method, frame, iterations=1)
        few, more = (_spent(method, frame, iterations=n) for n in (2, 12))
        return max((more - few) / 10 * together.LIGHT["iterations"] / 3, 1e-4)
    _spent(method, frame[["a", "b"]])  # the first imports
    one, three = (_spent(method, frame[columns]) for columns in (["a", "b"], ["a", "b", "c"]))
    return max((three - one) / 2, 1e-4)


def _spent(method: str, frame: pd.DataFrame, **parameters: Any) -> float:
    """Seconds of the processor: what else it does just now is not counted."""
    from core import mi_matrix

    begun = time.thread_time()
    mi_matrix(frame, method=method, n_jobs=1, **parameters)
    return time.thread_time() - begun


def settings(page: str, seed: int) -> tuple[str, int]:
    """Estimator and seed of the matrix that is shown, or of the one that Start would make: a pair is looked at alike."""
    specs = [r.spec for r in player.runs(page) if r.spec and r.spec.method == "matrix"]
    if specs:
        return specs[0].parameters["method"], specs[0].seed
    return str(state.widget(f"{page}:method")), seed


def settings_of(spec: Spec) -> dict[str, Any]:
    """The settings of `matrix_specs` that give this run. Its columns are many, and x and y are the pair that is looked at."""
    columns = json.dumps(tables.columns(spec).x, ensure_ascii=False)
    return question.settings(spec) | {"columns": columns} | spec.parameters
