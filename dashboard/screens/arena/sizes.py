"""What is shown of a sweep of sizes: estimates against the truth, seconds with their slopes, and every estimate as a list."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.sweeps.arena import closest, summarised
from core.sweeps.sizes import slope
from dashboard.charts import growth
from dashboard.screens.arena import cell
from dashboard.text import t
from dashboard.widgets import export
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import title

Row = dict[str, Any]


def draw(s: Shown, chart: Any) -> None:
    """Draw it."""
    if (spec := s.run.spec) is None:
        return
    rows, figures = s.result.get("rows"), _figures(s)
    _charts(figures, chart)
    if rows:
        _list(rows, spec.parameters["varied"], s.run.id)
    with st.container(horizontal=True):
        export.figures("arena.sizes", figures)
        if rows:
            export.rows("arena.sizes", lambda: _frame(rows, spec.parameters["varied"]), "sizes")
        export.runs("arena.sizes", [spec])


def _charts(figures: dict[str, Any], chart: Any) -> None:
    left, right = st.columns([1.4, 1])
    waiting = t("Estimates appear here one by one.")
    with left:
        chart("sizes").show(figures.get("estimates"), height=400, waiting=waiting)
    with right:
        chart("seconds").show(figures.get("seconds"), height=400, waiting=waiting)
    st.caption(
        t(
            "Whiskers are 95 % intervals. A slope of 1 means that twice the size takes twice as long, 2 that it takes four times."
        )
    )


def _label(varied: str) -> str:
    return {"rows": t("rows"), "dimension": t("columns of each side"), "batch_size": t("pairs in a batch")}[varied]


def _figures(s: Shown) -> dict[str, Any]:
    """From the result where there is one, so that charts and list are the same numbers."""
    spec, seen = s.run.spec, s.picture("sizes")
    if spec is None or seen is None or not len(seen["value"]):
        return {}
    names, label, found, slopes = list(spec.parameters["methods"]), _label(spec.parameters["varied"]), [], {}
    for place, name in enumerate(names):
        own = {key: column[seen["method"] == place] for key, column in seen.items() if key != "method"}
        if not len(own["value"]):
            continue
        found.append(growth.Sized(name, title(name), *(own[key] for key in growth.Sized._fields[2:])))
        mi = [None if np.isnan(v) else v for v in own["mi"]]
        cells = zip(own["value"], mi, own["seconds"], strict=True)
        slopes[name] = slope([{"value": v, "mi": m, "seconds": c} for v, m, c in cells])
    return {
        "estimates": growth.estimates(found, label, _heading(s)),
        "seconds": growth.seconds(found, slopes, label, t("Seconds of each estimate")),
    }


def _heading(s: Shown) -> str:
    """Which estimators are closest to the truth at the largest size, of those that have an estimate of each sample."""
    rows = [row for row in s.result.get("rows", []) if row["mi"] is not None]
    if not rows or s.run.status != "finished" or s.run.spec is None:
        return t("Estimates against the truth")
    top = max(row["value"] for row in rows)
    rows = [row | {"task": row["seed"]} for row in rows if row["value"] == top]
    most = max(Counter(row["method"] for row in rows).values())
    summary = [summarised(m, own) for m in s.run.spec.parameters["methods"] if len(own := _of(m, rows)) == most]
    off = {one["method"]: one["error"] for one in summary}
    said = cell.nearest(closest(rows, list(off)), off)
    what = _label(s.run.spec.parameters["varied"])
    return t("{closest} (at {size} {what})", closest=said, size=f"{top:,}", what=what)


def _of(method: str, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["method"] == method]


def _frame(rows: list[Row], varied: str) -> pd.DataFrame:
    n = {} if varied == "rows" else {"n": [row["run"]["data"]["n"] for row in rows]}
    return pd.DataFrame({_label(varied): [row["value"] for row in rows]} | cell.columns(rows, **n))


def _list(rows: list[Row], varied: str, run: str) -> None:
    """Every estimate; the one that is selected can be opened."""
    alt = t("Every estimate with its interval and trust.")
    selected = cell.listed(_frame(rows, varied), f"arena:sizes.{run}", alt)
    cell.opened([rows[i] for i in selected], t("Select a row to see it closely."))
