"""Features to look at, and their picture in the plane."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.charts import points
from dashboard.components import layout, navigation, pictures, server
from dashboard.components.address import Address
from dashboard.components.player import Shown
from dashboard.components.verdict import title
from dashboard.text import t

_MOST = 2_000  # pictures at first: t-SNE lays them out in some ten seconds


def features(address: Address) -> dict[str, Any]:
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
    data = pictures.choose(address, runs=options, most=_MOST)
    if not learned:
        st.caption(t("Train a network on the cluster or representation page, and its features can be chosen here."))
    return data


def link(run: str, label: str) -> None:
    """A link to the features that a run has left, on the page that lays them out; nothing where it left none."""
    from core.data.features import has_features

    if has_features(run):
        query = {"i": f"run.{run}"}
        st.page_link(navigation.page("embedding"), label=label, icon=":material/scatter_plot:", query_params=query)


def numbers(s: Shown) -> None:
    """How faithful the picture is, and the time."""
    result = s.result
    cells = st.columns(3)
    trust = result.get("trustworthiness")
    layout.number(
        cells[0],
        t("Trustworthiness"),
        "–" if trust is None else f"{trust:.3f}",
        note=t("1 is faithful, 0.5 is random"),
        help=t("The share of neighbours in the picture that are neighbours among the features too."),
    )
    kl = s.last("kl")
    if kl is not None:
        layout.number(cells[1], t("KL divergence"), f"{kl:.3f}", note=t("what t-SNE minimises"))
    layout.number(cells[2], t("Time"), f"{s.run.seconds:.1f} s", note=t(s.run.status))


def plane(s: Shown) -> dict[str, Any] | None:
    """The dots, coloured by label where labels are known."""
    picture = s.picture("embedding")
    if picture is None:
        picture = s.picture("features")
    if picture is None:
        return None
    xy = picture["coordinates"]
    groups = picture.get("labels")
    said = t("Coloured by label, which the layout does not know") if groups is not None else t("Each dot is one row")
    return points.embedding(xy[:, :2], groups=groups, title=said, say=t)
