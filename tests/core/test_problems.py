"""The one-to-many problems against what is known of them without their own code."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.problems import PROBLEMS, arm_joints, arm_poses, problem_source, true_mi
from core.data.references import ProblemData


@pytest.mark.parametrize("name", [name for name in PROBLEMS if name != "arm"])
def test_the_true_density_of_every_problem_integrates_to_one(name):
    y = np.linspace(-25, 25, 50_001)[:, None]
    for x in (-2.7, 0.0, 1.3):
        mass = np.trapezoid(np.exp(PROBLEMS[name].log_density(np.full_like(y, x), y)), y[:, 0])
        assert mass == pytest.approx(1, abs=1e-6)  # a sum over 50,001 points of a smooth curve


def test_the_arms_true_density_integrates_to_one_and_has_both_bends_of_the_elbow():
    shoulder, elbow = np.linspace(0, np.pi / 2, 301), np.linspace(-2.5, 2.5, 901)
    grid = np.stack(np.meshgrid(shoulder, elbow, indexing="ij"), -1).reshape(-1, 2)
    hand = np.array([[1.0, 0.9]])
    density = np.exp(PROBLEMS["arm"].log_density(np.repeat(hand, len(grid), 0), grid)).reshape(301, 901)
    assert np.trapezoid(np.trapezoid(density, elbow), shoulder) == pytest.approx(1, abs=1e-3)  # cut off at the edges
    bent = np.trapezoid(density, shoulder, axis=0)
    assert bent[elbow < -0.2].max() > 0.2 and bent[elbow > 0.2].max() > 0.2


def test_an_arm_of_known_angles_holds_its_hand_where_geometry_says():
    source = problem_source("arm", 4000, 0)
    shoulder, elbow = source.y.T
    error = source.x - np.column_stack(
        [np.cos(shoulder) + 0.8 * np.cos(shoulder + elbow), np.sin(shoulder) + 0.8 * np.sin(shoulder + elbow)]
    )
    assert error.std() == pytest.approx(0.1, rel=0.03)  # 3 standard errors of a standard deviation of 8,000 are 2.4 %
    assert source.x_names == ("hand across (m)", "hand up (m)") and len(source.test) == 5000


def test_both_poses_of_the_arm_bring_the_hand_there_and_bend_the_elbow_to_either_side():
    poses = arm_poses(1.0, 0.9)
    assert len(poses) == 2 and poses[0, 1] > 0 > poses[1, 1]
    joints = arm_joints(poses)
    assert np.allclose(joints[:, 2], [1.0, 0.9]) and np.allclose(np.linalg.norm(joints[:, 1], axis=1), 1.0)
    assert joints[0, 1, 1] < joints[1, 1, 1]  # elbow down, then elbow up
    both = np.exp(PROBLEMS["arm"].log_density(np.tile([[1.0, 0.9]], (2, 1)), poses))
    away = np.exp(PROBLEMS["arm"].log_density(np.array([[1.0, 0.9]]), poses.mean(0, keepdims=True)))
    assert (both > 1).all() and away[0] < 0.01  # likely both, and their mean is neither
    assert len(arm_poses(2.0, 0.0)) == 0  # out of reach
    assert len(arm_poses(1.6, 0.1)) == 1  # the other pose turns the shoulder below its limit


def test_forward_noise_has_the_entropy_of_a_standard_normal():
    source = problem_source("forward", 40_000, 1)
    expected = 0.5 * np.log(2 * np.pi * np.e)
    # The surprise of a standard normal has variance 1/2: 4 standard errors of the mean of 40,000.
    assert -source.log_density(source.x, source.y).mean() == pytest.approx(expected, abs=4 * np.sqrt(0.5 / 40_000))


def test_the_oracle_of_the_inverse_problem_scores_what_was_measured_elsewhere():
    source = problem_source("inverse", 40_000, 1)
    assert (
        1.32 < -source.log_density(source.x, source.y).mean() < 1.37
    )  # 1.34–1.36, on 5,000 points (standard error .014)


def test_the_inverse_problem_is_the_forward_one_with_its_axes_swapped():
    there, back = problem_source("forward", 50, 3), problem_source("inverse", 50, 3)
    assert np.array_equal(there.x, back.y) and np.array_equal(there.y, back.x)


def test_the_inverse_density_agrees_with_the_share_of_draws_near_a_point():
    source = problem_source("inverse", 400_000, 5)
    near = np.abs(source.x[:, 0]) < 0.05
    share, _ = np.histogram(source.y[near, 0], bins=np.linspace(-10, 10, 21))
    middles = (np.linspace(-10, 10, 2001)[:-1] + 0.005)[:, None]
    true = np.exp(source.log_density(np.zeros_like(middles), middles)).reshape(20, 100).mean(1)
    bound = (
        4 * np.sqrt(np.maximum(true, 0.01) / near.sum()) + 0.01
    )  # 4 standard errors, and the width of the slice in x
    assert (np.abs(share / near.sum() - true) < bound).all()


def test_another_seed_gives_fresh_points_and_the_same_seed_the_same():
    one, again, other = (problem_source("circle", 30, seed) for seed in (0, 0, 1))
    assert np.array_equal(one.x, again.x) and np.array_equal(one.y, again.y)
    assert not np.isin(one.x, other.x).any()
    assert one.x.shape == one.y.shape == (30, 1)


def test_an_unknown_problem_is_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match="problem='spiral' is not one of inverse, forward, circle, heteroscedastic, arm"
    ):
        problem_source("spiral", 10)


@pytest.mark.parametrize(("name", "entropy"), [("inverse", np.log(20)), ("arm", np.log(np.pi / 2 * 5))])
def test_the_true_information_is_the_entropy_of_y_less_that_given_x(name, entropy):
    source = problem_source(name, 20_000, 7)  # y is uniform here, so its entropy is known
    gain = entropy + source.log_density(source.x, source.y)
    assert true_mi(name) == pytest.approx(gain.mean(), abs=4 * gain.std() / np.sqrt(len(gain)))


@pytest.mark.parametrize("name", ["forward", "circle", "heteroscedastic"])
def test_the_true_information_agrees_with_the_average_over_draws(name):
    source = problem_source(name, 4_000, 8)
    x = problem_source(name, 2_000, 9).x
    over_x = [np.exp(source.log_density(x, np.full_like(x, v))).mean() for v in source.y[:, 0]]
    gain = source.log_density(source.x, source.y) - np.log(over_x)
    # 4 standard errors of 4,000 draws, and as much again for the 2,000 over which p(y) is averaged
    assert true_mi(name) == pytest.approx(gain.mean(), abs=8 * gain.std() / np.sqrt(len(gain)))


def test_the_inverse_problem_shares_the_information_of_the_forward_one():
    assert true_mi("inverse") == true_mi("forward")
    with pytest.raises(ValueError, match="problem='spiral' is not one of"):
        true_mi("spiral")


def test_a_spec_names_a_problem():
    assert len(ProblemData(problem="heteroscedastic", n=40).source(0, "densities")) == 40
