"""Exact quantities: the identities between them, their limits, and second implementations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core import information as info
from core.distributions import make

ROUNDING = 1e-12  # tables of up to 64 cells: sums of at most 64 terms, each exact to some 1e-16


def random_tables(number: int = 1_000) -> list[np.ndarray]:
    """Joint tables of 1 to 8 rows and columns; every second has zeros, some of them in whole rows and columns."""
    rng = np.random.default_rng(0)
    tables = []
    for index in range(number):
        weights = rng.gamma(0.5, size=rng.integers(1, 9, size=2))
        if index % 2:
            weights *= rng.random(weights.shape) < 0.5
            weights[rng.integers(len(weights)), rng.integers(weights.shape[1])] = 1.0
        tables.append(weights / weights.sum())
    return tables


TABLES = random_tables()


def test_six_identities_of_mutual_information_hold_on_a_thousand_tables():
    assert sum((table == 0).any() for table in TABLES) > 300
    for p in TABLES:
        x, y = p.sum(axis=1), p.sum(axis=0)
        both, x_given_y = info.joint_entropy(p), info.conditional_entropy(p)
        y_given_x = info.conditional_entropy(p, given="x")
        readings = [
            info.kl(p, np.outer(x, y)),
            info.entropy(x) - x_given_y,
            info.entropy(y) - y_given_x,
            info.entropy(x) + info.entropy(y) - both,
            both - x_given_y - y_given_x,
            info.mutual_information(p.T),
        ]
        np.testing.assert_allclose(readings, info.mutual_information(p), rtol=0, atol=ROUNDING)


def test_conditional_entropy_is_the_mean_entropy_of_the_columns():
    for p in TABLES[:100]:
        mean = sum(
            weight * info.entropy(column / weight) for column, weight in zip(p.T, p.sum(axis=0), strict=True) if weight
        )
        assert info.conditional_entropy(p) == pytest.approx(mean, abs=ROUNDING)


def test_entropy_and_kl_agree_with_scipy():
    rng = np.random.default_rng(1)
    for p in TABLES:
        q = rng.dirichlet(np.ones(p.size))
        assert info.entropy(p.ravel()) == pytest.approx(stats.entropy(p.ravel()), abs=ROUNDING)
        assert info.kl(p.ravel(), q) == pytest.approx(stats.entropy(p.ravel(), q), abs=ROUNDING)


def test_mutual_information_agrees_with_the_discrete_distribution():
    for p in TABLES[:200]:
        truth = make("discrete", table=tuple(map(tuple, p.tolist())))
        assert info.mutual_information(p) == pytest.approx(truth.true_mi, abs=ROUNDING)
        i, j = np.indices(p.shape).reshape(2, -1)
        np.testing.assert_allclose(info.pointwise_mi(p).ravel(), truth.pointwise_mi(i, j), rtol=0, atol=ROUNDING)


def test_mean_of_pointwise_mi_is_the_mutual_information():
    for p in TABLES:
        pointwise = info.pointwise_mi(p)
        assert (np.isneginf(pointwise) == (p == 0)).all()
        assert (p * np.where(p > 0, pointwise, 0)).sum() == pytest.approx(info.mutual_information(p), abs=ROUNDING)


def test_cross_entropy_is_entropy_plus_kl_and_least_at_the_entropy():
    rng = np.random.default_rng(2)
    for p in (table.ravel() for table in TABLES):
        q = rng.dirichlet(np.ones(p.size))
        assert info.cross_entropy(p, q) == pytest.approx(info.entropy(p) + info.kl(p, q), abs=ROUNDING)
        assert info.cross_entropy(p, p) == pytest.approx(info.entropy(p), abs=ROUNDING)


def test_kl_and_cross_entropy_are_infinite_exactly_where_the_support_is_missing():
    assert info.kl([0.5, 0.5], [1, 0]) == info.cross_entropy([0.5, 0.5], [1, 0]) == np.inf
    assert info.kl([1, 0], [0.5, 0.5]) == pytest.approx(np.log(2), abs=ROUNDING)


def test_js_is_symmetric_and_never_exceeds_ln_2():
    rng = np.random.default_rng(3)
    for p in (table.ravel() for table in TABLES):
        q = rng.permutation(p)
        m = (p + q) / 2
        assert 0 <= info.js(p, q) <= np.log(2)
        assert info.js(p, q) == pytest.approx(info.js(q, p), abs=ROUNDING)
        assert info.js(p, q) == pytest.approx((info.kl(p, m) + info.kl(q, m)) / 2, abs=ROUNDING)


def test_js_reaches_ln_2_for_disjoint_supports_even_of_the_smallest_number():
    assert info.js([1, 0], [0, 1]) == pytest.approx(np.log(2), abs=ROUNDING)
    assert info.js([1, 5e-324, 0], [0, 0, 1]) == pytest.approx(np.log(2), abs=ROUNDING)


def test_binary_entropy_peaks_at_a_half_and_is_symmetric_and_zero_when_certain():
    p = np.linspace(0, 1, 101)
    curve = info.binary_entropy(p)
    np.testing.assert_allclose(curve, [info.entropy([a, 1 - a]) for a in p], rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(curve, curve[::-1], rtol=0, atol=ROUNDING)
    assert curve[0] == curve[-1] == 0 and curve.argmax() == 50
    assert info.binary_entropy(0.5) == pytest.approx(np.log(2), abs=ROUNDING)


def test_self_information_is_monotone_zero_when_certain_and_adds_for_independent_events():
    p = np.linspace(0, 1, 101)
    assert (np.diff(info.self_information(p)) < 0).all()
    assert info.self_information(1.0) == 0 and info.self_information(0.0) == np.inf
    assert info.self_information(0.3 * 0.2) == pytest.approx(
        info.self_information(0.3) + info.self_information(0.2), abs=ROUNDING
    )


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: info.entropy([1.5, -0.5]), "p holds −0.5"),
        (lambda: info.entropy([0.5, 0.5 + 2e-6]), "sum to 1 within 1e-06"),
        (lambda: info.entropy([0.5, np.nan]), "not a finite number"),
        (lambda: info.entropy([[0.5, 0.5]]), "must have 1 dimension and"),
        (lambda: info.entropy([]), "shape"),
        (lambda: info.entropy(["a"]), "real numbers"),
        (lambda: info.mutual_information([0.5, 0.5]), "must have 2 dimensions"),
        (lambda: info.mutual_information([[0.5, 0.5], [0.0]]), "equally many"),
        (lambda: info.kl([0.5, 0.5], [0.2, 0.3, 0.5]), "same shape"),
        (lambda: info.binary_entropy([0.5, 1.1]), "p holds 1.1"),
        (lambda: info.self_information(-0.1), "p holds −0.1"),
        (lambda: info.conditional_entropy([[1.0]], given="z"), "given='z'"),
        (lambda: info.gaussian_entropy([1.0]), "square"),
        (lambda: info.gaussian_entropy([[1, 0.5], [0.4, 1]]), "not symmetric"),
        (lambda: info.gaussian_entropy([[1, 1], [1, 1]]), "positive definite"),
        (lambda: info.gaussian_entropy([[0.1, 0.3], [0.3, 0.9]]), "positive definite"),
        (lambda: info.gaussian_entropy([[-1.0]]), "variance −1"),
        (lambda: info.gaussian_entropy([[np.nan]]), "not a finite number"),
        (lambda: info.gaussian_mutual_information(np.eye(3), 3), "split=3"),
        (lambda: info.gaussian_mutual_information([[1.0]], 1), "one coordinate"),
        (lambda: info.gaussian_mutual_information(np.eye(3), 1.0), "split=1.0"),
        (lambda: info.gaussian_conditional_entropy(np.eye(2), 1, given="z"), "given='z'"),
        (lambda: info.gaussian_kl([0], np.eye(2), [0, 0], np.eye(2)), "mean_p has the shape"),
        (lambda: info.gaussian_kl([0, 0], np.eye(2), [0, 0], np.eye(3)), "covariance_q is 3"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(call, told):
    with pytest.raises(ValueError) as caught:
        call()
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_a_sum_within_the_tolerance_is_divided_out():
    assert info.entropy([0.5, 0.5 + 5e-10]) <= np.log(2)
    assert info.js([1 + 9e-10, 0], [0, 1 + 9e-10]) <= np.log(2)


def random_covariance(d: int, seed: int) -> np.ndarray:
    factor = np.random.default_rng(seed).normal(size=(d, d + 2))
    return factor @ factor.T


@pytest.mark.parametrize("rho", [0.0, 0.5, -0.8, 0.999])
def test_gaussian_mi_of_two_coordinates_is_the_closed_form(rho):
    truth = -0.5 * np.log1p(-rho * rho)
    scaled = np.array([[1e8, rho], [rho, 1e-8]])  # standard deviations 1e4 and 1e-4: MI does not see units
    for covariance in ([[1, rho], [rho, 1]], scaled):
        # 1 − ρ² = 0.002 keeps 500 times less of the rounding's 1e-16: still within 1e-12
        assert info.gaussian_mutual_information(covariance, 1) == pytest.approx(truth, abs=ROUNDING)


def test_gaussian_mi_adds_over_independent_parts():
    one, two = random_covariance(3, 0), random_covariance(4, 1)
    whole = np.zeros((7, 7))
    x1, y1, x2, y2 = [0], [3, 4], [1, 2], [5, 6]
    whole[np.ix_(x1 + y1, x1 + y1)] = one
    whole[np.ix_(x2 + y2, x2 + y2)] = two
    parts = info.gaussian_mutual_information(one, 1), info.gaussian_mutual_information(two, 2)
    assert min(parts) > 0.01
    assert info.gaussian_mutual_information(whole, 3) == pytest.approx(sum(parts), abs=ROUNDING)


def test_gaussian_mi_is_zero_for_independent_blocks():
    whole = np.zeros((5, 5))
    whole[:2, :2], whole[2:, 2:] = random_covariance(2, 0), random_covariance(3, 1)
    assert info.gaussian_mutual_information(whole, 2) == pytest.approx(0, abs=ROUNDING)


def test_gaussian_quantities_obey_the_identities_of_tables():
    for seed in range(50):
        d = 2 + seed % 5
        split, sigma = 1 + seed % (d - 1), random_covariance(d, seed)
        product = sigma.copy()
        product[:split, split:] = product[split:, :split] = 0
        x, y = info.gaussian_entropy(sigma[:split, :split]), info.gaussian_entropy(sigma[split:, split:])
        readings = [
            info.gaussian_kl(np.zeros(d), sigma, np.zeros(d), product),
            x - info.gaussian_conditional_entropy(sigma, split),
            y - info.gaussian_conditional_entropy(sigma, split, given="x"),
            x + y - info.gaussian_entropy(sigma),
        ]
        # 1e-10: the condition numbers of these matrices, up to some 1e4, stand before the rounding
        np.testing.assert_allclose(readings, info.gaussian_mutual_information(sigma, split), rtol=0, atol=1e-10)


def test_gaussian_entropy_agrees_with_scipy_and_may_be_negative():
    for d in (1, 2, 5):
        sigma = random_covariance(d, d)
        assert info.gaussian_entropy(sigma) == pytest.approx(stats.multivariate_normal(cov=sigma).entropy(), abs=1e-10)
    assert info.gaussian_entropy([[1e-4]]) < 0


def test_gaussian_kl_is_the_mean_log_ratio_of_the_densities():
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)  # exact for polynomials up to degree 15; the log-ratio has 2
    for mean_p, var_p, mean_q, var_q in [(0, 1, 1, 1), (2, 0.3, -1, 4), (0, 9, 0, 0.5)]:
        at = mean_p + np.sqrt(var_p) * nodes
        ratio = stats.norm(mean_p, var_p**0.5).logpdf(at) - stats.norm(mean_q, var_q**0.5).logpdf(at)
        mean = (weights * ratio).sum() / weights.sum()
        assert info.gaussian_kl([mean_p], [[var_p]], [mean_q], [[var_q]]) == pytest.approx(mean, rel=ROUNDING)


def test_gaussian_kl_is_zero_only_at_the_same_gaussian_and_not_symmetric():
    sigma = random_covariance(3, 0)
    assert info.gaussian_kl(np.ones(3), sigma, np.ones(3), sigma) == pytest.approx(0, abs=ROUNDING)
    forward = info.gaussian_kl(np.zeros(3), sigma, np.ones(3), np.eye(3))
    assert forward > 0.1 and abs(forward - info.gaussian_kl(np.ones(3), np.eye(3), np.zeros(3), sigma)) > 0.1
