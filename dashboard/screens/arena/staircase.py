"""What is shown of a staircase: each method's line beside the stairs, and where it ended on each of them."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st

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
    rows, figure = s.result.get("rows"), _figure(s)
    chart("stairs").show(figure, height=440, waiting=t("The lines appear here with the first steps."))
    st.caption(
        t(
            "Pale: what each method says of single batches that it has never seen. Bold: the mean of the last 50. "
            "The dotted line is ln B = {ceiling} nats for a batch of {b}, which InfoNCE cannot exceed. What runs far off the stairs is cut off.",
            ceiling=f"{math.log(spec.parameters['batch_size']):.2f}",
            b=spec.parameters["batch_size"],
        )
    )
    if rows:
        _list(rows, s.run.id)
    with st.container(horizontal=True):
        export.figures("arena.stairs", {"stairs": figure})
        if rows:
            export.rows("arena.stairs", lambda: _frame(rows), "staircase")
        export.runs("arena.stairs", [spec])


def _figure(s: Shown) -> dict[str, Any] | None:
    spec = s.run.spec
    if spec is None or not len((truth := s.curve("truth"))[0]):
        return None
    methods = [
        growth.Trained(m, title(m), s.curve(f"mi.{m}"), s.curve(f"mean.{m}"))
        for m in spec.parameters["methods"]
        if len(s.curve(f"mi.{m}")[0])
    ]
    ceiling = math.log(spec.parameters["batch_size"])
    return growth.staircase(methods, truth, max(spec.parameters["levels"]), ceiling, _heading(s))


def _heading(s: Shown) -> str:
    """Who is nearest to the top of the stairs, once they are climbed."""
    rows = s.result.get("rows", [])
    top = max((row["truth"] for row in rows), default=0.0)
    last = [row for row in rows if row["truth"] == top and row["mi"] is not None]
    if not last or s.run.status != "finished":
        return t("Estimates as the truth is raised in steps")
    best = min(last, key=lambda row: abs(row["bias"]))
    values = {"method": title(best["method"]), "mi": f"{best['mi']:.2f}".replace("-", "−"), "top": f"{top:.2f}"}
    return t("At {top} nats {method} comes nearest: {mi}", **values)


def _frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("estimator"): [title(row["method"]) for row in rows],
            t("truth (nats)"): [row["truth"] for row in rows],
            t("mean (nats)"): cell.numbers(rows, "mi"),
            t("bias (nats)"): cell.numbers(rows, "bias"),
            t("spread of batches (nats)"): cell.numbers(rows, "spread"),
        }
        | cell.without(rows)
    )


def _list(rows: list[Row], run: str) -> None:
    """Each method on each step of the stairs, over the second half of its training there."""
    selected = cell.listed(_frame(rows), f"arena:stairs.{run}", t("Every level by every estimator."))
    label = t(
        "Each row is the mean over the second half of a level that was climbed to its end, in nats. "
        "Select one to run that level by itself."
    )
    help = t("Start trains there from the beginning at this level alone, and may end elsewhere.")
    cell.opened([rows[i] for i in selected], label, help)
