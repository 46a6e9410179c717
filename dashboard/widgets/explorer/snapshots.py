"""The features of a network at several steps of its training, each turned so that it lies as near as can be to the one before."""

from __future__ import annotations

import numpy as np
import streamlit as st
from scipy.linalg import orthogonal_procrustes

from core.arrays import principal_components
from dashboard.widgets import server

Array = np.ndarray


def places(run: str, step: int, kept: Array) -> Array:
    """The first three principal components of the features that were kept at a step, (m, 3); fewer where there are fewer."""
    known = _known(run)
    before = None
    for at in [int(k) for k in kept if k <= step]:
        if at not in known:
            frame = server.store().view(run, "features", at)
            if frame is None:
                continue
            known[at] = aligned(principal_components(frame["features"], 3), before).astype(np.float32)
        before = known[at]
    return known[step]


@st.cache_resource(max_entries=4, show_spinner=False)
def _known(run: str) -> dict[int, Array]:
    return {}


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
