"""Every distribution against its own formula, its sample, and the frozen tasks."""

from __future__ import annotations

import csv
import dataclasses
import json

import numpy as np
import pytest
from scipy.stats import ks_2samp, multivariate_normal, norm

from core import discover, distributions, estimate_mi
from tests.reference import reference


@pytest.mark.parametrize("name", distributions.NAMES)
def test_the_mean_of_the_pointwise_mi_is_the_true_mi(name):
    joint = distributions.make(name)
    ratio = joint.pointwise_mi(*joint.sample(100_000, seed=1))
    # Four standard errors of this mean: one seed in 16,000 would fail.
    assert abs(ratio.mean() - joint.true_mi) <= 4.0 * ratio.std() / np.sqrt(len(ratio)) + 1e-12


@pytest.mark.parametrize("name", distributions.NAMES)
def test_the_same_seed_gives_the_same_pairs_and_leaves_the_global_generator_alone(name):
    joint, before = distributions.make(name), np.random.get_state()[1].copy()
    (x, y), (x_again, y_again), (x_other, _) = joint.sample(50, 3), joint.sample(50, 3), joint.sample(50, 4)
    assert np.array_equal(x, x_again) and np.array_equal(y, y_again) and not np.array_equal(x, x_other)
    assert x.dtype == y.dtype == np.float64 and x.ndim == y.ndim == 2 and len(x) == len(y) == 50
    assert np.array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize("name", distributions.NAMES)
def test_json_gives_back_an_equal_distribution(name):
    joint = distributions.make(name)
    assert distributions.from_dict(json.loads(json.dumps(distributions.to_dict(joint)))) == joint


def test_the_editorial_order_lists_every_file():
    assert sorted(distributions.NAMES) == [n for n in discover.names("distributions") if not n.startswith("plugin")]


def test_the_gaussian_log_ratio_is_that_of_the_densities():
    x, y = np.random.default_rng(0).standard_normal((2, 200))
    joint = multivariate_normal(cov=[[1.0, 0.7], [0.7, 1.0]])
    expected = joint.logpdf(np.column_stack([x, y])) - norm.logpdf(x) - norm.logpdf(y)
    np.testing.assert_allclose(distributions.make("gaussian", rho=0.7).pointwise_mi(x, y), expected, atol=1e-12)


def test_the_channel_has_two_bits_in_each_dimension():
    for dimension in (1, 3, 20):
        joint = distributions.make("channel", dimension=dimension)
        assert joint.true_mi / np.log(2.0) == pytest.approx(2.0 * dimension, abs=1e-12)
    x, y = distributions.make("channel", power=5.0, noise=0.5).sample(200_000, 0)
    # A variance of n Gaussians has the standard error σ²·√(2/n) = 0.3 % here: four of them.
    assert x.var() == pytest.approx(5.0, rel=0.0127) and (y - x).var() == pytest.approx(0.5, rel=0.0127)


def test_wide_uniform_noise_is_not_counted_as_information():
    """Numeric h(Y) − h(Y | X) on a grid, both sides of ε = ½."""
    for noise in (0.05, 0.5, 0.75, 3.0):
        y = np.linspace(-noise, 1.0 + noise, 400_001)
        density = np.clip(np.minimum(y + noise, 1.0) - np.maximum(y - noise, 0.0), 1e-300, None) / (2.0 * noise)
        entropy = np.trapezoid(-density * np.log(density), y)
        truth = distributions.make("additive_uniform", noise=noise).true_mi
        assert truth == pytest.approx(entropy - np.log(2.0 * noise), abs=1e-6)  # the grid's own error


def test_off_the_support_the_pointwise_mi_is_minus_infinity():
    uniform = distributions.make("additive_uniform", noise=0.1)
    assert uniform.pointwise_mi(np.array([0.5, 2.0]), np.array([0.9, 2.0])).tolist() == [-np.inf, -np.inf]
    table = distributions.make("discrete", table=((1, 0), (0, 1)))
    assert table.true_mi == pytest.approx(np.log(2.0))
    assert table.pointwise_mi(np.array([0.0, 0.5, 9.0]), np.array([1.0, 0.0, 0.0])).tolist() == [-np.inf] * 3
    cdf = distributions.make("normal_cdf")
    assert cdf.pointwise_mi(np.array([0.0, 1.5]), np.array([0.5, 0.5])).tolist() == [-np.inf, -np.inf]


def test_maps_compose_and_the_truth_travels_along():
    inner = distributions.make("channel", dimension=3)
    joint = distributions.make("normal_cdf", of=distributions.make("half_cube", of=distributions.to_dict(inner)))
    (x, y), (x0, y0) = joint.sample(500, 0), inner.sample(500, 0)
    assert joint.true_mi == inner.true_mi
    # The inverse of Φ loses digits near 1: beyond 5σ, six of sixteen are left.
    near = (np.abs(np.hstack([x0, y0])) < 2.5).all(axis=1)
    np.testing.assert_allclose(joint.pointwise_mi(x, y)[near], inner.pointwise_mi(x0, y0)[near], atol=1e-6)
    assert distributions.make("half_cube", of={"name": "discrete"}).discrete


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ({"name": "gausian"}, "did you mean gaussian"),
        ({"name": "gaussian", "roh": 0.5}, "did you mean rho"),
        ({"name": "gaussian", "rho": 1}, r"rho=1.0 is outside \[-0.9999, 0.9999\]"),
        ({"rho": 0.5}, "a distribution is written as"),
        ({"name": "half_cube", "of": 3}, "of=3 is not a Distribution"),
        ({"name": "normal_cdf", "of": {"name": "discrete"}}, "needs a continuous one"),
        ({"name": "discrete", "table": [[1, 2], [3]]}, "rows of equally many numbers"),
        ({"name": "discrete", "table": [[1, -2]]}, "weights of at least 0"),
        ({"name": "discrete", "table": [[0, 0]]}, "weights of at least 0"),
        ({"name": "discrete", "table": []}, "1 to 256 rows"),
        ({"name": "spiral", "of": {"name": "gaussian"}}, "needs at least 2 in x and in y"),
        ({"name": "swiss_roll", "of": {"name": "gaussian"}}, "values from 0 to 1"),
        ({"name": "student", "pairs": 3}, "pairs=3 is more than the 1 columns"),
        ({"name": "bimodal", "of": {"name": "discrete"}}, "bimodal needs a continuous one"),
    ],
)
def test_what_cannot_be_made_is_told_in_one_sentence(description, message):
    with pytest.raises(ValueError, match=message):
        distributions.from_dict(description)


def test_endless_nesting_is_refused():
    described: dict = {"name": "gaussian"}
    for _ in range(50):
        described = {"name": "half_cube", "of": described}
    with pytest.raises(ValueError, match="nested more than 16 deep"):
        distributions.from_dict(described)


def test_a_distribution_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        distributions.make("gaussian").rho = 0.1


def test_the_truths_are_those_of_the_frozen_tasks():
    """Czyż et al. (2023), printed to six digits."""
    with open(reference("bench/tasks.csv")) as file:
        listed = {row["task"]: float(row["true_mi_nats"]) for row in csv.DictReader(file)}
    assert {name: joint.true_mi for name, joint in distributions.tasks().items()} == pytest.approx(listed, abs=5e-7)


@pytest.mark.parametrize("task", distributions.tasks())
def test_the_frozen_samples_are_of_our_densities(task):
    """The mean of the exact log-ratio over the rows of another package is the truth: the densities are the same ones."""
    joint, frozen = distributions.tasks()[task], np.load(reference("bench/tasks") / f"{task}.npz")
    rows = [frozen[side].astype(float) for side in "xy"]
    ratio = joint.pointwise_mi(*rows)
    ratio = ratio[np.isfinite(ratio)]  # rows were stored as float32, so a few lie just off the support
    assert len(ratio) > 9_990 and abs(ratio.mean() - joint.true_mi) <= 4.0 * ratio.std() / 100.0
    # So are the margins: no column's distribution is told apart from ours (100 columns, one in a million each).
    for theirs, ours in zip(rows, joint.sample(10_000, seed=1), strict=True):
        assert min(ks_2samp(a, b).pvalue for a, b in zip(theirs.T, ours.T, strict=True)) > 1e-6


@pytest.mark.parametrize("task", ["1v1-bimodal-0.75", "wiggly-1v1-normal-0.75", "multinormal-dense-2-2-0.5"])
@pytest.mark.parametrize("method", ["ksg", "gaussian"])
def test_estimators_find_the_same_in_our_samples_and_in_the_frozen_ones(task, method):
    frozen = np.load(reference("bench/tasks") / f"{task}.npz")
    theirs, ours = (
        estimate_mi(frozen["x"], frozen["y"], method),
        estimate_mi(*distributions.tasks()[task].sample(10_000), method),
    )
    spread = sum(np.ptp(found.interval) / 2 for found in (theirs, ours))
    assert ours.mi == pytest.approx(theirs.mi, abs=spread)


@pytest.mark.parametrize("name", ["wiggly", "bimodal", "spiral", "swiss_roll", "rotation", "asinh"])
def test_maps_can_be_undone_far_into_the_tails(name):
    joint = distributions.make(name)
    for inner, forward, back in zip(
        joint.of.sample(1_000), (joint._forward_x, joint._forward_y), (joint._inverse_x, joint._inverse_y), strict=True
    ):
        if name not in ("swiss_roll",):
            inner = np.vstack([inner, 3 * inner])
        np.testing.assert_allclose(back(forward(inner)), inner, rtol=1e-7, atol=1e-7)


def test_factors_between_dense_and_sparse_have_the_truth_of_their_parts():
    dense = distributions.make("gaussian_factors", columns_x=1, columns_y=1, common=1.0)
    assert dense.true_mi == pytest.approx(distributions.make("gaussian", rho=0.5).true_mi)
    sparse = distributions.make("gaussian_factors", columns_x=7, columns_y=4, common=0.0, pairs=2, strength=2.0)
    assert sparse.true_mi == pytest.approx(2 * distributions.make("gaussian", rho=0.8).true_mi)
    assert distributions.make("gaussian_factors", common=0.0, own=3.0).true_mi == pytest.approx(0.0, abs=1e-12)
    x, y = sparse.sample(50_000)
    assert x.shape[1] == 7 and y.shape[1] == 4
    np.testing.assert_allclose(np.cov(np.hstack([x, y]).T), sparse.covariance, atol=0.03)


def test_a_hundred_columns_hold_two_pairs():
    joint = distributions.make("multivariate_gaussian", dimension=100, pairs=2, rho=0.8)
    assert joint.true_mi == pytest.approx(-np.log(0.36)) and joint.sample(10)[0].shape == (10, 100)


def test_students_correction_falls_to_that_of_a_gaussian():
    for dof, most in ((1.0, 0.6), (1000.0, 0.01)):
        alone = distributions.make("student", columns_x=3, columns_y=2, dof=dof, pairs=0).true_mi
        paired = distributions.make("student", columns_x=3, columns_y=2, dof=dof, pairs=1, rho=0.6).true_mi
        assert 0 < alone < most and paired - alone == pytest.approx(-0.5 * np.log(1 - 0.36))


@pytest.mark.parametrize(
    "described",
    [
        {"name": "gaussian_mixture", "rho": 0.99, "other": 0.0, "share": 0.3},
        {"name": "gaussian_mixture", "rho": 0.95, "other": -0.99},
        {"name": "periodic", "periods": 20, "noise": 0.02},
        {"name": "periodic", "noise": 5.0},
        {"name": "fan", "growth": 3.0},
        {"name": "zero_inflated_poisson", "zeros": 0.9, "rate": 20.0},
        {"name": "drawn", "table": [[1, 2, 0], [0, 5, 1]]},
        {"name": "formula", "mean": "sin(12*x)", "width": "0.2", "x": "uniform"},
        {"name": "formula", "mean": "x^2", "width": "0.1 + 0.2*abs(x)"},
    ],
    ids=lambda d: "-".join(map(str, d.values())),
)
def test_truths_by_integration_are_the_means_of_their_log_ratios_also_at_the_ends(described):
    joint = distributions.from_dict(described)
    ratio = joint.pointwise_mi(*joint.sample(100_000, seed=1))
    assert abs(ratio.mean() - joint.true_mi) <= 4.0 * ratio.std() / np.sqrt(len(ratio))


def test_integrated_truths_in_cases_that_are_known():
    """One component is a Gaussian, no growth and no zeros are what they say; wide noise is a Gaussian channel."""
    gaussian = distributions.make("gaussian", rho=0.8).true_mi
    assert distributions.make("gaussian_mixture", rho=0.8, share=0.0).true_mi == pytest.approx(gaussian, abs=1e-9)
    assert distributions.make("gaussian_mixture", rho=0.8, other=0.8).true_mi == pytest.approx(gaussian, abs=1e-9)
    assert distributions.make("fan", growth=0.0).true_mi == pytest.approx(0.0, abs=1e-9)
    # E[sin²] = ½: the capacity-like bound ½ ln(1 + ½/σ²) is reached as the noise grows.
    wide = distributions.make("periodic", noise=10.0).true_mi
    assert wide == pytest.approx(0.5 * np.log1p(0.5 / 100.0), rel=1e-3)
    # Gao et al. (2017): 2 ln 2 − γ − Σ ln k 2^-k where no zeros are put in.
    k = np.arange(1, 200)
    known = 2 * np.log(2) - np.euler_gamma - (np.log(k) * 0.5**k).sum()
    assert distributions.make("zero_inflated_poisson", zeros=0.0, rate=1.0).true_mi == pytest.approx(known, abs=1e-9)
    assert distributions.make("modular", noise=np.exp(-5.0)).true_mi == pytest.approx(5.0)


def test_zeros_that_nobody_marks_hide_more_than_their_share():
    """(1 − p) of the MI would be left if one saw which zeros were put in."""
    full = distributions.make("zero_inflated_poisson", zeros=0.0).true_mi
    assert distributions.make("zero_inflated_poisson", zeros=0.3).true_mi < 0.7 * full


def test_a_drawn_density_is_spread_over_its_cells():
    joint = distributions.make("drawn", table=[[1, 0], [0, 1]])
    x, y = joint.sample(10_000)
    assert joint.true_mi == pytest.approx(np.log(2)) and ((x < 0.5) == (y < 0.5)).all()
    assert len(np.unique(x)) == 10_000 and estimate_mi(x, y, "ksg").mi == pytest.approx(np.log(2), abs=0.03)
    assert joint.pointwise_mi([0.1, 0.1, 1.2], [0.1, 0.9, 0.1]).tolist() == [pytest.approx(np.log(2)), -np.inf, -np.inf]


def test_a_formula_has_the_truth_of_what_it_writes():
    """A line is the Gaussian channel, a width of e^x the fan, a sine on a period the wave."""
    gaussian = 0.5 * np.log1p(1 / 0.75**2)
    assert distributions.make("formula", mean="x", width="3/4").true_mi == pytest.approx(gaussian, abs=1e-6)
    fan = distributions.make("fan", growth=1.0).true_mi
    assert distributions.make("formula", mean="0", width="exp(x)").true_mi == pytest.approx(fan, abs=1e-6)
    wave = distributions.make("periodic", noise=0.2).true_mi
    assert distributions.make("formula", mean="sin(pi*x)", width="0.2", x="uniform").true_mi == pytest.approx(
        wave, abs=1e-5
    )


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("__import__('os')", "is not allowed"),
        ("x.real", "is not allowed"),
        ("x if x else 1", "is not allowed"),
        ("[x]", "is not allowed"),
        ("sin", "'sin' is not allowed"),
        ("exec(x)", "is not allowed"),
        ("sqrt(x, x)", "is not allowed"),
        ("True", "is not allowed"),
        ("9**9**9**9", "not a finite number"),
        ("log(x)", "not a finite number"),
        ("(((", r"^Mean: '\(\(\(' is not a formula"),
        ("-" * 150 + "x", ""),
        ("x" * 300, "300 characters is too long; at most 200"),
        ("sin(400*x)", "changes too fast for its noise"),
    ],
)
def test_what_is_no_formula_is_refused_before_anything_of_it_runs(formula, message):
    if not message:  # deep, and harmless
        assert distributions.make("formula", mean=formula).true_mi > 0
        return
    with pytest.raises(ValueError, match=message):
        distributions.make("formula", mean=formula)


def test_a_width_must_be_above_zero():
    with pytest.raises(ValueError, match="Width: 'x' is not above 0"):
        distributions.make("formula", width="x")
