"""Every picture's data: a table behind it, and files to take away."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import streamlit as st

from core.spec import Spec
from dashboard.charts._figure import translated
from dashboard.charts.table import headings, table
from dashboard.text import t
from dashboard.widgets import scripts

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 CSV; text that a spreadsheet would run as a formula is kept from it by a leading apostrophe."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = [f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for v in safe[column]]
    safe.columns = [f"'{c}" if str(c).startswith(_FORMULA) else c for c in safe.columns]
    return safe.to_csv(index=False).encode("utf-8")


def figures(key: str, shown: dict[str, dict[str, Any] | None]) -> None:
    """Every picture of a page: as one that opens anywhere, its data as CSV, and the data as a table."""
    there = {name: translated(figure, t) for name, figure in shown.items() if figure}
    if not there:
        return
    menu = st.popover(
        t("Data and export"), icon=":material/download:", type="tertiary", key=f"{key}.export", on_change="rerun"
    )
    if not menu.open:  # the tables behind the pictures are only made when they are asked for
        return
    with menu:
        st.caption(t("The cameras in a picture’s own bar save it as PNG or SVG."))
        titles = {name: _title(figure) or t(name) for name, figure in there.items()}
        name = st.selectbox(t("Picture"), list(there), format_func=lambda n: titles.get(n, n), key=f"{key}.which")
        # The box may still hold a picture that the page had a moment ago.
        name = name if name in there else next(iter(there))
        named = translated(headings(there[name]), t)
        frame = pd.DataFrame({named[k]: pd.Series(v) for k, v in table(there[name]).items()})
        with st.container(horizontal=True):
            st.download_button(
                t("Data (CSV)"), data=lambda: to_csv(frame), file_name=f"{name}.csv", mime="text/csv", key=f"{key}.csv",
                on_click="ignore",
            )  # fmt: skip
            st.download_button(
                t("Figure (HTML)"), data=lambda: _html(there[name]), file_name=f"{name}.html", mime="text/html",
                key=f"{key}.html", on_click="ignore",
            )  # fmt: skip
        st.dataframe(frame.head(500), hide_index=True, height=260)


def _title(figure: dict[str, Any]) -> str:
    return str(figure["layout"].get("title", {}).get("text", ""))


def runs(key: str, specs: list[Spec]) -> None:
    """The run as a script, and its settings as JSON for the shell."""
    menu = st.popover(
        t("Reproduce"), icon=":material/code:", type="tertiary", key=f"{key}.reproduce", on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        st.caption(t("The same run without the dashboard: run the script, or `python -m core run` with the settings."))
        for number, spec in enumerate(specs):
            text = scripts.script(spec)
            with st.container(horizontal=True):
                for kind, data, mime in (("py", text, "text/x-python"), ("json", _settings(spec), "application/json")):
                    label = t("Script ({method}.py)") if kind == "py" else t("Settings ({method}.json)")
                    st.download_button(
                        label.format(method=spec.method), data=data, file_name=f"{spec.method}.{kind}", mime=mime,
                        key=f"{key}.{kind}{number}", on_click="ignore",
                    )  # fmt: skip
            st.code(text, language="python")


def _settings(spec: Spec) -> str:
    return json.dumps(json.loads(spec.to_json()), indent=2)


def _html(shown: dict[str, Any]) -> bytes:
    import plotly.graph_objects as go

    out = io.StringIO()
    go.Figure(shown).write_html(out, include_plotlyjs=True, full_html=True)
    return out.getvalue().encode("utf-8")
