"""The pictures of a critic under way: its surface over two columns, and its scores of held-out rows."""

from __future__ import annotations

import numpy as np

from core.estimators._critic.training import CriticTraining
from core.learning.critics import Critic
from core.method import Array


def surface(run: CriticTraining, critic: Critic) -> dict[str, Array]:
    x, y = run.rows.given
    if x.shape[1] > 1 or y.shape[1] > 1:
        return {}
    # All but the outermost half per cent at either end: beyond them there is nothing to have learned from.
    limits = (np.quantile(side, [0.005, 0.995]) for side in (x, y))
    across, up = (np.linspace(low, high, 64) for low, high in limits)
    out = {"x": across, "y": up, "scores": run.surface(across, up, critic)}
    if run.source.pointwise is not None:
        truth = run.source.pointwise(*(side.reshape(-1, 1) for side in np.meshgrid(across, up)))
        out["truth"] = np.asarray(truth).reshape(64, 64)
    return out


def points(run: CriticTraining, critic: Critic) -> dict[str, Array]:
    rows = run.test[:, : max(1, 2_000 // len(run.test))]
    out = {"learned": run.pointwise(critic, run.x[rows], run.y[rows]).flatten().cpu().numpy()}
    if run.source.pointwise is not None:
        numbers = rows.flatten().cpu().numpy()
        out["truth"] = np.asarray(run.source.pointwise(*(side[numbers] for side in run.rows.given)))
    return out
