"""What stands on every tab of a run: why there are no probes, and what can be taken along."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.text import t
from dashboard.widgets import embedding, export, layout, run_files, standing, through_training
from dashboard.widgets.shown import Shown

Figures = dict[str, dict[str, Any] | None]


def unlabelled(s: Shown) -> bool:
    """Whether the data are known to have no labels: the first picture of the features tells."""
    seen = s.picture("features")
    return seen is not None and "labels" not in seen


def without_probes(s: Shown) -> None:
    """Why there is no table of probes, or not yet."""
    if s.result:
        sentence = t("These data have no labels, so there is nothing to probe for.")
    else:
        soon = t("The table of probes appears here once the run has ended, for data with labels.")
        sentence = standing.without_result(s) or soon
    layout.empty(sentence)


def after_training(page: str, s: Shown, shown: Figures) -> None:
    """The features through training, and what `below` has."""
    through_training.draw(f"{page}-{s.run.id}", s)
    below(page, s, shown)


def below(key: str, s: Shown, shown: Figures) -> None:
    """The figures, the script and the model to take along, and the way to the embedding."""
    with st.container(horizontal=True, vertical_alignment="center"):
        export.figures(key, shown)
        export.runs(key, [s.run.spec] if s.run.spec else [])
        run_files.model(s.run, f"{key}.model")
        embedding.link(s.run.id, t("Lay the features out in the plane"))
