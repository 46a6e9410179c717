"""Features laid out in the plane: the picture, its figures, and the link to it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import pages
from dashboard.charts import points
from dashboard.text import t
from dashboard.widgets import layout
from dashboard.widgets.shown import Shown


def link(run: str, label: str) -> None:
    """A link to the features that a run has left, on the page that lays them out; nothing where it left none."""
    from core.data.features import has_features

    if has_features(run):
        query = {"i": f"run.{run}"}
        st.page_link(pages.link_to("embedding"), label=label, icon=":material/scatter_plot:", query_params=query)


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
    return points.embedding(xy[:, :2], groups=groups, title=said)
