"""What was read of a table: how much, its columns, its first rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.data.tables import Table
from dashboard.text import plain, t, tn
from dashboard.widgets import server


def said(table: Table) -> str:
    """How much was read, of which kinds."""
    kinds = pd.Series([c.kind for c in table.columns]).value_counts()
    kinds_said = ", ".join(f"{count} {t(kind)}" for kind, count in kinds.items())
    rows = tn("{n:,} row", "{n:,} rows", len(table.frame))
    columns = tn("{n} column", "{n} columns", len(table.columns))
    return t("{rows} and {columns} were read: {kinds}.", rows=rows, columns=columns, kinds=kinds_said)


def summary(table: Table) -> None:
    """What was read and what was not."""
    st.markdown(said(table))
    for sentence in table.notices[:3]:
        st.caption(plain(sentence))
    if len(table.notices) > 3:
        more = len(table.notices) - 3
        with st.expander(tn("{n} more note on what was read", "{n} more notes on what was read", more)):
            for sentence in table.notices[3:]:
                st.caption(plain(sentence))


def preview(table: Table, appears: str) -> None:
    """The columns and the first rows, before anything runs, and what will appear; empty where nothing can be started."""
    columns(table)
    if appears:
        st.caption(server.invitation(appears))


def columns(table: Table) -> None:
    """The columns and the first rows."""
    named, rows = st.tabs([t("Columns"), t("First rows")])
    with named:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        t("column"): c.name,
                        t("kind"): t(c.kind),
                        t("missing"): c.n_missing,
                        t("different"): c.n_unique,
                        t("smallest"): _rounded(c.min),
                        t("largest"): _rounded(c.max),
                    }
                    for c in table.columns
                ]
            ),
            hide_index=True,
            height=300,
        )
    with rows:
        st.dataframe(table.frame.head(100), hide_index=True, height=300)


def _rounded(end: float | int | str | None) -> str:
    """The end of a column's range in as many digits as one reads; a date without its midnight."""
    if isinstance(end, float):
        return f"{end:,.6g}".replace("-", "−")
    return "" if end is None else str(end).removesuffix("T00:00:00").replace("T", " ")
