"""Links between columns as a list: whether each remains, and given which column it is weakest."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core import units
from dashboard.text import t
from dashboard.widgets import trust_summary

Row = dict[str, Any]


def frame(links: list[Row], unit: str) -> pd.DataFrame:
    """A row a pair, in the unit that is shown."""
    scale = units.per_nat(unit)
    of = lambda key, by=1.0: by * pd.Series([row[key] for row in links], dtype=float)  # noqa: E731
    return pd.DataFrame(
        {
            "x": [row["x"] for row in links],
            "y": [row["y"] for row in links],
            t("link"): [_outcome(row) for row in links],
            t("weakest given"): [row["given"] or "" for row in links],
            t("MI given it ({unit})", unit=t(unit)): of("mi_given", scale),
            t("MI ({unit})", unit=t(unit)): of("mi", scale),
            t("p given it"): of("p_given"),
            "p": of("p"),
        }
    )


def untested(row: Row) -> bool:
    """Whether a link of a list has no p-value: its columns are series that drift. It is open for good."""
    return row["stays"] is None and row["p"] is None


def _outcome(row: Row) -> str:
    if untested(row):
        return t("not tested")
    if row["stays"] is None:
        return t("open")
    if row["stays"]:
        return t("remains")
    return t("vanishes") if row["given"] else t("independent")


def draw(links: list[Row], unit: str) -> None:
    """Draw the list."""
    shown = frame(links, unit)
    for name in list(shown)[4:6]:
        shown[name] = shown[name].map(trust_summary.figure)
    for name in list(shown)[6:]:
        shown[name] = shown[name].map(trust_summary.rate)
    widths = dict(zip(shown, (92, 92, 84, 104, 64, 64, 60, 60), strict=True))
    st.dataframe(
        shown,
        hide_index=True,
        height=min(400, 36 * (len(shown) + 1)),
        column_config={name: st.column_config.Column(width=width) for name, width in widths.items()},
        alt=t("Every pair of columns with its tests."),
    )
