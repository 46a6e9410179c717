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


def figures(key: str, shown: dict[str, dict[str, Any] | None]) -> None:
    """Every picture of a page: as one that opens anywhere, its data as CSV, and the data as a table."""
    there = {name: figure for name, figure in shown.items() if figure}
    if not there:
        return
    menu = st.popover(
        t("Data and export"), icon=":material/download:", type="tertiary", key=f"{key}.export", on_change="rerun"
    )
    if not menu.open:  # the tables behind the pictures are only made when they are asked for
        return
    with menu:
        st.caption(t("The camera in a picture's own bar saves it as SVG."))
        titles = {name: _title(figure) or t(name) for name, figure in there.items()}
        name = st.selectbox(t("Picture"), list(there), format_func=lambda n: titles.get(n, n), key=f"{key}.which")
        # The box may still hold a picture that the page had a moment ago.
        name = name if name in there else next(iter(there))
        frame = pd.DataFrame({k: pd.Series(v) for k, v in table(there[name]).items()})
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
