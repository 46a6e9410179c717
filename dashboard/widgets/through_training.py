"""The features of a network at the steps that were kept while it learned: how the classes came apart."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.text import plain, t
from dashboard.widgets import background_tasks, embedding, explorer, server
from dashboard.widgets.explorer import points, snapshots
from dashboard.widgets.shown import Shown

_WAYS = {"pca": "Principal components", "tsne": "t-SNE"}


def draw(key: str, s: Shown, height: int = 520) -> bool:
    """The features of the rows that a network is looked at by, at one of the steps that were kept; False where there are
    none. Once the run has ended a slider goes back, along the principal components or in t-SNE maps that follow each other."""
    if s.run.spec is None or not len(kept := server.store().frames(s.run.id, "features")):
        s.picture("features")  # asked for now, so that the worker sends it
        return False
    step, way = _chosen(key, s, kept)
    frame = server.store().view(s.run.id, "features", step)
    if frame is None or "features" not in frame or not np.isfinite(frame["features"]).all():
        return False  # older runs on graphs kept no features at their steps
    try:
        known = points.of_snapshot(s.run.spec, frame["rows"], frame["features"])
    except ValueError as error:
        st.caption(plain(t(error)))
        return False
    n, d = frame["features"].shape
    if d < min(n, s.parameter("n_features") or 0):
        st.caption(t("Neighbours are those in the first {k} principal components of the features.", k=d))
    if way == "tsne" and (places := _mapped(s.run.id, kept, step)) is not None:
        explorer.show(key, known, places, explorer.View(_heading(s, len(known), step, way), height=height))
        embedding.warnings(way)
        return True
    places, heading = snapshots.places(s.run.id, step, kept), _heading(s, len(known), step, "pca")
    explorer.show(key, known, places, explorer.View(heading, forming=s.run.active, height=height))
    return True


def _heading(s: Shown, n: int, step: int, way: str) -> str:
    """Of which rows, or nodes, the features are, when, and how they are laid out."""
    nodes = s.run.spec is not None and s.run.spec.data.gives == "graph"
    what = {"n": f"{n:,}", "step": f"{step:,}"}
    if way == "tsne":
        if nodes:
            return t("Features of {n} nodes after step {step}, laid out by t-SNE", **what)
        return t("Features of {n} rows after step {step}, laid out by t-SNE", **what)
    if nodes:
        return t("Features of {n} nodes after step {step}, along their principal components", **what)
    return t("Features of {n} rows after step {step}, along their principal components", **what)


def _chosen(key: str, s: Shown, kept: np.ndarray) -> tuple[int, str]:
    """The step to show, and how its features are laid out; while the run goes on, or is replayed, nothing is asked."""
    at = kept[kept <= s.at] if s.at is not None else kept
    step = int(at[-1]) if len(at) else int(kept[0])
    if s.at is None and s.run.active:
        s.picture("features")
    if s.run.active or s.at is not None or len(kept) < 2:
        return step, "pca"
    way = st.segmented_control(
        t("Layout of the features"),
        list(_WAYS),
        default="pca",
        required=True,
        key=f"{key}.way",
        format_func=lambda name: t(_WAYS[name]),
        help=t("t-SNE keeps neighbours together. The map of each snapshot begins where the one before ended."),
    )
    return int(
        st.select_slider(t("Snapshot after step"), kept.tolist(), value=step, key=f"{key}.snapshot")
    ), way or "pca"


def _mapped(run: str, kept: np.ndarray, step: int) -> np.ndarray | None:
    """The t-SNE map of that step; while the maps are computed how far that is, or why it failed, and None."""
    name, maps = f"snapshots.{run}", snapshots.maps(run)
    if step in maps:
        return maps[step]
    work = snapshots.mapping(server.store(), run, kept)
    if (task := background_tasks.find(name)) is None:
        background_tasks.begin(name, work)
    if task is None or not task.over:
        background_tasks.watch(
            name, lambda done, total: t("Map {done} of {total}", done=done, total=total or len(kept))
        )
        return None
    if task.fault:
        st.error(plain(t(task.fault)), icon=":material/error:")
    again = t("Lay the snapshots out again")
    st.button(again, key=f"{name}.again", on_click=background_tasks.begin, args=(name, work))
    return None
