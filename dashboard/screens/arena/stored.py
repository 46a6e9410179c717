"""What published programs gave on the same tasks: stored figures, beside those that are found here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import heat
from dashboard.text import t
from dashboard.widgets import export

FILE = Path(__file__).resolve().parents[3] / "assets" / "bench" / "peers.csv"


@cache
def errors() -> pd.DataFrame:
    """Estimate less truth in nats, a row for each task, a column for each program that did all of them; the mean of its runs."""
    found = pd.read_csv(FILE)
    found["error"], found["program"] = found["estimate"] - found["true"], found["tool"] + " " + found["method"]
    return found.pivot_table("error", "task", "program", aggfunc="mean").dropna(axis="columns")


@cache
def rows() -> int:
    """Of how many rows each of these samples was."""
    (n,) = pd.read_csv(FILE)["n"].unique()
    return int(n)


def draw(tasks: list[str], chart: Any, height: int) -> None:
    """Draw the map of these tasks, folded away at first."""
    heading = t("Stored results of published programs, n = {n:,}", n=rows())
    place = st.expander(heading, key="arena.stored", on_change="rerun")
    if not place.open:
        return
    stored = errors().reindex(tasks)
    figure = heat.errors(tasks, list(stored.columns), stored.to_numpy(), t("Error of each stored estimate"))
    with place:
        chart("stored").show(figure, height=height)
        st.caption(
            t(
                "These were not computed here: other samples of the same tasks, drawn by the benchmark’s own package (Czyż et al., 2023). "
                "Only programs that were run on all forty tasks are shown. Rank-Gauss means that the columns were first brought to "
                "normal scores by their ranks, which the package does not do itself."
            )
        )
        export.figures("arena.stored", {"stored": figure})
