"""Draw a picture, open one or take one of the set, and see in which cluster the trained network puts it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.data import fit_to_network
from dashboard import state
from dashboard.charts import clusters, pictures
from dashboard.pickers import augmentation_preview
from dashboard.screens.cluster import cluster_names
from dashboard.text import plain, t
from dashboard.widgets import drawing, export, label_names, layout, run_files, server
from dashboard.widgets.live import show
from dashboard.widgets.player import UNDER_WAY, runs
from dashboard.widgets.shown import Shown

_LIKE, _APART = 500, 200  # pictures that a drawing is placed after, and that can be taken
_WIDTHS = (235, 200, 310)  # pixels of the drawing, of what the network sees, and of the bars
_BYTES = 20  # megabytes of a file


def bench(page: str) -> None:
    """The page's first clustering run, with pictures to give it."""
    found = [run for run in runs(page) if run.spec and run.spec.family == "clusterers"]
    if not found:
        layout.empty(
            t("Train a run first, or open one from the list of runs. Then draw a picture here and see where it goes.")
        )
        return
    run = found[0]
    if run.status in (*UNDER_WAY, "paused"):
        layout.empty(t("The run has not ended. When it has, draw a picture here and see where it goes."))
        return
    data = run.spec.data.model_dump(exclude_none=True) if run.spec else {}
    if "images" not in data:
        layout.empty(t("This run grouped rows of a table; only pictures can be drawn."))
        return
    if not run_files.left(run).is_file():
        layout.empty(
            t(
                "This run was stopped before its network was kept. Press Resume, and draw a picture here when it has finished."
            )
            if run.resumable
            else t("This run ended before its network was kept. Let another finish, and draw a picture here.")
        )
        return
    try:
        with st.spinner(t("Loading the network")):  # the first time with all that it needs: seconds
            _model(run.id, run.step)
        _body(Shown(run), str(data["images"]))
    except ValueError as error:
        st.caption(plain(error))


@st.cache_resource(max_entries=4, show_spinner=False)
def _model(run: str, step: int) -> Any:
    """The network that a run has left at that step: one that went on leaves another. Errors: ValueError."""
    from core.saved import of_run

    return of_run(run)


@st.fragment
def _body(s: Shown, images: str) -> None:
    like = augmentation_preview.some(images, _LIKE)
    way = _way(colour=like.shape[1] == 3)
    with st.container(horizontal=True):  # side by side where there is room, and one below the other where there is not
        left, middle, right = (st.container(width=w) for w in _WIDTHS)
    with left:
        x, label = _picture(way, like, images)
    if x is None:
        middle.caption(t("What the network sees appears here, and beside it where it would put the picture."))
        return
    with middle:
        _seen(_model(s.run.id, s.run.step), x)
    with right:
        placed(s, x, "cluster-chances")
        if label is not None:
            st.caption(
                t(
                    "Its label, which the network never saw, is {label}.",
                    label=plain(label_names.words(s, [label])[0]),
                )
            )


def placed(s: Shown, x: np.ndarray, key: str) -> None:
    """How a finished run's network shares a picture x, (c, h, w) uint8, out between the clusters. Errors: ValueError."""
    p = _model(s.run.id, s.run.step).predict_proba(x[None])[0]
    called, best = cluster_names.numbered(s, len(p)), int(p.argmax())
    title = t("It goes to {name}, with probability {p}", name=called[best], p=f"{p[best]:.1%}")
    figure = clusters.chances(called, p, title)
    show(figure, key, height=max(260, min(22 * len(p) + 70, 640)))
    export.figures(key, {"chances": figure})


def _way(colour: bool) -> str:
    ways = {"draw": t("Draw"), "open": t("Open a file"), "set": t("Take one")}
    if colour:  # photographs are not drawn
        ways.pop("draw")
    if not server.may_steer():
        ways.pop("open")
    return layout.one_of(t("Where the picture comes from"), ways, "cluster.way.try")


def _picture(way: str, like: np.ndarray, images: str) -> tuple[np.ndarray | None, int | None]:
    """The picture to place, (c, h, w) uint8, and its label where it has one."""
    try:
        if way == "draw":
            strokes = drawing.canvas("cluster-canvas", fit_to_network.PEN)
            return (fit_to_network.placed(fit_to_network.drawn(strokes), like) if strokes else None), None
        if way == "open":
            return _file(like), None
        return _taken(images)
    except ValueError as error:
        st.caption(plain(error))
        return None, None


def _file(like: np.ndarray) -> np.ndarray | None:
    file = st.file_uploader(
        t("A picture"),
        type=["png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff"],
        key="cluster.picture",
        max_upload_size=_BYTES,
        help=t("One digit or thing on plain ground. It stays on this computer."),
    )
    if file is None:
        return None
    try:
        return fit_to_network.opened(file.getvalue(), like)
    except ValueError as error:
        raise ValueError(f"{file.name}: {error}") from error


def _taken(images: str) -> tuple[np.ndarray, int | None]:
    """A picture of the test set, or of the whole where there is none; each press takes another."""
    x, labels, apart = _apart(images)
    st.caption(
        t("From the test set, which no run trains on.") if apart else t("From the set itself: it has no test pictures.")
    )
    st.button(t("Another picture"), key="cluster.another", icon=":material/casino:", on_click=_another)
    at = (state.chosen("cluster.taken") or 0) % len(x)
    shown = np.moveaxis(x[at], 0, -1) if x.shape[1] == 3 else x[at, 0]
    show(pictures.sheet(shown[None, None] / 255.0, [""], t("The picture")), "cluster-taken", height=200)
    return x[at], labels[at] if labels else None


def _another() -> None:
    state.choose("cluster.taken", (state.chosen("cluster.taken") or 0) + 1)


@st.cache_data(max_entries=4, show_spinner=False)
def _apart(images: str) -> tuple[np.ndarray, list[int] | None, bool]:
    """Pictures to take, in an order drawn once, their labels, and whether they were kept apart."""
    from core.data.images import load

    found = load(images)
    x, labels = (found.x, found.labels) if found.test_x is None else (found.test_x, found.test_labels)
    rows = np.sort(np.random.default_rng(0).permutation(len(x))[:_APART])
    return np.array(x[rows]), None if labels is None else np.asarray(labels)[rows].tolist(), found.test_x is not None


def _seen(model: Any, x: np.ndarray) -> None:
    """The picture after everything that is done to it before the first layer, in its own greys."""
    first = model.pairs(x[None], 1)["first"] if hasattr(model, "pairs") else _plain(x)
    if first.ndim == 3:
        first = np.repeat(first[..., None], 3, -1)
    size = f"{first.shape[1]} × {first.shape[2]}"
    title = t("As the network sees it, {size} pixels", size=size)
    show(pictures.sheet(first[None], [""], title), "cluster-seen", height=260)


def _plain(x: np.ndarray) -> np.ndarray:
    return (np.moveaxis(x, 0, -1) if len(x) == 3 else x[0])[None] / 255.0
