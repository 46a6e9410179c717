"""Calibration figures against what is known of them: uniform transforms, closed forms, and other ways to compute them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.evaluation import calibration


@pytest.fixture(scope="module")
def mixtures():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(3), 500)
    return weights, rng.normal(0, 2, (500, 3)), rng.uniform(0.2, 1.5, (500, 3))


def test_the_pit_of_a_mixture_is_its_distribution_function(mixtures):
    weights, means, scales = mixtures
    y = np.random.default_rng(1).normal(0, 2, 500)
    u = calibration.pit(np.log(weights), ((y[:, None] - means) / scales)[..., None], np.log(scales)[..., None])
    assert np.allclose(u[:, 0], (weights * stats.norm(means, scales).cdf(y[:, None])).sum(1))


def test_draws_of_a_correlated_mixture_are_uniform_and_independent_after_the_transform():
    rng, n = np.random.default_rng(0), 20_000
    weights, means = np.array([0.3, 0.7]), np.array([[-2.0, 1.0], [1.0, 0.0]])
    k = (rng.random(n) > 0.3).astype(int)
    first = means[k, 0] + rng.standard_normal(n)
    second = means[k, 1] + 0.8 * (first - means[k, 0]) + 0.5 * rng.standard_normal(n)
    z1 = first[:, None] - means[:, 0]
    z2 = (second[:, None] - means[:, 1] - 0.8 * z1) / 0.5
    z, log_scales = np.stack([z1, z2], 2), np.broadcast_to(np.log([1.0, 0.5]), (n, 2, 2))
    u = calibration.pit(np.tile(np.log(weights), (n, 1)), z, log_scales)
    assert stats.kstest(u[:, 0], "uniform").pvalue > 1e-3 and stats.kstest(u[:, 1], "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(u.T)[0, 1]) < 4 / np.sqrt(n)


def test_bands_hold_a_calibrated_model_nineteen_times_in_twenty():
    rng = np.random.default_rng(0)
    runs = [rng.random(400) for _ in range(300)]
    bars = np.mean([(b.observed >= b.low) & (b.observed <= b.high) for b in map(calibration.histogram, runs)])
    curve = np.mean([(c.observed >= c.low) & (c.observed <= c.high) for c in map(calibration.coverage, runs)])
    apart = np.mean([calibration.ks_distance(u) <= calibration.ks_limit(400) for u in runs])
    assert 0.94 < bars < 0.99 and 0.94 < curve < 0.99  # counts are whole: a band holds at least its level
    assert apart == pytest.approx(0.95, abs=4 * np.sqrt(0.05 * 0.95 / 300))


def test_too_narrow_intervals_leave_the_band():
    u = stats.norm.cdf(2 * np.random.default_rng(0).standard_normal(2000))  # the model's width is half of the truth's
    curve = calibration.coverage(u, [0.9])
    assert curve.observed[0] < curve.low[0] and calibration.ks_distance(u) > calibration.ks_limit(2000)
    assert curve.observed[0] == pytest.approx(2 * stats.norm.cdf(1.645 / 2) - 1, abs=0.04)


def test_ks_agrees_with_scipy():
    u = np.random.default_rng(0).random(137) ** 1.2
    assert calibration.ks_distance(u) == pytest.approx(stats.kstest(u, "uniform").statistic)
    assert calibration.ks_limit(100) == pytest.approx(0.1358, abs=1e-4)


def test_the_crps_of_a_gaussian_is_the_published_one_and_that_of_a_mixture_the_integral(mixtures):
    y = np.array([-1.0, 0.3, 2.0])
    one = calibration.crps_mixture(np.ones((3, 1)), np.zeros((3, 1)), np.full((3, 1), 2.0), y)
    z = y / 2
    known = 2 * (
        z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi)
    )  # Gneiting & Raftery, eq. 21
    assert np.allclose(one, known)
    weights, means, scales = (a[:3] for a in mixtures)
    t = np.linspace(-25, 25, 200_001)
    for row, value in enumerate(calibration.crps_mixture(weights, means, scales, y)):
        cdf = (weights[row] * stats.norm(means[row], scales[row]).cdf(t[:, None])).sum(1)
        assert value == pytest.approx(np.trapezoid((cdf - (t >= y[row])) ** 2, t), abs=5e-4)  # the step falls in a cell


def test_the_crps_of_a_sample_is_its_mean_distance_less_half_its_spread():
    rng = np.random.default_rng(0)
    sample, y = rng.standard_normal(70), np.array([-3.0, 0.1, 2.5])
    spread = np.abs(sample[:, None] - sample).mean()
    assert np.allclose(calibration.crps_sample(sample, y), [np.abs(sample - t).mean() - spread / 2 for t in y])
    assert calibration.crps_sample([1.0], [2.5])[0] == 1.5


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibration.ks_distance([0.2, 1.2])
    with pytest.raises(ValueError, match="nominal"):
        calibration.coverage([0.5], [1.0])
