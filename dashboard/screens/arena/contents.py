"""What is shown of an arena: the map of errors as it fills, each estimator's summary, and every estimate as a list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.sweeps.arena import WITHIN, closest, errors
from dashboard.charts import heat
from dashboard.screens.arena import cell, stored
from dashboard.text import t
from dashboard.widgets import export, trust_summary
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import title

Row = dict[str, Any]


def draw(s: Shown, chart: Any) -> None:
    """Draw it."""
    if (spec := s.run.spec) is None:
        return
    tasks, methods, rows = list(spec.data.named), list(spec.parameters["methods"]), s.result.get("rows")
    n = spec.data.model_dump()["n"]
    figure = _map(s, tasks, methods)
    height = 150 + 28 * max(len(tasks), 5)
    waiting = t("The map appears here with its first estimate.")
    clicked = chart("errors").show(figure, height=height, click=rows is not None, waiting=waiting)
    if clicked and rows:
        cell.choose(
            next((r for r in rows if (r["task"], r["method"]) == (tasks[clicked[0]], methods[clicked[1]])), None)
        )
    st.caption(t("Estimate less truth, in nats: blue is too low, orange too high, and colourless is right."))
    if rows:
        cell.chosen(spec, rows)
        _summary(s.result["summary"])
        _list(rows, n, s.run.id)
    else:
        st.caption(t("The list of estimates, with intervals and trust, appears when the run has ended."))
    with st.container(horizontal=True):
        export.figures("arena", {"errors": figure})
        if rows:
            export.rows("arena", lambda: _frame(rows, n), "arena")
        export.runs("arena", [spec])
    stored.draw(tasks, chart, height)


def _map(s: Shown, tasks: list[str], methods: list[str]) -> dict[str, Any] | None:
    """The errors as far as they are known: from the result where there is one, so that map and list are the same numbers."""
    if rows := s.result.get("rows"):
        values = errors(rows, tasks, methods)
    elif (seen := s.picture("errors")) is not None:
        values = seen["error"]
    else:
        return None
    titles = [title(m) for m in methods]
    return heat.errors(tasks, titles, values, _heading(s), _pointed(rows, tasks, methods) if rows else None)


def _heading(s: Shown) -> str:
    """Which estimators are closest, where all of them had the same tasks; one alone only by more than chance over tasks."""
    summary = s.result.get("summary", [])
    off = {one["method"]: one["error"] for one in summary if one["error"] is not None and not one["failed"]}
    if not off or len({one["cells"] for one in summary}) > 1:
        return t("Error of each estimate")
    return cell.nearest(closest(s.result["rows"], list(off)), off)


def _pointed(rows: list[Row], tasks: list[str], methods: list[str]) -> list[list[str]]:
    """What the pointer is told of each cell."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["task"], row["method"]), []).append(row)
    return [[_told(task, title(m), found.get((task, m), [])) for m in methods] for task in tasks]


def _told(task: str, method: str, rows: list[Row]) -> str:
    if not rows:
        return t("{task}, {method}: not reached", task=task, method=method)
    known = [row["mi"] for row in rows if row["mi"] is not None]
    if not known:
        return f"{task}, {method}: {t(rows[0]['error'])}"
    mi, truth = f"{np.mean(known):.3f}", f"{rows[0]['truth']:.3f}"
    return t("{task}, {method}: {mi} nats, truth {truth}", task=task, method=method, mi=mi, truth=truth)


def _summary(summary: list[Row]) -> None:
    """Each estimator over all of its tasks."""
    within, covered = t("within {limit} nats", limit=f"{WITHIN:g}"), t("interval holds the truth")
    error, bias, seconds = t("mean error (nats)"), t("mean bias (nats)"), t("seconds each")
    frame = pd.DataFrame(
        {
            t("estimator"): [title(one["method"]) for one in summary],
            error: [one["error"] for one in summary],
            bias: [one["bias"] for one in summary],
            within: [t("{n} of {all}", n=one["within"], all=one["cells"]) for one in summary],
            covered: [one["covered"] for one in summary],
            seconds: [one["seconds"] for one in summary],
        }
    )
    number = trust_summary.figure
    shown = frame.style.format({error: number, bias: number, seconds: "{:.2f}"}, na_rep="")
    share = {covered: st.column_config.NumberColumn(format="percent")}
    alt = t("Each estimator over all of its tasks.")
    st.dataframe(shown, hide_index=True, placeholder="–", column_config=share, alt=alt)


def _frame(rows: list[Row], n: int) -> pd.DataFrame:
    return pd.DataFrame({t("task"): [row["task"] for row in rows]} | cell.columns(rows, n=n))


def _list(rows: list[Row], n: int, run: str) -> None:
    """Every estimate; the one that is selected is looked at above."""
    alt = t("Every estimate with its interval and trust.")
    cell.selected(run, rows, cell.listed(_frame(rows, n), f"arena:list.{run}", alt))
