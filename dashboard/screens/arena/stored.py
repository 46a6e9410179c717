"""What this program and published ones gave on the same tasks: stored figures, beside those that are found here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core import discover
from dashboard.charts import heat
from dashboard.text import t
from dashboard.widgets import export
from dashboard.widgets.trust_summary import title

_FOLDER = Path(__file__).resolve().parents[3] / "assets" / "bench"
_FILES = ("infoscope.csv", "peers.csv")


@cache
def results() -> pd.DataFrame:
    """Every stored estimate with its truth, this program's own first."""
    return pd.concat([pd.read_csv(_FOLDER / name) for name in _FILES], ignore_index=True)


@cache
def errors() -> pd.DataFrame:
    """Estimate less truth in nats, a row for each task, a column for each program that did all of them; the mean of its runs."""
    found = results()
    program = found["tool"] + " " + found["method"].map(_named)
    table = found.assign(error=found["estimate"] - found["true"], program=program)
    pivoted = table.pivot_table("error", "task", "program", aggfunc="mean")
    return pivoted[program.unique()].dropna(axis="columns")


def _named(method: str) -> str:
    """This program's own estimators by their titles, short; others as they are stored."""
    own = method in discover.names("estimators")
    return title(method).split(" (")[0] if own else method


@cache
def rows() -> int:
    """Of how many rows each of these samples was."""
    (n,) = results()["n"].unique()
    return int(n)


def draw(tasks: list[str], chart: Any, height: int) -> None:
    """Draw the map of these tasks, folded away at first."""
    heading = t("Stored results of Infoscope and of published programs, n = {n:,}", n=rows())
    place = st.expander(heading, key="arena.stored", on_change="rerun")
    if not place.open:
        return
    stored = errors().reindex(tasks)
    figure = heat.errors(tasks, list(stored.columns), stored.to_numpy(), t("Error of each stored estimate"))
    with place:
        chart("stored").show(figure, height=height)
        st.caption(
            t(
                "These were not computed now: other samples of the same tasks, drawn by the benchmark’s own package (Czyż et al., 2023); "
                "Infoscope and the others with their defaults where nothing else is said. "
                "Only programs that were run on all forty tasks are shown. Rank-Gauss means that the columns were first brought to "
                "normal scores by their ranks, which the package does not do itself."
            )
        )
        export.figures("arena.stored", {"stored": figure})
