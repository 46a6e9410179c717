"""The robot arm at one place of its hand: the poses that the network has learned, drawn over the exact ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
import torch

from core.data import problems
from dashboard.charts import arms as pictures
from dashboard.screens.density import view
from dashboard.text import t
from dashboard.widgets.shown import Shown

Array = np.ndarray
_SIDE = 64
_APART = 0.4  # radians between two poses that count as two
_FAINT = 0.1  # of the probability: what has less is no answer of its own


def applies(s: Shown) -> bool:
    """Whether the run learns the robot arm."""
    return view.problem(s) == "arm"


def draw(s: Shown, chart: Any) -> dict[str, Any]:
    """Where the hand is, the arms that bring it there, and the density of both angles."""
    left, right = st.columns(2)
    low, high = -1.8, 1.8
    across = left.slider(t("Hand across (m)"), low, high, 1.0, step=0.05, key="density:hand.x", format="%.2f")
    up = right.slider(t("Hand up (m)"), low, high, 0.9, step=0.05, key="density:hand.y", format="%.2f")
    true = problems.arm_poses(across, up)
    found = None
    if s.run.status in ("finished", "stopped") and s.at is None:
        found = learned(s.run.id, across, up)
    elif s.run.status in ("failed", "interrupted"):
        st.caption(t("The run ended without a result."))
    else:
        st.caption(t("The learned poses appear here when the run has ended."))
    modes, shares, p = found or (np.empty((0, 2)), np.empty(0), None)
    joints = problems.arm_joints(true), problems.arm_joints(modes)
    figures = {"arms": pictures.poses(*joints, shares, (across, up), title=headline(true, modes))}
    if p is not None:
        shoulder, elbow = (np.degrees(a) for a in _grid())
        title = t("Density of both angles, with the hand there")
        figures["angles"] = pictures.angles(shoulder, elbow, p * np.radians(10) ** 2, np.degrees(true), title=title)
    for place, name in zip(st.columns(2), figures, strict=False):  # below both sliders on a phone
        with place:
            chart(name).show(figures[name], height=380)
    return figures


def headline(true: Array, modes: Any) -> str:
    """What geometry allows and what was learned."""
    if not len(true):
        return t("The arm cannot reach there within its limits")
    bends = [t("elbow down") if elbow > 0 else t("elbow up") for _, elbow in true]
    exact = t("One exact pose ({bends})", bends=bends[0])
    if len(true) > 1:
        exact = t("{n} exact poses ({bends})", n=2, bends=", ".join(bends))
    return exact if not len(modes) else t("{exact}; the network answers with {k}", exact=exact, k=len(modes))


def _grid() -> tuple[Array, Array]:
    return tuple(np.linspace(low, high, _SIDE) for low, high in problems.ARM_LIMITS)  # type: ignore[return-value]


@st.cache_data(max_entries=32, show_spinner=False)
def learned(run: str, across: float, up: float) -> tuple[Array, Array, Array] | None:
    """Modes (k, 2) in radians, their shares (k,), and p at the grid (elbow, shoulder); None where the model is gone."""
    from core import saved

    try:
        density = saved.of_run(run).predict_density(np.array([[across, up]]))
    except ValueError:
        return None
    shoulder, elbow = _grid()
    plane = np.stack(np.meshgrid(shoulder, elbow), -1).reshape(-1, 1, 2)
    p = density.log_prob(torch.as_tensor(plane)).exp().numpy().reshape(_SIDE, _SIDE)
    return *_modes(density), p


def _modes(density: Any) -> tuple[Array, Array]:
    """Poses (k, 2), each the mean of components that lie together, and the probability of each; faint ones are left out.

    By probability and not by height: a component that has shrunk onto a row is very high and very improbable.
    """
    centres = density.component_distribution.mean[0].numpy()
    weights = density.mixture_distribution.probs[0].numpy()
    free, poses, shares = np.ones(len(weights), bool), [], []
    for i in np.argsort(-weights):
        near = free & (np.linalg.norm(centres - centres[i], axis=1) < _APART)
        free &= ~near
        if near[i] and (share := weights[near].sum()) >= _FAINT:
            poses.append(weights[near] @ centres[near] / share)
            shares.append(float(share))
    return np.array(poses).reshape(-1, 2), np.array(shares)
