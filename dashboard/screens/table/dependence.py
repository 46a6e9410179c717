"""The columns as a graph: which of them depend on each other by at least so much."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from core import units
from dashboard.charts import dependence
from dashboard.screens.table import significance
from dashboard.text import t, tn
from dashboard.widgets import trust_summary

HEIGHT = 600
_WEAK = 0.05  # nats, as a Gaussian pair with |ρ| = 0.31: where lines begin without p-values
_STEPS = 1_000  # of a nat or a bit, of the slider


def graph(names: list[str], long: list[dict[str, Any]], order: np.ndarray, unit: str, key: str) -> dict[str, Any]:
    """The figure, and the slider that says from where on a pair has a line; it begins with all that stand out from chance."""
    scale = units.per_nat(unit)
    tested = any(row.get("q") is not None for row in long)
    quiet = significance.pale(long) if tested else [False] * len(long)
    rows = [row for row, pale in zip(long, quiet, strict=True) if row["mi"] is not None and not pale]
    rows.sort(key=lambda row: -row["mi"])
    threshold = _threshold(rows, scale, unit, key)
    shown = [row for row in rows if row["mi"] * scale >= threshold]
    places = {name: i for i, name in enumerate(names)}
    return dependence.circle(
        names,
        [(places[row["x"]], places[row["y"]]) for row in shown],
        [row["mi"] * scale for row in shown],
        order,
        rows[0]["mi"] * scale if rows else 0.0,
        [significance.told(row, unit) for row in shown],
        _title(len(shown), len(rows), threshold / scale, unit),
    )


def _threshold(rows: list[dict[str, Any]], scale: float, unit: str, key: str) -> float:
    """In the unit that is shown."""
    tested = any(row.get("q") is not None for row in rows)
    ends = [row["mi"] * scale for row in rows if math.isfinite(row["mi"])] or [0.0]
    least = math.floor(max(min(ends), 0.0) * _STEPS) / _STEPS if tested else 0.0
    most = math.ceil(max(ends) * _STEPS) / _STEPS
    if most <= least:
        return least
    first = least if tested else min(math.ceil(_WEAK * scale * _STEPS) / _STEPS, most)
    said = "Pairs below this have no line. It begins with all pairs that stand out from chance (q ≤ 0.05)."
    return float(
        st.slider(
            t("Lines from ({unit})", unit=t(unit)),
            least,
            most,
            first,
            1 / _STEPS,
            "%.3f",
            key=f"{key}.lines.{unit}",
            help=t(said if tested else "Pairs below this have no line."),
        )
    )


def _title(shown: int, among: int, least: float, unit: str) -> str:
    if not among:
        return t("No pair of columns stands out from chance")
    amount = trust_summary.amount(least, unit)
    if shown > dependence.EDGES:
        return t("The strongest {n} of {all} pairs with at least {mi}", n=dependence.EDGES, all=f"{shown:,}", mi=amount)
    return tn("{n:,} pair with at least {mi}", "{n:,} pairs with at least {mi}", shown, mi=amount)
