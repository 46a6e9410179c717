"""The features of a network at several steps of its training: each picture of them follows from the one before, along principal
components by turning it, and by t-SNE by beginning there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st
from scipy.linalg import orthogonal_procrustes

from core.arrays import principal_components
from core.projections import tsne
from dashboard.jobs import Store
from dashboard.widgets import server
from dashboard.widgets.background_tasks import Progress

Array = np.ndarray


def places(run: str, step: int, kept: Array) -> Array:
    """The first three principal components of the features that were kept at a step, (m, 3); fewer where there are fewer."""
    known = _known(run)
    before = None
    for at in [int(k) for k in kept if k <= step]:
        if at not in known:
            frame = server.store().view(run, "features", at)
            if frame is None or "features" not in frame:
                continue
            known[at] = aligned(principal_components(frame["features"], 3), before).astype(np.float32)
        before = known[at]
    return known[step]


@st.cache_resource(max_entries=4, show_spinner=False)
def _known(run: str) -> dict[int, Array]:
    return {}


@st.cache_resource(max_entries=4, show_spinner=False)
def maps(run: str) -> dict[int, Array]:
    """The t-SNE maps that were computed so far, step → (m, 2)."""
    return {}


def mapping(store: Store, run: str, kept: Array) -> Callable[[Progress], None]:
    """Work of some seconds a snapshot that fills `maps`: each map begins from the one before."""
    found = maps(run)

    def work(progress: Progress) -> None:
        frames = {int(step): store.view(run, "features", int(step)) or {} for step in kept}
        seen = {step: frame["features"] for step, frame in frames.items() if "features" in frame}
        for done, (step, places) in enumerate(zip(seen, tsne.sequence(seen.values()), strict=True)):
            found[step] = places.astype(np.float32)
            progress(done + 1, len(seen))

    return work


def aligned(here: Array, before: Array | None) -> Array:
    """The same points in the same plane, turned or mirrored within it, and the third axis mirrored, to lie near `before`."""
    here = np.pad(here, ((0, 0), (0, max(0, 2 - here.shape[1]))))
    if before is None or before.shape != here.shape:
        return here
    turn, _ = orthogonal_procrustes(here[:, :2], before[:, :2])
    out = here.copy()
    out[:, :2] = here[:, :2] @ turn
    if here.shape[1] > 2 and float(here[:, 2] @ before[:, 2]) < 0:
        out[:, 2] *= -1
    return out
