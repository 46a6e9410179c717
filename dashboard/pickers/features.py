"""Features to lay out: pixels of a set, columns of a table, or what a finished run has learned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.pickers import images
from dashboard.text import t
from dashboard.widgets import server
from dashboard.widgets.address import Address
from dashboard.widgets.trust_summary import title

_MOST = 2_000  # pictures at first: t-SNE lays them out in some ten seconds


def choose(address: Address) -> dict[str, Any]:
    """Pixels of a set, columns of a table, or what a finished run has learned."""
    from core.data.features import has_features

    learned = [r for r in server.store().runs(limit=100) if r.spec and has_features(r.id)]
    options = {
        f"run.{r.id}": t(
            "Learned by {method}, seed {seed}, run {id}",
            method=title(r.spec.method, r.spec.family),
            seed=r.spec.seed,
            id=r.id[:4],
        )
        for r in learned
        if r.spec
    }
    data = images.choose(address, runs=options, most=_MOST)
    if not learned:
        st.caption(t("Train a network on the cluster or representation page, and its features can be chosen here."))
    return data
