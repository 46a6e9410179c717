"""How many clusters, where the data have labels: one click takes their number, and it is said that labels choose it then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core import discover
from core.data import images
from core.data.tables import TableError
from dashboard import state
from dashboard.pickers import table_reading
from dashboard.text import t
from dashboard.widgets.address import Address


def offer(address: Address, method: str, values: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """Below the settings, while the labels have another number of values than clusters are asked for."""
    cls: Any = discover.load("clusterers", method)
    param, n = cls.counted(), _labels(data)
    if param is None or n == (k := values.get(param.name, param.default)):
        return
    if n < 2 or (param.range and not param.range.low <= n <= param.range.high):
        return
    st.caption(t("The labels have {n} values; {k} clusters are asked for.", n=n, k=k))
    st.button(
        t("Set k = {n}, as the labels have", n=n),
        key=address.key("labels.number"),
        type="tertiary",
        icon=":material/input:",
        on_click=state.set_widget,
        args=(address.key(f"{method}.{param.name}"), n),
        help=t("Labels then choose the number of clusters. What each cluster holds is still found without them."),
    )


def _labels(data: Mapping[str, Any]) -> int:
    """How many different labels the data have; 0 without labels, or where they cannot be read."""
    try:
        if data.get("labels"):
            return table_reading.load(data["table"])[data["labels"]].n_unique
        if "images" in data and images.ready(data["images"]):
            return len(images.load(data["images"]).classes)
    except (TableError, ValueError):
        return 0
    return 0
