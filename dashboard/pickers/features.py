"""Features to lay out: pixels of a set, columns of a table, or what a finished run has learned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.jobs import Run
from dashboard.pickers import images
from dashboard.text import t
from dashboard.widgets import server
from dashboard.widgets.address import Address
from dashboard.widgets.trust_summary import title


def choose(address: Address) -> dict[str, Any]:
    """Pixels of a set, columns of a table, or what a finished run has learned."""
    from core.data.features import has_features

    with server.store().moment():
        learned = [r for r in server.store().runs(limit=100) if r.spec and has_features(r.id)]
        options = {f"run.{r.id}": _called(r) for r in learned}
    data = images.choose(address, runs=options)
    if not learned:
        st.caption(t("Train a network on the cluster or representation page, and its features can be chosen here."))
    return data


def _called(run: Run) -> str:
    """The data, the method, what it came to, and the seed: what tells runs apart for people."""
    assert run.spec is not None
    names = {"data": t(run.spec.data.title()), "method": title(run.spec.method, run.spec.family), "seed": run.spec.seed}
    share = _accuracy(server.store().result(run.id) or {})
    if share is None:
        return t("{data}: learned by {method}, seed {seed}", **names)
    return t("{data}: learned by {method}, accuracy {share}, seed {seed}", **names, share=f"{share:.1%}")


def _accuracy(result: dict[str, Any]) -> float | None:
    """Of the clusters that were matched to labels, or of a linear probe on the features; None without labels."""
    if "accuracy" in result:
        return float(result["accuracy"])
    probes = result.get("probes") or {}
    return float(probes["features"]["linear"]["test"]) if probes else None
