"""Conditional MI, total correlation, interaction information and transfer entropy, held against closed forms and a second
implementation."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov
from scipy.special import digamma

import core
from core.information import quantities

N = 5_000
DIRECT = ("gaussian", "ksg")
FACTOR = np.array([[1.0, 0.0, 0.0], [0.7, 0.7, 0.0], [0.4, -0.5, 0.8]])


def entropy(covariance: np.ndarray, *columns: int) -> float:
    """Of Gaussian columns, without the constants that cancel."""
    return 0.5 * float(np.linalg.slogdet(covariance[np.ix_(columns, columns)])[1])


def truths(covariance: np.ndarray) -> tuple[float, float, float]:
    """I(0; 1 | 2), I(0; 1 | 2) − I(0; 1), total correlation."""
    h = lambda *columns: entropy(covariance, *columns)  # noqa: E731
    given = h(0, 2) + h(1, 2) - h(2) - h(0, 1, 2)
    return given, given - (h(0) + h(1) - h(0, 1)), h(0) + h(1) + h(2) - h(0, 1, 2)


def gaussians(seed: int, n: int = N) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3)) @ FACTOR.T


@pytest.mark.parametrize("method", DIRECT)
@pytest.mark.parametrize("asked", range(3), ids=["conditional", "interaction", "total"])
def test_gaussian_closed_forms_are_met(method, asked):
    ask = (core.conditional_mi, core.interaction_information, core.total_correlation)[asked]
    truth = truths(FACTOR @ FACTOR.T)[asked]
    estimates = [ask(*gaussians(seed).T, method=method) for seed in range(4)]
    # One set of rows has a sampling error of .01 (two standard errors: .02), which no method can take back.
    assert np.mean([estimate.mi for estimate in estimates]) == pytest.approx(truth, abs=0.03)
    for estimate in estimates:
        assert estimate.mi == pytest.approx(truth, abs=0.05)
        assert estimate.trust.level == "green" and estimate.method == method and estimate.seconds > 0


@pytest.mark.parametrize("method", DIRECT)
def test_a_chain_leaves_nothing_given_its_middle(method):
    rng = np.random.default_rng(0)
    x = rng.normal(size=N)
    y = x + rng.normal(size=N)
    z = y + rng.normal(size=N)
    assert core.estimate_mi(x, z, "ksg").mi > 0.15
    assert abs(core.conditional_mi(x, z, y, method=method).mi) < 0.02
    assert core.interaction_information(x, z, y, method=method).mi < -0.15


def brute_force(x, y, z, k: int) -> float:
    """Frenzel and Pompe by all distances, as their paper writes it."""
    distance = lambda side: np.abs(side[:, None] - side[None]).max(-1)  # noqa: E731
    dx, dy, dz = (distance(side.reshape(len(side), -1)) for side in (x, y, z))
    own = np.eye(len(x), dtype=bool)
    radius = np.sort(np.where(own, np.inf, np.maximum(np.maximum(dx, dy), dz)), axis=1)[:, k - 1 : k]
    nearer = lambda d: ((d < radius) & ~own).sum(1)  # noqa: E731
    terms = digamma(nearer(np.maximum(dx, dz)) + 1) + digamma(nearer(np.maximum(dy, dz)) + 1)
    return float(digamma(k) - (terms - digamma(nearer(dz) + 1)).mean())


@pytest.mark.parametrize("k", [1, 4])
def test_nearest_neighbours_agree_with_all_distances(k):
    rng = np.random.default_rng(k)
    x, y, z = rng.normal(size=(300, 2)), rng.normal(size=300), rng.normal(size=(300, 2))
    y = y + x[:, 0] * z[:, 1]
    estimate = core.conditional_mi(x, y, z, k=k, margins="raw")
    assert estimate.mi == pytest.approx(brute_force(x, y, z, k), abs=1e-12)


@pytest.mark.parametrize("method", DIRECT)
def test_of_two_sides_it_is_their_mi(method):
    x, y, _ = gaussians(0, 1_000).T
    mi = core.estimate_mi(x, y, method).mi
    assert core.total_correlation(x, y, method=method).mi == pytest.approx(mi, abs=1e-9)
    assert core.conditional_mi(x, y, np.ones(1_000), method=method).mi == pytest.approx(mi, abs=1e-9)
    assert core.interaction_information(x, y, np.ones(1_000), method=method).mi == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("method", DIRECT)
def test_the_order_of_the_three_does_not_matter(method):
    columns = gaussians(1, 500).T
    for ask in (core.interaction_information, core.total_correlation):
        found = [ask(*order, method=method).mi for order in permutations(columns)]
        np.testing.assert_allclose(found, found[0], atol=1e-9)


def test_the_bias_of_few_rows_is_taken_off_exactly():
    rng = np.random.default_rng(0)
    raw, corrected = (
        [
            core.conditional_mi(x, y, z, "gaussian", margins="standardise", correction=correction).mi
            for x, y, z in (np.split(rows, [3, 6], axis=1) for rows in rng.normal(size=(200, 40, 9)))
        ]
        for correction in ("none", "exact")
    )
    assert np.mean(raw) > 0.12  # 3 · 3 / 2n
    assert abs(np.mean(corrected)) < 3.5 * np.std(corrected) / np.sqrt(200)  # standard errors of 200 repetitions


@pytest.mark.parametrize(("method", "low"), [("gaussian", 0.90), ("ksg", 0.88)])
def test_the_interval_covers_the_truth(method, low):
    truth = truths(FACTOR @ FACTOR.T)[0]
    intervals = [core.conditional_mi(*gaussians(100 + i, 800).T, method=method).interval for i in range(60)]
    assert np.mean([a < truth < b for a, b in intervals]) >= low


def test_exclusive_or_is_known_from_two_only():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 2, (2, 2_000))
    z = x ^ y
    assert core.conditional_mi(x, y, z).mi == pytest.approx(np.log(2), abs=0.01)
    assert core.interaction_information(x, y, z).mi == pytest.approx(np.log(2), abs=0.01)
    assert core.total_correlation(x, y, z).mi == pytest.approx(np.log(2), abs=0.01)
    linear = core.conditional_mi(x, y, z, "gaussian")
    assert linear.mi < 0.1 and linear.trust.level == "red" and "misses a part" in " ".join(linear.trust.reasons)


def test_what_neighbours_are_too_far_away_for_is_not_green():
    rng = np.random.default_rng(1)
    x, z, e = rng.normal(size=(3, 2_000))
    y = x + z + 0.03 * e
    truth, short = 0.5 * np.log(1 + 1 / 0.03**2), core.conditional_mi(x, y, z)
    assert short.interval[1] < truth
    assert short.trust.level != "green" and "misses a part" in " ".join(short.trust.reasons)
    assert "one of the two misses" in " ".join(core.interaction_information(x, y, z).trust.reasons)


def test_what_ranks_blur_is_not_green():
    for seed, noise in ((1, 0.03), (2, 0.1)):
        x, z, e = np.random.default_rng(seed).normal(size=(3, 2_000))
        y, truth = x + z + noise * e, 0.5 * np.log(1 + 1 / noise**2)
        short = core.conditional_mi(x, y, z, "gaussian")
        assert short.interval[1] < truth
        assert short.trust.level == "amber" and "ranks of 2,000 rows blur" in " ".join(short.trust.reasons)
        kept = core.conditional_mi(x, y, z, "gaussian", margins="standardise")
        assert kept.mi == pytest.approx(truth, abs=0.06) and kept.trust.level == "green"


@pytest.mark.parametrize("method", ["t_copula", "histogram"])
def test_any_other_method_goes_by_the_chain_rule(method):
    x, y, z = gaussians(0, 2_000).T
    estimate = core.conditional_mi(x, y, z, method, seed=3)
    together = core.estimate_mi(x, np.column_stack([y, z]), method, seed=3)
    alone = core.estimate_mi(x, z, method, seed=3)
    assert estimate.mi == pytest.approx(together.mi - alone.mi, abs=1e-12)
    assert estimate.interval[1] - estimate.interval[0] > together.interval[1] - together.interval[0]
    assert set(together.trust.reasons) <= set(estimate.trust.reasons)
    if method == "t_copula":
        given, interaction, total = truths(FACTOR @ FACTOR.T)
        assert estimate.mi == pytest.approx(given, abs=0.05)
        assert core.interaction_information(x, y, z, method).mi == pytest.approx(interaction, abs=0.05)
        assert core.total_correlation(x, y, z, method=method).mi == pytest.approx(total, abs=0.05)


A, C, B = 0.5, 0.6, 0.7  # y_t = A y_{t−1} + C x_{t−1} + e, x_t = B x_{t−1} + u


def coupled(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    noise = np.random.default_rng(seed).normal(size=(n + 200, 2))
    x, y = np.zeros((2, n + 200))
    for t in range(1, n + 200):
        x[t] = B * x[t - 1] + noise[t, 0]
        y[t] = A * y[t - 1] + C * x[t - 1] + noise[t, 1]
    return x[200:], y[200:]


def transfer() -> float:
    """½ ln var(y_t | y_{t−1}) / var(y_t | y_{t−1}, x_{t−1}), of the stationary process."""
    covariance = solve_discrete_lyapunov(np.array([[B, 0.0], [C, A]]), np.eye(2))
    left = covariance[0, 0] - covariance[0, 1] ** 2 / covariance[1, 1]  # var(x_t | y_t)
    return 0.5 * float(np.log(1.0 + C**2 * left))


@pytest.mark.parametrize("method", DIRECT)
def test_transfer_entropy_tells_the_direction(method):
    x, y = coupled(N, 0)
    there, back = core.transfer_entropy(x, y, method=method), core.transfer_entropy(y, x, method=method)
    assert there.mi == pytest.approx(transfer(), abs=0.03)
    assert abs(back.mi) < 0.02 and there.trust.level == "green"


@pytest.mark.parametrize("method", DIRECT)
def test_the_interval_of_a_transfer_entropy_covers_it(method):
    intervals = [core.transfer_entropy(*coupled(1_000, seed), method=method).interval for seed in range(30)]
    assert sum(low < transfer() < high for low, high in intervals) >= 27


def test_lag_and_history_are_what_they_say():
    rng = np.random.default_rng(0)
    x = rng.normal(size=2_000)
    y = np.roll(x, 3) + rng.normal(size=2_000)
    found = [core.transfer_entropy(x, y, lag, 2, "gaussian").mi for lag in (1, 2, 3, 4)]
    assert found[2] == pytest.approx(0.5 * np.log(2), abs=0.05) and max(np.abs(np.delete(found, 2))) < 0.02
    # The target's own past two rows back says what the source says, once it is told.
    z = np.roll(x, 2) + 0.1 * rng.normal(size=2_000)
    z = np.roll(z, 2) + z
    short, long = (core.transfer_entropy(np.roll(x, 2), z, 2, history, "gaussian").mi for history in (1, 2))
    assert long < short


def test_series_that_never_met_transfer_nothing():
    rng = np.random.default_rng(0)
    a, b = (np.cumsum(rng.normal(size=2_000)) for _ in range(2))
    assert core.estimate_mi(a, b, "gaussian").mi > 0.05  # what drifts looks dependent
    assert abs(core.transfer_entropy(a, b, method="gaussian").mi) < 0.02
    assert abs(core.transfer_entropy(np.diff(a), np.diff(b)).mi) < 0.02


def test_rows_in_series_widen_the_interval_and_are_named():
    rng = np.random.default_rng(0)
    a, b, c = (np.cumsum(rng.normal(size=2_000)) for _ in range(3))
    estimate = core.conditional_mi(a, b, c)
    assert estimate.trust.level == "red" and "as in time series" in " ".join(estimate.trust.reasons)
    assert estimate.interval[0] == 0.0 < estimate.interval[1], "a conditional MI is never below 0"


def test_copies_and_functions_are_named():
    x, y, z = gaussians(0, 500).T
    copied = core.total_correlation(x, y, y**3)
    assert copied.trust.level == "red" and "Column 'X2' and column 'X3' determine" in " ".join(copied.trust.reasons)
    assert np.isfinite(core.conditional_mi(x, y, y, "gaussian").mi)
    assert core.conditional_mi(np.ones(500), y, z).mi == 0.0


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda x: core.conditional_mi(x, x, x[:5]), "x has 100 rows and z has 5"),
        (lambda x: core.conditional_mi(x, x, None), "z is None"),
        (lambda x: core.conditional_mi(x, np.where(x > 0, np.nan, x), x), "y has .* values that are missing"),
        (lambda x: core.conditional_mi(x, x, x, "ksgg"), "did you mean ksg"),
        (lambda x: core.conditional_mi(x, x, x, neighbours=3), "KSG has no parameter neighbours"),
        (lambda x: core.conditional_mi(x, x, x, categories="x"), "categories has no meaning"),
        (lambda x: core.conditional_mi(x, x, x, random_state=3), "write it as seed"),
        (lambda x: core.conditional_mi(x, x, x, seed=-1), "seed=-1"),
        (lambda x: core.conditional_mi(x[:4], x[1:5], x[2:6], "gaussian"), "4 rows are too few for 3 columns"),
        (lambda x: core.conditional_mi([1], [1], [1]), "x has 1 row"),
        (lambda x: core.total_correlation(x), "needs at least 2 columns"),
        (lambda x: core.total_correlation(x, x[:7]), "X1 has 100 rows and X2 has 7"),
        (lambda x: core.total_correlation(x, "abc"), "X2 is 'abc'"),
        (lambda x: core.transfer_entropy(x, x[:7]), "source has 100 rows and target has 7"),
        (lambda x: core.transfer_entropy(x, x, lag=0), r"lag=0 is outside"),
        (lambda x: core.transfer_entropy(x, x, history=1.5), "history=1.5 is not a whole number"),
        (lambda x: core.transfer_entropy(x, x, lag=99), "lag=99 and history=1 need at least 101"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(call, told):
    with pytest.raises(ValueError, match=told) as caught:
        call(np.random.default_rng(0).normal(size=100))
    assert "\n" not in str(caught.value)


def test_a_table_of_entropies_belongs_to_a_quantity_that_cancels_its_volumes():
    for quantity in (quantities.CONDITIONAL, quantities.INTERACTION, quantities.total(4)):
        for side in range(4):
            assert sum(c for subset, c in quantity.entropies.items() if side in subset) == 0
        largest = max(quantity.entropies, key=len)
        assert quantity.entropies[largest] == -1
