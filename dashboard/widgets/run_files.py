"""What is taken away of a run: where each of its rows stands in the user's own data, and the trained model as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from core.paths import run_folder
from core.spec import Spec
from dashboard.jobs import Run
from dashboard.text import plain, t


def origin(spec: Spec, index: np.ndarray | None = None) -> pd.DataFrame:
    """One line a row of a run (or of its rows `index`): the row's number in the user's data counted from 1, the name of
    the picture's file where it has one, the columns of the table as they were read. Errors: ValueError."""
    rows = _rows(spec.to_json())
    if rows is None:  # drawn points stand in no file
        return pd.DataFrame(index=range(len(index) if index is not None else 0))
    return spec.data.origin(rows if index is None else rows[index])


@st.cache_data(max_entries=8, show_spinner=False)
def _rows(spec: str) -> np.ndarray | None:
    return Spec.parse(spec).source().rows


def name(run: Run) -> str:
    """What the file of a run's model is called."""
    return f"{run.spec.method if run.spec else 'model'}-{run.id[:6]}.safetensors"


def left(run: Run) -> Path:
    """The file of what the run has learned, which is there once it has ended with a result."""
    from core import saved

    return run_folder(run.id) / saved.FILE


def model(run: Run, key: str) -> None:
    """A button that saves what the run has learned, for `core.saved.load`; nothing where it left no model."""
    path = left(run)
    if run.spec is None or run.active or not path.is_file():
        return
    st.download_button(
        t("Model (safetensors)"),
        data=path.read_bytes,
        file_name=name(run),
        mime="application/octet-stream",
        key=key,
        on_click="ignore",
        type="tertiary",
        icon=":material/save:",
        help=plain(t("In a script: model = core.saved.load(file), which answers as this run does.")),
    )
