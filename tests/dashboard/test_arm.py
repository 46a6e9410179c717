"""The robot arm on the density page: exact and learned poses are drawn, with units."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from core.data.problems import arm_joints, arm_poses
from core.spec import Spec
from dashboard.charts import arms, palette, table
from dashboard.jobs import Run
from dashboard.screens.density import arm
from tests.dashboard.test_charts import EVIL, strings

POSES = arm_poses(1.0, 0.9)
FIGURES = {
    "poses": lambda: arms.poses(arm_joints(POSES), arm_joints(POSES[:1]), [0.7], (1.0, 0.9), EVIL),
    "nothing learned": lambda: arms.poses(arm_joints(POSES), [], [], (1.0, 0.9), EVIL),
    "out of reach": lambda: arms.poses([], [], [], (1.8, 1.8), EVIL),
    "angles": lambda: arms.angles(np.arange(4.0), np.arange(5.0), np.ones((5, 4)), np.degrees(POSES), EVIL),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_valid_dark_too_and_its_table_has_columns_of_one_length(name):
    figure = FIGURES[name]()
    assert json.loads(go.Figure(figure).to_json())["layout"]["meta"]["alt"]
    assert {s for s in strings(figure) if s.startswith("#")} <= palette.DARK.keys()
    assert len({len(column) for column in table.table(figure).values()}) == 1


def test_every_arm_has_its_lengths_and_ends_at_the_hand():
    drawn = [t for t in FIGURES["poses"]()["data"] if len(t["x"]) == 3]
    assert len(drawn) == 3  # two exact, one learned
    for trace in drawn:
        joints = np.column_stack([trace["x"], trace["y"]])
        assert np.allclose(np.linalg.norm(np.diff(joints, axis=0), axis=1), [1.0, 0.8])
        assert np.allclose(joints[0], 0) and np.allclose(joints[2], [1.0, 0.9])


def _mixture(means: list[list[float]], weights: list[float], widths: list[float]) -> torch.distributions.Distribution:
    centres = torch.tensor([means], dtype=torch.float64)
    spreads = torch.tensor([widths], dtype=torch.float64)[..., None].expand_as(centres)
    parts = torch.distributions.Independent(torch.distributions.Normal(centres, spreads), 1)
    return torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(torch.tensor([weights], dtype=torch.float64)), parts
    )


def test_components_that_lie_together_are_one_pose_and_a_high_but_improbable_one_is_none():
    found = _mixture(
        [[0.2, 1.1], [0.26, 1.16], [1.2, -1.1], [0.7, 0.0]], [0.4, 0.2, 0.39, 0.01], [0.1, 0.1, 0.1, 0.001]
    )
    poses, shares = arm._modes(found)
    assert np.allclose(poses, [[0.22, 1.12], [1.2, -1.1]]) and np.allclose(shares, [0.6, 0.39])


def test_the_headline_counts_what_geometry_allows_and_what_was_learned():
    assert arm.headline(POSES, POSES) == "2 exact poses (elbow down, elbow up); the network answers with 2"
    assert arm.headline(POSES[:1], []) == "One exact pose (elbow down)"
    assert "cannot reach" in arm.headline(arm_poses(1.8, 1.8), [])


def test_only_the_arms_runs_have_an_arm():
    of = lambda name: SimpleNamespace(  # noqa: E731
        run=Run(
            "a",
            Spec.parse({"family": "densities", "method": "mdn", "data": {"problem": name, "n": 99}}).to_json(),
            "finished",
        )
    )
    assert arm.applies(of("arm")) and not arm.applies(of("inverse"))
