"""Every pair of columns as a list, the strongest first; the one that is selected is looked at closely."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import units
from dashboard import state
from dashboard.charts.labels import short
from dashboard.text import t
from dashboard.widgets import trust_summary
from dashboard.widgets.shown import Shown

_LABEL = 15  # letters of a column's name in the list


def pairs(s: Shown, unit: str, key: str) -> None:
    """Every pair, the strongest first; a selected row is looked at below."""
    long = s.result.get("long")
    if not long:
        st.caption(t("The list of pairs appears when all are estimated."))
        return
    mi = t("MI ({unit})", unit=t(unit))
    trust, rows = t("trust"), t("rows")
    names = list(dict.fromkeys(name for row in long for name in (row["x"], row["y"])))
    label = dict(zip(names, short(names, _LABEL), strict=True))
    frame = pd.DataFrame(
        {
            "x": [label[row["x"]] for row in long],
            "y": [label[row["y"]] for row in long],
            mi: [_scaled(row["mi"], units.per_nat(unit)) for row in long],
            "|ρ|": [None if row["mi"] is None else units.equivalent_correlation(row["mi"]) for row in long],
            trust: [trust_summary.word(row["trust"]) for row in long],
            rows: [row["n"] for row in long],
        }
    )
    number, narrow = (st.column_config.NumberColumn(width=width) for width in (58, 48))
    # Together as wide as the list is beside the matrix on a screen of 1,440 pixels.
    widths = {
        name: st.column_config.Column(width=width) for name, width in (("x", 88), ("y", 88), (trust, 82), (rows, 44))
    }
    if state.chosen("pair") is None:
        state.choose("pair", (long[0]["x"], long[0]["y"]))
    event = st.dataframe(
        frame.style.format(_written, subset=[mi, "|ρ|"]),  # sorted by the numbers themselves
        hide_index=True,
        height=420,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        column_config=widths | {mi: number, "|ρ|": narrow},
        alt=t("All pairs of columns with their mutual information."),
    )
    if event.selection.rows:
        row = long[event.selection.rows[0]]
        choose((row["x"], row["y"]))
    said = "|ρ| is the correlation of a Gaussian pair with the same mutual information."
    st.caption(f"{t(said)} {t('Select a row to look at the pair.')}")


def _scaled(nats: float | None, scale: float) -> float | None:
    """In the unit that is shown; never −0.000."""
    return None if nats is None else 0.0 if abs(nats * scale) < 5e-4 else nats * scale


def _written(value: float | None) -> str:
    """As everywhere on the page: three places, and a minus that is no hyphen."""
    return "" if pd.isna(value) else f"{value:.3f}".replace("-", "−")


def choose(pair: tuple[str, str]) -> None:
    """Look at a pair from now on."""
    if state.chosen("pair") != pair:
        state.choose("pair", pair)
        st.rerun()
