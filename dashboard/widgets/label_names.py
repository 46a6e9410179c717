"""What the labels of a run's data are called."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from typing import Any

import streamlit as st

from core.data import references
from dashboard.widgets.shown import Shown


def words(s: Shown, values: Iterable[Any]) -> list[str]:
    """What labels are called in their set or column, or themselves where they have no names."""
    called = _classes(s.run.spec.data.model_dump_json(exclude_none=True)) if s.run.spec else ()
    return [called[v] if isinstance(v, int) and 0 <= v < len(called) else str(v) for v in values]


@st.cache_data(max_entries=32, show_spinner=False)
def _classes(data: str) -> tuple[str, ...]:
    """The names of a spec's labels by number; none where they have none, or the data are gone."""
    with contextlib.suppress(ValueError):
        return references.parse(json.loads(data)).label_names()
    return ()
