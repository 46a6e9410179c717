"""What each cluster holds: its pictures, the one that is clicked, and where the network would put that."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.charts import pictures
from dashboard.screens.cluster import absent, cluster_names, try_it
from dashboard.text import plain, t
from dashboard.widgets import label_names, layout
from dashboard.widgets.live import show
from dashboard.widgets.shown import Shown

_GALLERIES = {"gallery": "most certain", "gallery_uncertain": "least certain", "gallery_wrong": "wrong"}
_TILE = 50  # pixels of a picture in the gallery


def gallery(s: Shown, chart: Any) -> dict[str, Any]:
    """The pictures of which each cluster is most or least certain, or those that are wrong; returns the figure for export."""
    titles = {name: t(title) for name, title in _GALLERIES.items()}
    which = layout.one_of(t("Pictures"), titles, "cluster.gallery")
    seen = s.picture(which)
    if seen is None:
        absent.say_why(
            s,
            which,
            t("There is nothing to show here: the rows are not pictures, have no labels, or none is misassigned."),
        )
        return {}
    certain, k = seen["certainty"], len(seen["pictures"])
    called = cluster_names.numbered(s, k)
    words = [[t("{name}, certainty {p}", name=called[i], p=f"{p:.1%}") for p in line] for i, line in enumerate(certain)]
    labels = _labels(s, seen["label"]) if "label" in seen else None
    if labels:
        words = [
            [t("{said}, labelled {label}", said=said, label=label) for said, label in zip(*pair, strict=True)]
            for pair in zip(words, labels, strict=True)
        ]
    titles = {
        "gallery": t("The pictures of which each cluster is most certain"),
        "gallery_uncertain": t("The pictures of which each cluster is least certain"),
        "gallery_wrong": t(
            "Pictures whose cluster stands for another label, the most certain first; below each its label"
        ),
    }
    under = labels if which == "gallery_wrong" else None
    figure = pictures.sheet(seen["pictures"], called, titles[which], words=words, shown=certain > 0, under=under)
    sheet, closer = st.columns([1.35, 1], gap="medium")
    with sheet:
        clicked = chart(which).show(figure, height=min(_TILE * k + 20, 3000), click=True)
    place = f"{s.run.id}.{which}"
    if isinstance(clicked, int) and 0 <= clicked < certain.size and certain.flat[clicked] > 0:
        state.choose(place, clicked)
    with closer:
        _closer(s, seen["pictures"], state.chosen(place))
    return {which: figure}


def _labels(s: Shown, labels: np.ndarray) -> list[list[str]]:
    """The label of each picture in words; empty where there is no picture."""
    return [["" if label < 0 else label_names.words(s, [label])[0] for label in line] for line in labels.tolist()]


def _closer(s: Shown, shown: np.ndarray, at: int | None) -> None:
    """The picture that was clicked, and where the network would put it."""
    if at is None or at >= shown.shape[0] * shown.shape[1]:
        st.caption(t("Click a picture to see it larger, and how sure the network is of each cluster."))
        return
    picture = shown.reshape(-1, *shown.shape[2:])[at]
    show(pictures.sheet(picture[None, None], [""], t("The picture that was clicked")), "gallery-one", height=170)
    try:
        try_it.placed(s, np.rint(255 * np.atleast_3d(picture)).astype(np.uint8).transpose(2, 0, 1), "gallery-chances")
    except ValueError as error:
        st.caption(plain(error))
