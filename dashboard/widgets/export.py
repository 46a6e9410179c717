"""Every picture's data: a table behind it, and files to take away."""

from __future__ import annotations

import io
import json
import mimetypes
from collections.abc import Callable, Sequence
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
    if not any(shown.values()):
        return
    menu = st.popover(
        t("Data and export"), icon=":material/download:", type="tertiary", key=f"{key}.export", on_change="rerun"
    )
    if not menu.open:  # the tables behind the pictures are only made when they are asked for
        return
    there = {name: translated(figure, t) for name, figure in shown.items() if figure}
    with menu:
        st.caption(t("The cameras in a picture’s own bar save it as PNG or SVG."))
        titles = {name: _title(figure) or t(name) for name, figure in there.items()}
        name = st.selectbox(t("Picture"), list(there), format_func=lambda n: titles.get(n, n), key=f"{key}.which")
        # The box may still hold a picture that the page had a moment ago.
        name = name if name in there else next(iter(there))
        named = translated(headings(there[name]), t)
        frame = pd.DataFrame({named[k]: pd.Series(v) for k, v in table(there[name]).items()})
        with st.container(horizontal=True):
            _file(t("Data (CSV)"), lambda: to_csv(frame), f"{name}.csv", "text/csv", f"{key}.csv")
            _file(t("Figure (HTML)"), lambda: _html(there[name]), f"{name}.html", "text/html", f"{key}.html")
        st.dataframe(frame.head(500), hide_index=True, height=260)


def rows(key: str, make: Callable[[], pd.DataFrame], name: str) -> None:
    """A table as a file of its own, made when it is asked for."""
    _file(
        t("Table (CSV)"),
        lambda: to_csv(make()),
        f"{name}.csv",
        "text/csv",
        f"{key}.rows",
        type="tertiary",
        icon=":material/table:",
    )


def files(key: str, made: Sequence[tuple[str, Callable[[], bytes], str]]) -> None:
    """Buttons that save files: (label, what makes it once it is asked for, its name)."""
    with st.container(horizontal=True):
        for label, make, name in made:
            _file(label, make, name, mimetypes.guess_type(name)[0] or "application/octet-stream", f"{key}.{name}")


def _file(label: str, data: Any, name: str, mime: str, key: str, **look: Any) -> None:
    """A button that saves a file, and draws nothing anew."""
    st.download_button(label, data=data, file_name=name, mime=mime, key=key, on_click="ignore", **look)


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
                label = t("Script ({method}.py)", method=spec.method)
                _file(label, text, f"{spec.method}.py", "text/x-python", f"{key}.py{number}")
                label, name = t("Notebook ({method}.ipynb)", method=spec.method), f"{spec.method}.ipynb"
                _file(label, scripts.notebook(spec, name), name, "application/x-ipynb+json", f"{key}.ipynb{number}")
                label = t("Settings ({method}.json)", method=spec.method)
                _file(label, _settings(spec), f"{spec.method}.json", "application/json", f"{key}.json{number}")
            st.code(text, language="python")


def _settings(spec: Spec) -> str:
    return json.dumps(json.loads(spec.to_json()), indent=2)


def _html(shown: dict[str, Any]) -> bytes:
    import plotly.graph_objects as go

    out = io.StringIO()
    go.Figure(shown).write_html(out, include_plotlyjs=True, full_html=True)
    return out.getvalue().encode("utf-8")
