"""Features to lay out: pixels of a set, columns of a table, or what a finished run has learned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.pickers import images
from dashboard.text import t
from dashboard.widgets import embedding, server
from dashboard.widgets.address import Address


def choose(address: Address) -> dict[str, Any]:
    """Pixels of a set, columns of a table, or what a finished run has learned."""
    from core.data.features import has_features

    with server.store().moment():
        learned = [r for r in server.store().runs(limit=100) if r.spec and has_features(r.id)]
        options = _told_apart({f"run.{r.id}": embedding.source(r) for r in learned})
    data = images.choose(address, runs=options)
    if not learned:
        st.caption(t("Train a network on the cluster or representation page, and its features can be chosen here."))
    return data


def _told_apart(names: dict[str, str]) -> dict[str, str]:
    """Those that are called the same get numbers, the latest first."""
    called = list(names.values())
    return {
        key: f"{name} ({called[: place + 1].count(name)})" if called.count(name) > 1 else name
        for place, (key, name) in enumerate(names.items())
    }
