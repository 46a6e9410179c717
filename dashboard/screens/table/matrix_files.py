"""A matrix to take away: the list of pairs and the square as CSV and Parquet, all of it as one HTML file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import units
from core.spec import Spec
from dashboard.pickers import table_reading, tables
from dashboard.screens.table import overview, report, significance
from dashboard.text import t, t_in
from dashboard.widgets import export, scripts, trust_summary
from dashboard.widgets.shown import Shown

# Digits of the numbers of the result in a list that is read; None for words.
_DIGITS = {"x": None, "y": None, "n": 0, "p": 4, "q": 4, "trust": None, "reasons": None, "method": None}
_IN_UNIT = ("mi", "low", "high", "noise")


def draw(
    s: Shown, names: list[str], square: np.ndarray, figure: dict[str, Any], height: int, unit: str, key: str
) -> None:
    """A menu with the files. names, square: the columns in the order in which they are shown, and their MI in nats."""
    spec, long = s.run.spec, s.result.get("long")
    if spec is None or not long:
        return
    menu = st.popover(
        t("Take away"), icon=":material/table_view:", type="tertiary", key=f"{key}.files", on_change="rerun"
    )
    if not menu.open:
        return
    pairs, map_ = list_frame(long, unit), square_frame(names, square, unit)
    with menu:
        made: list[tuple[str, Callable[[], bytes], str]] = [
            (t("Pairs (CSV)"), lambda: export.to_csv(pairs), "pairs.csv"),
            (t("Pairs (Parquet)"), lambda: _parquet(pairs), "pairs.parquet"),
            (t("Matrix (CSV)"), lambda: export.to_csv(map_), "matrix-square.csv"),
            (t("Matrix (Parquet)"), lambda: _parquet(map_), "matrix-square.parquet"),
            (t("Whole analysis (HTML)"), _report(s, spec, pairs, figure, height, unit), "analysis.html"),
        ]
        export.files(key, made)
        st.caption(t("The HTML file holds figure, pairs, settings and notices, and opens without a network."))


def list_frame(long: list[dict[str, Any]], unit: str) -> pd.DataFrame:
    """A row a pair, as in the result, in the unit; each heading says it."""
    scale, columns = units.per_nat(unit), {}
    for name, heading in _headings(long, unit).items():
        values = [row.get(name) for row in long]
        if _DIGITS.get(name, 3) is None:
            columns[heading] = pd.Series([_word(name, value, unit) for value in values], dtype=object)
        else:
            factor = scale if name in _IN_UNIT else 1
            numbers = [None if value is None else value * factor for value in values]
            columns[heading] = pd.Series(numbers, dtype="Int64" if name == "n" else float)
    return pd.DataFrame(columns)


def _headings(long: list[dict[str, Any]], unit: str) -> dict[str, str]:
    """Name in the result → heading with its unit, of what there is."""
    unit = t(unit)
    every = {
        "x": t("x"),
        "y": t("y"),
        "n": t("rows"),
        "mi": t("MI ({unit})", unit=unit),
        "low": t("lower end ({unit})", unit=unit),
        "high": t("upper end ({unit})", unit=unit),
        "correlation": "|ρ|",
        "p": "p",
        "q": t("q"),
        "noise": t("noise level ({unit})", unit=unit),
        "nmi": t("normalised"),
        "pearson": t("Pearson"),
        "spearman": t("Spearman"),
        "distance": t("distance corr."),
        "trust": t("trust"),
        "reasons": t("reasons"),
        "method": t("estimator"),
    }
    return {name: said for name, said in every.items() if any(row.get(name) not in (None, "") for row in long)}


def _word(name: str, value: Any, unit: str) -> str:
    if name == "trust":
        return trust_summary.word(value)
    return (
        trust_summary.title(value)
        if name == "method"
        else t_in(value, unit)
        if name == "reasons" and value
        else str(value)
    )


def square_frame(names: list[str], square: np.ndarray, unit: str) -> pd.DataFrame:
    """A row and a column for each column of the table; the first heading says the unit."""
    first = t("MI ({unit})", unit=t(unit))
    while first in names:
        first += "_"
    frame = pd.DataFrame(square * units.per_nat(unit), columns=names)
    frame.insert(0, first, names)
    return frame


def _parquet(frame: pd.DataFrame) -> bytes:
    """As it is: nothing in a Parquet file is run as a formula."""
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def _report(
    s: Shown, spec: Spec, pairs: pd.DataFrame, figure: dict[str, Any], height: int, unit: str
) -> Callable[[], bytes]:
    long = s.result["long"]
    headings = [(said, _DIGITS.get(name, 3)) for name, said in _headings(long, unit).items()]
    read, name = _read(spec)
    parameters = {"seed": spec.seed, **spec.parameters}
    settings = (
        (t("Estimator of the matrix"), trust_summary.title(spec.parameters["method"])),
        *((key, value if isinstance(value, str) else json.dumps(value)) for key, value in parameters.items()),
        (t("Columns"), ", ".join(tables.columns(spec).x)),
    )
    return report.html(
        t("Mutual information between the columns of {name}", name=name),
        [significance.summary(long, unit)],
        figure,
        height,
        headings,
        [[None if pd.isna(value) else value for value in row] for row in pairs.astype(object).itertuples(index=False)],
        significance.pale(long),
        [
            (
                t("What was read"),
                [*read, *(t_in(said, unit) for said in s.result.get("notices", [])), *map(t, s.run.notices)],
            ),
            (t("Settings"), settings),
            (t("Versions"), report.versions()),
            (t("The same run without the dashboard"), scripts.script(spec)),
        ],
    )


def _read(spec: Spec) -> tuple[list[str], str]:
    """What is to be said of the table, and its name; of one that is gone no more than that."""
    try:
        table = table_reading.load(reference := tables.columns(spec).table)
    except ValueError as error:
        return [str(error)], t("a table")
    return [overview.said(table), *map(t, table.notices)], table.name or reference
