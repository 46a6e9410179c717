"""Histogram, KSG and Gaussian against known truths, each other, and data that break such estimators."""

from __future__ import annotations

import time
from importlib import import_module

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from core import estimate_mi, neighbours, pairwise, trees
from core.distributions import from_dict, make
from core.estimators import KSG, Gaussian, Histogram
from core.method import Source

ALL = [KSG, Gaussian, Histogram]
ksg_module = import_module("core.estimators.ksg")


def gaussian(n, seed=0, rho=0.8):
    return make("gaussian", rho=rho).sample(n, seed)


@pytest.mark.parametrize("cls", ALL)
def test_a_correlation_of_eight_tenths_is_half_a_nat(cls):
    # The sample itself moves the MI of n rows by ρ/√n = .008; KSG adds about as much: .03 is under three of both.
    for seed in range(5):
        assert cls().fit(*gaussian(10_000, seed)).mi_ == pytest.approx(0.5108, abs=0.03), seed


def test_ksg_is_done_in_well_under_a_second():
    x, y = gaussian(10_000)
    KSG().fit(x, y)
    began = time.perf_counter()
    KSG().fit(x, y)
    assert time.perf_counter() - began < 1.0  # .04 s where nothing else runs


@pytest.mark.parametrize("cls", ALL)
def test_independent_rows_show_nothing_on_average(cls):
    values = np.array([cls().fit(*make("independent").sample(1_000, seed)).mi_ for seed in range(20)])
    # The histogram's corrected bias at 1,000 rows is .005; the others' is 0. Three standard errors beside it.
    assert abs(values.mean()) < 0.006 + 3.0 * values.std() / np.sqrt(20)


@pytest.mark.parametrize("cls", [KSG, Gaussian])
def test_estimates_are_not_clipped_at_zero(cls):
    assert min(cls().fit(*make("independent").sample(200, seed)).mi_ for seed in range(10)) < 0.0


@pytest.mark.parametrize("cls", ALL)
def test_the_interval_holds_the_truth_as_often_as_it_says(cls):
    inside = 0
    for seed in range(40):
        low, high = cls().fit(*gaussian(1_000, seed)).interval_
        inside += low <= 0.5108 <= high
    assert inside >= 34  # of 40 at 95 %, 33 or fewer happen once in 7,000 times


def test_uncorrected_histograms_invent_information():
    """1,000 independent rows in 100 × 100 equal bins: mean over seeds 1.46 nats (methods of this project)."""
    x, y = make("independent").sample(1_000, 0)
    wrong = Histogram(bins=100, binning="width", correction="none").fit(x, y)
    assert wrong.mi_ == pytest.approx(1.46, abs=0.1)
    assert wrong.trust_.level == "red" and "cells" in wrong.trust_.reasons[0]


def test_a_million_rows_in_a_hundred_bins_is_the_published_figure():
    """Equal width, no correction, ρ = .5: mean .1463, standard deviation .0005 over samples; four of them."""
    x, y = gaussian(1_000_000, rho=0.5)
    found = Histogram(bins=100, binning="width", correction="none").estimate(x, y)
    assert found.mi == pytest.approx(0.1463, abs=0.002)


def test_the_histogram_of_categories_is_the_table():
    joint = make("discrete", table=((3, 1, 0), (1, 2, 3)))
    x, y = joint.sample(20_000, 0)
    counts = np.histogram2d(x[:, 0], y[:, 0], [2, 3])[0]
    empirical = make("discrete", table=tuple(map(tuple, counts))).true_mi
    assert Histogram(correction="none").fit(x, y).mi_ == pytest.approx(empirical, abs=1e-12)


def test_ksg_is_that_of_scikit_learn():
    """Same formula, another implementation: on columns of spread 1, without its noise of 1e-10 and its clipping at 0."""
    x, y = gaussian(500)
    ours = KSG(k=3, margins="standardise").fit(x, y).mi_
    assert ours == pytest.approx(mutual_info_regression(x, y[:, 0], n_neighbors=3, random_state=0)[0], abs=1e-6)


def test_neighbour_sums_are_those_counted_one_by_one():
    x, y = np.random.default_rng(1).normal(size=(2, 60, 2))
    k, far = 4, lambda side: np.abs(side[:, None] - side).max(axis=2)
    joint = np.maximum(far(x), far(y))
    np.fill_diagonal(joint, np.inf)
    radius = np.sort(joint, axis=1)[:, k - 1]
    assert np.array_equal(trees.Within(x)(np.arange(60), radius * (1 - 1e-9)), (far(x) < radius[:, None]).sum(axis=1))
    first, second = (neighbours.ksg(x, y, k, algorithm)[0].mean() for algorithm in "12")
    near = np.argsort(joint, axis=1)[:, :k]
    reach = [np.take_along_axis(far(side), near, 1).max(axis=1) for side in (x, y)]
    from scipy.special import digamma as psi

    strict = [(far(side) < radius[:, None]).sum(axis=1) for side in (x, y)]
    closed = [(far(side) <= r[:, None] * (1 + 1e-12)).sum(axis=1) - 1 for side, r in zip((x, y), reach, strict=True)]
    assert first == pytest.approx(psi(k) + psi(60) - np.mean(psi(strict[0]) + psi(strict[1])), abs=1e-12)
    assert second == pytest.approx(psi(k) - 1 / k + psi(60) - np.mean(psi(closed[0]) + psi(closed[1])), abs=1e-12)


@pytest.mark.parametrize("algorithm", ["1", "2"])
@pytest.mark.parametrize("step", [0.0, 1.0])
def test_all_pairs_give_what_trees_give(algorithm, step, monkeypatch):
    """Beyond ten columns the distances of all pairs, a block at a time, take the trees' place; also where values tie."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(700, 6))
    y = 0.6 * x + 0.8 * rng.normal(size=(700, 6))
    x, y = (np.round(side / step) * step if step else side for side in (x, y))
    monkeypatch.setattr(pairwise, "PAIRS", 50_000)  # ten blocks
    pairs = neighbours.ksg(x, y, 5, algorithm)
    monkeypatch.setattr(neighbours, "_TREES", 12)
    trees = neighbours.ksg(x, y, 5, algorithm)
    assert np.allclose(pairs[0], trees[0], atol=1e-9) and pairs[1] == trees[1] and (pairs[1] > 0) == (step > 0)


def test_ksg_of_many_columns_shows_how_far_it_is():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3_000, 25))
    method = KSG()
    steps = [step.index for step in method.steps(Source(x, x + rng.normal(size=x.shape)))]
    assert len(steps) == method.total >= 4


def test_both_of_kraskovs_forms_agree():
    x, y = gaussian(5_000)
    assert KSG(algorithm="2").fit(x, y).mi_ == pytest.approx(KSG(algorithm="1").fit(x, y).mi_, abs=0.02)


def test_continuous_against_categories_is_ross():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 5_000)
    x = rng.normal(size=(5_000, 1)) + codes[:, None]
    found = KSG().fit(x, codes.astype(float))
    # Standard error of 5,000 rows .008; the truth by numerical integration is .2538.
    assert found.mi_ == pytest.approx(0.2538, abs=0.024)
    assert found.mi_ == pytest.approx(mutual_info_classif(x, codes, n_neighbors=5, random_state=0)[0], abs=0.015)


def test_names_in_any_order_are_no_distances():
    """Fifty names with shuffled means: by distances between codes 2,000 rows show .27 nats of .5516 (integrated)."""
    rng = np.random.default_rng(0)
    means, codes = rng.permutation(50) / 10, rng.integers(0, 50, 2_000)
    x = means[codes] + rng.normal(size=2_000)
    found = KSG(categories="y").fit(x[:, None], codes).mi_
    assert found == pytest.approx(0.5516, abs=0.05)
    assert KSG(categories="x").fit(codes[:, None], x).mi_ == pytest.approx(found, abs=1e-12)


def test_a_table_too_large_for_its_rows_is_red():
    codes = np.random.default_rng(0).integers(0, 50, (2, 2_000, 1))
    found = KSG(categories="both").fit(*codes)
    assert found.trust_.level == "red" and "50 × 50" in found.trust_.reasons[0]


def test_categories_on_both_sides_are_counted_and_counts_that_are_enough_are_no_doubt():
    joint = make("discrete")
    found = KSG().fit(*joint.sample(10_000, 1))
    assert found.mi_ == pytest.approx(joint.true_mi, abs=0.02)  # three standard errors of 10,000 rows
    assert found.trust_.level == "green", found.trust_


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_rounding_independent_columns_invents_nothing(decimals):
    rng = np.random.default_rng(0)
    values = [KSG().fit(*np.round(rng.normal(size=(2, 2_000, 1)), decimals)).mi_ for _ in range(8)]
    assert abs(np.mean(values)) < 0.015  # scikit-learn's form measures .24 at one decimal


@pytest.mark.parametrize("decimals", [1, 2, 3])
@pytest.mark.parametrize("cls", ALL)
def test_rounding_keeps_what_is_there_and_is_no_reason_for_doubt(cls, decimals):
    x, y = gaussian(2_000)
    found = cls().fit(np.round(x, decimals), np.round(y, decimals))
    assert found.mi_ == pytest.approx(cls().fit(x, y).mi_, abs=0.02)
    assert found.trust_.level == "green", found.trust_


def test_few_values_on_both_sides_are_told_where_spreading_them_is_felt():
    """Seven values and a twelfth of their range as noise: 1.213 nats, of which 300 rows show .08 less in the mean."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 7, (300, 1)).astype(float)
    found = KSG().fit(x, np.round(x + 0.5 * rng.normal(size=(300, 1))))
    assert found.trust_.level == "amber" and "No column has more than" in " ".join(map(str, found.trust_.reasons))
    fine = KSG().fit(x, x + 0.5 * rng.normal(size=(300, 1)))
    assert not any("No column" in reason for reason in fine.trust_.reasons), "fine values on one side are enough"


def test_spread_values_stay_in_their_own_stretch():
    column = np.random.default_rng(0).poisson(30, 500).astype(float)[:, None]
    spread, share = neighbours.spread_ties(column, 5, np.random.default_rng(1))
    assert len(np.unique(spread)) == 500 and share > 0.9
    order = np.argsort(spread[:, 0])
    assert (np.diff(column[order, 0]) >= 0).all()


def test_normal_scores_do_not_notice_margins():
    x, y = gaussian(3_000)
    for cls in ALL:
        again = cls().fit(np.exp(3 * x), y**3).mi_
        assert again == pytest.approx(cls().fit(x, y).mi_, abs=1e-9), cls


def test_the_gaussian_estimate_is_the_formula_of_its_correlation():
    x, y = gaussian(1_000)
    rho = np.corrcoef(x[:, 0], y[:, 0])[0, 1]
    found = Gaussian(margins="raw", correction="none").fit(x, y).mi_
    assert found == pytest.approx(-0.5 * np.log1p(-(rho**2)), abs=1e-12)


def test_the_gaussian_correction_takes_off_what_chance_shows():
    """10 + 10 independent columns, 200 rows: .28 nats by chance; the exact bias leaves nothing."""
    values = [
        [Gaussian(correction=c).estimate(*make("independent", dimension=10).sample(200, s)).mi for s in range(20)]
        for c in ("none", "exact")
    ]
    assert np.mean(values[0]) > 0.22
    assert abs(np.mean(values[1])) < 0.03  # one standard error of twenty runs is .008; normal scores add a little


def test_the_gaussian_says_where_it_does_not_apply():
    x = np.random.default_rng(0).normal(size=5_000)
    for y in (x**2, np.abs(x) * np.random.default_rng(1).normal(size=5_000)):
        assert any("not Gaussian" in r for r in Gaussian().fit(x[:, None], y).trust_.reasons)
    green = [Gaussian().fit(*gaussian(2_000, seed)).trust_.level for seed in range(10)]
    assert green.count("green") == 10
    names = (
        np.random.default_rng(2).integers(0, 3, size=2_000).astype(float)
    )  # of three cities, and nothing depends on them
    for a, b in ((names, x[:2_000]), (x[:2_000], names), (names, names[::-1])):
        assert not any("not Gaussian" in r for r in Gaussian().fit(a[:, None], b).trust_.reasons)


@pytest.mark.parametrize("cls", ALL)
def test_repeated_columns_do_not_change_what_is_known(cls):
    x, y = gaussian(2_000)
    bins = {"bins": 12} if cls is Histogram else {}  # by itself it takes fewer bins for three columns
    once, twice = cls(**bins).fit(x, y).mi_, cls(**bins).fit(np.hstack([x, x]), y).mi_
    assert twice == pytest.approx(once, abs=1e-9)


@pytest.mark.parametrize("cls", ALL)
def test_a_copy_is_infinite_information_and_called_so(cls):
    x, _ = gaussian(2_000)
    found = cls().fit(x, x)
    assert found.mi_ > 2.0 and found.trust_.level == "red" and any("infinite" in r for r in found.trust_.reasons)


@pytest.mark.parametrize("cls", ALL)
def test_a_constant_column_shares_nothing(cls):
    x, _ = gaussian(100)
    assert cls().fit(x, np.ones(100)).mi_ == 0.0
    assert cls().fit(np.ones((100, 1)), x).trust_.level != "green"


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize("n", range(2, 11))
def test_a_handful_of_rows_gives_a_red_figure_or_a_sentence(cls, n):
    x, y = gaussian(n)
    try:
        found = cls().fit(x, y)
    except ValueError as error:
        assert "too few" in str(error)
    else:
        low, high = found.interval_
        assert np.isfinite([found.mi_, low, high]).all() and low <= found.mi_ <= high
        assert found.trust_.level == "red"


@pytest.mark.parametrize("cls", ALL)
def test_missing_values_and_a_missing_side_are_refused_in_a_sentence(cls):
    x, y = gaussian(20)
    with pytest.raises(ValueError, match="y is missing"):
        cls().run(Source(x))
    y[3] = np.nan
    with pytest.raises(ValueError, match="y holds missing or infinite values"):
        cls().run(Source(x, y))


@pytest.mark.parametrize("cls", ALL)
def test_pictures_are_small_and_made_of_the_rows(cls):
    x, y = gaussian(3_000)
    fitted = cls().fit(x, y)
    for name in fitted.views:
        arrays = fitted.view(name)
        assert all(max(a.shape) <= 65 for a in arrays.values())
    if cls is Histogram:
        assert arrays["counts"].sum() == 3_000
        assert arrays["counts"].shape == (len(arrays["y"]) - 1, len(arrays["x"]) - 1)
    if cls is KSG:
        assert np.nanmax(arrays["values"]) > 0.5
    with pytest.raises(ValueError, match="has no picture"):
        fitted.view("nothing")


def test_ksg_in_many_columns_shows_its_progress_and_ends_as_in_one_piece(monkeypatch):
    x, y = make("multivariate_gaussian", dimension=4).sample(600, 0)
    whole = KSG().fit(x, y)
    assert len(whole.history_) == whole.total == 1
    monkeypatch.setattr(ksg_module, "_DISTANCES", 150 * 600 * 8)
    parts = KSG().fit(x, y)
    assert [step.index for step in parts.history_] == [1, 2, 3, 4] and parts.total == 4
    assert parts.mi_ == whole.mi_ == parts.history_[-1].info["mi"] and parts.interval_ == whole.interval_
    assert parts.trust_ == whole.trust_
    assert np.array_equal(parts._local, whole._local)


@pytest.mark.parametrize("algorithm", ["1", "2"])
def test_ksg_stopped_early_says_of_how_many_rows_it_speaks(algorithm, monkeypatch):
    x, y = make("multivariate_gaussian", dimension=4).sample(600, 0)
    monkeypatch.setattr(ksg_module, "_DISTANCES", 150 * 600 * 8)
    method = KSG(algorithm=algorithm)
    steps = method.steps(Source(x, y))
    first = next(steps)
    steps.close()
    method.finish()
    assert method.mi_ == first.info["mi"] and method.interval_[0] < method.mi_ < method.interval_[1]
    assert any("150 of 600 rows" in reason for reason in method.trust_.reasons)
    assert method.mi_ == pytest.approx(KSG(algorithm=algorithm).fit(x, y).mi_, abs=0.2)
    assert method.view("local") == {}


def test_a_picture_of_rows_half_done_shows_those_that_are(monkeypatch):
    x, y = gaussian(600)
    monkeypatch.setattr(ksg_module, "_BLOCK", 200)
    method = KSG()
    steps = method.steps(Source(x, y))
    next(steps)
    some = np.isfinite(method.view("local")["values"]).sum()
    list(steps)
    assert 0 < some < np.isfinite(method.view("local")["values"]).sum()


@pytest.mark.parametrize(
    ("what", "n", "rising"),
    [
        ({"name": "modular"}, 2_000, True),
        ({"name": "periodic"}, 1_000, True),
        ({"name": "modular"}, 10_000, False),
        ({"name": "gaussian", "rho": 0.95}, 1_000, False),
        ({"name": "gaussian", "rho": 0.8}, 300, False),
        ({"name": "gaussian", "rho": 0.0}, 100, False),
    ],
)
def test_neighbours_say_where_they_are_too_far_apart_to_see_all(what, n, rising):
    """Stripes and waves that are finer than the rows lie apart, of which more rows show more; not a dependence that is seen."""
    joint = from_dict(what)
    for seed in range(3):
        result = estimate_mi(*joint.sample(n, seed), "ksg")
        said = [str(reason) for reason in result.trust.reasons if "still rises" in str(reason)]
        assert bool(said) == rising and (result.trust.level != "green" or not rising)
        if not rising:
            assert abs(result.mi - joint.true_mi) < 0.15
