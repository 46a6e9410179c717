"""Figures that were found wrong in use, each in green once: what is said of them now, and that sound data stay green."""

from __future__ import annotations

import numpy as np
import pytest

from core import estimate_mi, read_table
from core.analysis.matrix import Pairs
from core.distributions import make
from core.estimators._critic.folds import split
from core.evaluation import trust
from core.evaluation.trust.serial import effective_rows
from tests.core.test_trust import _reasons

N = 2_000
CLOSED = ("ksg", "histogram", "gaussian")
SHORT = {"iterations": 40, "folds": 2, "hidden": 8, "device": "cpu"}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _autoregressive(rng, n, phi):
    noise, out = rng.normal(size=n), np.zeros(n)
    for i in range(1, n):
        out[i] = phi * out[i - 1] + noise[i]
    return out


def _series(name, rng):
    if name == "walks":
        return np.cumsum(rng.normal(size=(2, N)), axis=1)
    return _autoregressive(rng, N, 0.99), _autoregressive(rng, N, 0.99)


@pytest.mark.parametrize("name", ["walks", "autoregressive"])
@pytest.mark.parametrize("method", [*CLOSED, "mine"])
def test_two_series_that_never_met_are_not_called_dependent(name, method, rng):
    """Two random walks gave KSG .94 (.85, 1.1) in green."""
    found = estimate_mi(*_series(name, rng), method, **(SHORT if method == "mine" else {}))
    assert found.trust.level == "red" and "as in time series: 2,000 rows count as about" in _reasons(found.trust)
    assert found.interval[0] <= 0.0, "the interval is one of a few independent rows"


def test_the_effective_rows_of_autoregressive_series_are_those_of_bartlett(rng):
    """n (1 − φ²) / (1 + φ²) for two series with coefficient φ."""
    for phi in (0.7, 0.9):
        known = [effective_rows(*(_autoregressive(rng, 10_000, phi)[:, None] for _ in "xy")) for _ in range(8)]
        assert np.mean(known) == pytest.approx(10_000 * (1 - phi**2) / (1 + phi**2), rel=0.1)


def test_independent_rows_and_one_series_alone_count_in_full(rng):
    for n in (60, 100, 300, 1_000, 30_000):
        for _ in range(20):
            x, y = rng.normal(size=(2, n, 3))
            assert effective_rows(x, y) == n
    assert effective_rows(_autoregressive(rng, N, 0.99)[:, None], rng.normal(size=(N, 1))) == N


def test_rows_sorted_by_group_or_by_a_column_are_no_series(rng):
    groups = np.repeat(np.arange(3.0), 100)
    x, y = (groups + 0.3 * rng.normal(size=300) for _ in "xy")
    assert effective_rows(x[:, None], y[:, None]) == 300
    x = np.sort(rng.normal(size=N))
    assert effective_rows(x[:, None], 0.8 * x[:, None] + 0.6 * rng.normal(size=(N, 1))) == N
    pairs = Pairs(read_table("assets/tables/penguins.csv"))
    columns = [pairs._numbers(name)[:, None] for name in pairs.columns]
    for i, a in enumerate(columns):
        for b in columns[:i]:
            whole = np.isfinite(a + b)[:, 0]
            assert trust.serial(a[whole], b[whole]) is None


def test_folds_of_a_series_are_neighbouring_rows(rng):
    parts = split(1_000, 5, rng, in_series=True)
    for train, validation, test in zip(*parts, strict=True):
        assert np.ptp(test) == len(test) - 1, "a fold is one stretch"
        assert not set(test) & (set(train) | set(validation))
        assert set(train) | set(validation) | set(test) == set(range(1_000))
        apart = np.sort(validation)
        assert (np.diff(apart) != 1).sum() <= 2, "validation too, but for the fold's place in between"


def test_a_critic_that_has_not_seen_the_moment_finds_nothing_in_two_walks(rng):
    """Folds of random rows gave .42: a critic knew both walks from the moments around the one it was asked about."""
    x, y = _series("walks", rng)
    assert estimate_mi(x, y, "mine", **SHORT).mi < 0.1


def test_rows_six_times_over_are_named(rng):
    x, y = (np.tile(side, 6) for side in rng.normal(size=(2, 500)))
    for method in CLOSED:
        found = estimate_mi(x, y, method)
        assert found.trust.level == "red" and found.trust.reasons[0].startswith("83% of the rows are copies")


@pytest.mark.parametrize("scale", [1e155, 1e-155, 1e-300])
@pytest.mark.parametrize("method", CLOSED)
def test_numbers_of_any_size_have_the_same_mi(method, scale):
    x, y = make("gaussian", rho=0.8).sample(N, seed=0)
    for margins in () if method == "histogram" else ("standardise", "raw"):
        unit = estimate_mi(x, y, method, margins=margins).mi
        assert estimate_mi(x * scale, y * scale, method, margins=margins).mi == pytest.approx(unit, abs=1e-3)
    assert estimate_mi(x * scale, y, method).mi == pytest.approx(estimate_mi(x, y, method).mi, abs=1e-9)


@pytest.mark.parametrize("method", CLOSED)
def test_affine_maps_change_nothing(method):
    x, y = make("gaussian", rho=0.8).sample(N, seed=0)
    assert estimate_mi(3 * x + 7, 1 - 2 * y, method).mi == pytest.approx(estimate_mi(x, y, method).mi, abs=0.005)


@pytest.mark.parametrize("kind", [object, np.int64])
def test_whole_numbers_that_double_precision_makes_equal_are_refused(kind, rng):
    """They gave "x never changes, so the MI is 0"."""
    far = np.array([2**60 + i for i in range(100)], dtype=kind)
    with pytest.raises(ValueError, match=f"x holds whole numbers beyond 2\\^53.*subtract {2**60} from x first"):
        estimate_mi(far, rng.normal(size=100), "ksg")
    estimate_mi((far - 2**60) * 2**20 + 2**60, rng.normal(size=100), "ksg")  # far, and all different


@pytest.mark.parametrize(("centre", "spread"), [(2.0**55, 1.0), (1e9, 1e-7), (0.1, 1e-17)])
@pytest.mark.parametrize("method", CLOSED)
def test_a_constant_up_to_rounding_is_told(method, centre, spread, rng):
    """A column near 10⁹ whose values differ by rounding alone: scikit-learn's estimator gives .21 nats there."""
    found = estimate_mi(centre + spread * rng.normal(size=N), rng.normal(size=N), method)
    assert found.trust.level == "red" and "only in the last digits" in _reasons(found.trust)
    assert abs(found.mi) < 0.05
    fine = estimate_mi(1e9 + rng.normal(size=N), rng.normal(size=N), method)
    assert "last digits" not in _reasons(fine.trust)


def test_numbers_taken_for_names_are_told(rng):
    """They gave 0 (0, 0) in green."""
    x, y = make("gaussian", rho=0.8).sample(N, seed=0)
    for side in ("x", "y"):
        found = estimate_mi(x, y, "ksg", categories=side)
        assert found.trust.level == "red" and "100% of the rows are alone with theirs" in _reasons(found.trust)
    codes = rng.integers(0, 5, N)
    assert "alone" not in _reasons(estimate_mi(codes, y, "ksg", categories="x").trust)


_RELATIONS = {
    "sum": lambda x: x.sum(axis=1),
    "product": lambda x: x.prod(axis=1),
    "length": lambda x: np.hypot(*x.T),
    "turn": lambda x: np.column_stack([x[:, 0] * np.cos(x[:, 1]), x[:, 0] + np.sin(2 * x[:, 1])]),
}


@pytest.mark.parametrize("name", _RELATIONS)
def test_what_several_columns_determine_together_has_infinite_mi(name, rng):
    """x₁ + x₂ gave KSG 2.84 and MINE 3.18 in green."""
    x = rng.normal(size=(N, 2))
    y = _RELATIONS[name](x)
    for pair in ((x, y), (y, x)):
        found = estimate_mi(*pair, "ksg").trust
        assert found.level == "red" and "the MI is infinite" in _reasons(found)
    spread = 0.1 * y.std(axis=0)
    assert "infinite" not in _reasons(estimate_mi(x, y + spread * rng.normal(size=y.shape), "ksg").trust)


def test_a_sum_without_noise_is_found_among_many_columns(rng):
    x, noise = rng.normal(size=(N, 25)), rng.normal(size=(N, 1))
    assert trust.deterministic(x, x.sum(axis=1, keepdims=True)).severity == "red"
    hidden = np.column_stack([x[:, :1] + noise, x[:, 1:2] - noise])
    assert "A sum of columns of x is a sum of columns of y" in trust.deterministic(x, hidden).sentence
    assert trust.deterministic(x, 0.999 * x + 0.0447 * rng.normal(size=x.shape)) is None
    far = rng.standard_cauchy(size=(N, 3))  # a few rows far out make any correlation nearly 1
    assert trust.deterministic(far, far.sum(axis=1, keepdims=True) + noise) is None


@pytest.mark.parametrize("method", ["histogram", "gaussian", "mine"])
def test_fast_waves_that_a_method_cannot_see_are_told(method, rng):
    """y = sin 40x gave about 0 in green."""
    x = rng.uniform(-1, 1, N)
    y = np.sin(40 * x) + (0.1 * rng.normal(size=N) if method != "histogram" else 0)
    found = estimate_mi(x, y, method, **(SHORT if method == "mine" else {}))
    assert found.trust.level == "red" and "misses a part of the dependence" in _reasons(found.trust)


@pytest.mark.parametrize("method", ["histogram", "gaussian"])
@pytest.mark.parametrize("rho", [0.0, 0.5, 0.95])
def test_nearest_neighbours_do_not_contradict_what_is_right(method, rho):
    for seed in range(3):
        x, y = make("gaussian", rho=rho).sample(N, seed=seed)
        assert "KSG" not in _reasons(estimate_mi(x, y, method).trust)


def test_two_equal_binary_columns_have_their_entropy():
    """KSG gave −.21 for 50 rows, and .47 later on."""
    for n in (50, 200):
        x = np.arange(n) % 2
        assert estimate_mi(x, x, "ksg").mi == pytest.approx(np.log(2), abs=0.02)


@pytest.mark.parametrize("method", ["ksg", "histogram"])
def test_the_mi_of_names_is_at_most_their_entropy_and_that_with_themselves_just_it(method, rng):
    x, y = rng.integers(0, 5, N), rng.integers(0, 3, N)
    own = estimate_mi(x, x, method).mi
    counts = np.bincount(x) / N
    assert own == pytest.approx(-(counts * np.log(counts)).sum(), abs=0.005)
    assert estimate_mi(x, (x + y) % 5, method).mi <= own
    assert estimate_mi(x, np.column_stack([x, y]), method).mi <= own + 0.005


def test_more_than_the_entropy_of_a_side_is_told(rng):
    x = rng.integers(0, 5, N)
    found = estimate_mi(x, x, "gaussian").trust
    assert found.level == "red" and "more than the entropy of x, 1.61 nats" in _reasons(found)
    assert trust.beyond_entropy(x[:, None], x[:, None], np.log(5)) is None


@pytest.mark.parametrize("steps", [10, 30])
def test_a_critic_that_still_learns_is_not_green(steps):
    x, y = make("gaussian", rho=0.8).sample(N, seed=0)
    assert estimate_mi(x, y, "mine", iterations=steps, device="cpu").trust.level != "green"
