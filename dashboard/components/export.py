"""Every picture's data: a table behind it, and files to take away."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import streamlit as st

from core.spec import Spec
from dashboard.charts.table import table
from dashboard.text import t

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 CSV; text that a spreadsheet would run as a formula is kept from it by a leading apostrophe."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = [f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for v in safe[column]]
    safe.columns = [f"'{c}" if str(c).startswith(_FORMULA) else c for c in safe.columns]
    return safe.to_csv(index=False).encode("utf-8")


def figure(key: str, shown: dict[str, Any], name: str) -> None:
    """The figure as a page that opens anywhere, its data as CSV, and the data as a table."""
    frame = lambda: pd.DataFrame({k: pd.Series(v) for k, v in table(shown).items()})  # noqa: E731
    with st.popover(t("Data and export"), icon=":material/download:", type="tertiary", key=f"{key}.export"):
        st.caption(t("The camera in the picture's own bar saves it as SVG."))
        with st.container(horizontal=True):
            st.download_button(
                t("Data (CSV)"),
                data=lambda: to_csv(frame()),
                file_name=f"{name}.csv",
                mime="text/csv",
                key=f"{key}.csv",
                on_click="ignore",
            )
            st.download_button(
                t("Figure (HTML)"),
                data=lambda: _html(shown),
                file_name=f"{name}.html",
                mime="text/html",
                key=f"{key}.html",
                on_click="ignore",
            )
        st.dataframe(frame().head(500), hide_index=True, height=260)


def runs(key: str, specs: list[Spec]) -> None:
    """The settings as JSON for the shell, and as a script."""
    with st.popover(t("Reproduce"), icon=":material/code:", type="tertiary", key=f"{key}.reproduce"):
        st.caption(t("The same run without the dashboard: save the settings, then `python -m core run SPEC.json`."))
        for number, spec in enumerate(specs):
            text = json.dumps(json.loads(spec.to_json()), indent=2)
            st.code(script(spec), language="python")
            st.download_button(
                t("Settings of {method} (JSON)", method=spec.method),
                data=text,
                mime="application/json",
                file_name=f"{spec.method}.json",
                key=f"{key}.spec{number}",
                on_click="ignore",
            )


def script(spec: Spec) -> str:
    """A Python script that repeats a run."""
    return (
        "from core.spec import Spec\n\n"
        f"spec = Spec.parse({json.loads(spec.to_json())!r})\n"
        "method = spec.build()\n"
        "for step in method.steps(spec.source()):\n"
        "    print(step.index, step.info)\n"
        "print(method.finish().result())\n"
    )


def _html(shown: dict[str, Any]) -> bytes:
    import plotly.graph_objects as go

    out = io.StringIO()
    go.Figure(shown).write_html(out, include_plotlyjs=True, full_html=True)
    return out.getvalue().encode("utf-8")
