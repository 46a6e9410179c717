"""What training sees: pictures above a varied view of each, as the sliders stand now and before anything runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core import discover
from core.params import ParameterError
from dashboard.charts import pictures
from dashboard.pickers.images import missing
from dashboard.text import plain, t
from dashboard.widgets import layout, server
from dashboard.widgets.live import show

SHOWN, ACROSS = 16, 8


@st.cache_data(max_entries=8, show_spinner=False)
def some(images: str, n: int = SHOWN) -> np.ndarray:
    """Pictures of a set by its name, (n, c, h, w) uint8, from its beginning to its end: own ones come sorted by class.

    Errors: ValueError.
    """
    from core.data.images import load

    x = load(images).x
    return np.array(x[np.linspace(0, len(x) - 1, min(n, len(x))).astype(int)])


def ready(data: dict[str, Any]) -> bool:
    """Whether the data are pictures that can be shown now."""
    return "images" in data and missing(data) is None


def preview(data: dict[str, Any], method: str, values: dict[str, Any], family: str = "clusterers") -> None:
    """Sixteen pictures and, for a method that learns from pairs, a varied view of each."""
    if lacking := missing(data):
        layout.empty(lacking)
        return
    if "images" not in data:
        st.caption(
            server.invitation(
                t(
                    "Press Start to train. Each row of the table is paired with a copy of itself to which noise is added."
                )
            )
        )
        return
    try:
        x = some(data["images"])
        pairs = getattr(discover.load(family, method)(**values), "pairs", None)
        seen = pairs(x, SHOWN) if pairs else None
    except (ParameterError, ValueError) as error:
        st.caption(plain(error))
        return
    if seen is None:
        shown = _tiles(np.moveaxis(x, 1, -1) / 255.0 if x.shape[1] == 3 else x[:, 0] / 255.0)
        rows, title = [""] * len(shown), t("Some of the pictures, as they are given to the method: without labels")
    else:
        first, second = _tiles(seen["first"]), _tiles(seen["second"])
        shown = np.stack([first, second], 1).reshape(-1, *first.shape[1:])
        rows = [t("picture"), t("view")] * len(first)
        title = (
            t("Each picture above a varied view of it: both should land in the same cluster")
            if family == "clusterers"
            else t("Each picture above a varied view of it: the features should tell which belong together")
        )
    show(pictures.sheet(shown, rows, title, alt=title), key="cluster-pairs", height=88 * len(shown))
    st.caption(server.invitation(t("This follows the settings. Press Start to train with them.")))


def _tiles(x: np.ndarray) -> np.ndarray:
    """(16, …) as rows of eight."""
    whole = len(x) // ACROSS * ACROSS
    return x[:whole].reshape(-1, ACROSS, *x.shape[1:]) if whole else x[None]
