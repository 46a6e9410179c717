"""P-values of a matrix: independent columns of every kind, dependence that correlation misses, series, and q."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri
from scipy.stats import chi2, random_table

from core import mi_matrix, named, neighbours
from core.analysis.significance import Null, Nulls, false_discovery_rates, missed_by_correlation, of_neighbours


def _share(long: pd.DataFrame) -> float:
    return float((long.p <= 0.05).mean())


def test_of_independent_pairs_one_in_twenty_is_significant():
    rng = np.random.default_rng(0)
    long = mi_matrix(pd.DataFrame(rng.normal(size=(150, 46)))).long
    assert len(long) == 1_035
    assert _share(long) == pytest.approx(0.05, abs=0.01)
    assert ((long.mi > long.noise) == (long.p < 0.05)).all()
    assert (long.q > 0.05).all()  # no discovery among so many


@pytest.mark.parametrize(("n", "k"), [(60, 5), (400, 5), (400, 1), (150, 4)])
def test_the_tabulated_law_is_that_of_fresh_samples(n, k):
    rng, scores = np.random.default_rng([n, k]), ndtri(np.arange(1, n + 1) / (n + 1))[:, None]
    drawn = np.array([neighbours.ksg(scores, rng.permutation(scores), k)[0].mean() for _ in range(600)])
    law = of_neighbours(n, k)
    assert drawn.mean() == pytest.approx(law.mean, abs=4 * law.deviation / np.sqrt(600))
    assert drawn.std() == pytest.approx(law.deviation, rel=4 / np.sqrt(1_200))
    # Of 600, 30 ± 5.4 lie beyond the 95 % level.
    assert (drawn > law.quantile()).sum() == pytest.approx(30, abs=16)


def test_beyond_the_table_nothing_is_made_up():
    assert of_neighbours(1_000, 21) is None and of_neighbours(12, 15) is None
    few, many = of_neighbours(5_000, 5), of_neighbours(500_000, 5)
    assert many.deviation == pytest.approx(few.deviation / 10, rel=0.05)


def test_columns_of_every_kind_are_significant_one_time_in_twenty():
    rng, n = np.random.default_rng(3), 200
    kinds = {
        "smooth": lambda: rng.normal(size=n),
        "rounded": lambda: rng.normal(size=n).round(1),
        "whole": lambda: rng.integers(0, 3, n),
        "names": lambda: pd.Categorical(rng.choice(list("abcde"), n)),
    }
    frame = pd.DataFrame({f"{kind} {i}": draw() for kind, draw in kinds.items() for i in range(10)})
    frame.iloc[:20, ::3] = np.nan
    long = mi_matrix(frame).long
    assert long.p.notna().all() and (long.q > 0.05).all()
    assert 0.025 <= _share(long) <= 0.065  # of 780 pairs; tables of few cells have few p-values, and stay below
    kind = [sorted((x.split()[0], y.split()[0])) for x, y in zip(long.x, long.y, strict=True)]
    shares = long.p.le(0.05).groupby(pd.Series(map(" ".join, kind))).mean()
    assert shares.max() <= 0.13  # of 45 to 100 pairs each


def test_what_correlation_misses_is_found():
    rng, n = np.random.default_rng(0), 3_000
    x, angle = rng.uniform(-1, 1, n), rng.uniform(0, 2 * np.pi, n)
    bits = rng.integers(0, 2, (2, n))
    frame = pd.DataFrame({"x": x, "square": x**2 + 0.1 * rng.normal(size=n)})
    frame["cos"], frame["sin"] = (f(angle) + 0.05 * rng.normal(size=n) for f in (np.cos, np.sin))
    # Neither of the two tells anything of the third alone; of numbers whose signs these are, the product does.
    frame["first"], frame["second"] = (np.abs(rng.normal(size=n)) * (2 * b - 1) for b in bits)
    frame["xor"] = np.where(bits[0] ^ bits[1], frame["first"], -frame["first"]) + 0.1 * rng.normal(size=n)
    long = mi_matrix(frame).long
    rows = {frozenset((r.x, r.y)): r for r in long.itertuples()}
    for pair in (("x", "square"), ("cos", "sin"), ("first", "xor")):
        row = rows[frozenset(pair)]
        assert abs(row.pearson) < 0.05 and row.q < 1e-6 and row.distance > 0.1, pair
        assert row.pearson == pytest.approx(frame[row.x].corr(frame[row.y]), abs=1e-12)
        assert row.spearman == pytest.approx(frame[row.x].corr(frame[row.y], method="spearman"), abs=1e-12)
    assert rows[frozenset(("x", "cos"))].q > 0.05


def test_two_series_that_never_met_are_not_significant_where_shuffling_would_say_so():
    rng, n = np.random.default_rng(0), 600
    noise = rng.normal(size=(n, 12))
    series = np.zeros_like(noise)
    for i in range(1, n):
        series[i] = 0.95 * series[i - 1] + noise[i]
    long = mi_matrix(pd.DataFrame(series)).long
    shuffled = np.array([of_neighbours(n, 5).p(mi) for mi in long.mi])
    assert (shuffled <= 0.05).mean() > 0.4  # what is to be avoided
    assert _share(long) <= 0.15
    together = mi_matrix(pd.DataFrame({"a": series[:, 0], "b": series[:, 0] + 0.5 * rng.normal(size=n)})).long
    assert together.p[0] < 1e-3


def test_nineteen_of_twenty_intervals_hold_the_truth_and_none_is_wide_for_it():
    truth, n = -0.5 * np.log(1 - 0.25), 1_000
    ends = []
    for seed in range(200):
        x, noise = np.random.default_rng(seed).normal(size=(2, n))
        row = mi_matrix({"x": x, "y": 0.5 * x + np.sqrt(0.75) * noise}, n_jobs=1).long.iloc[0]
        ends.append((row.low, row.high))
    low, high = np.transpose(ends)
    assert ((low <= truth) & (truth <= high)).mean() >= 0.92
    assert np.median(high - low) <= 0.15


@pytest.mark.parametrize("method", ["gaussian", "histogram"])
def test_other_quick_estimators_have_p_values_of_their_own(method):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(300, 20)))
    frame["tied"] = rng.integers(0, 4, 300)
    frame["like 0"] = frame[0] + rng.normal(size=300)
    long = mi_matrix(frame, method=method).long
    best = long.iloc[0]
    assert {best.x, best.y} == {"0", "like 0"} and best.q < 0.01
    assert 0.02 <= _share(long.iloc[1:]) <= 0.09


def test_a_slow_estimator_has_none_and_says_so():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)))
    found = mi_matrix(frame, method="t_copula")
    assert np.isnan(found.long.p[0]) and np.isnan(found.long.q[0])
    assert any("no p-values" in notice for notice in found.notices)


def test_p_values_do_not_depend_on_which_pair_comes_first():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(120, 4)), columns=list("abcd"))
    frame["kind"] = pd.Categorical(rng.choice(list("xyz"), 120))
    one, other = (mi_matrix(frame[names]).long for names in (list(frame), list(frame)[::-1]))
    key = lambda long: {frozenset((r.x, r.y)): (r.p, r.noise) for r in long.itertuples()}  # noqa: E731
    assert key(one) == key(other)


def test_the_share_of_the_entropy_stands_where_there_is_one():
    rng, n = np.random.default_rng(0), 2_000
    sign = rng.integers(0, 2, n)
    frame = pd.DataFrame({"sign": sign, "number": sign * 5 + rng.normal(size=n) / 3, "noise": rng.normal(size=n)})
    rows = {frozenset((r.x, r.y)): r for r in mi_matrix(frame).long.itertuples()}
    assert rows[frozenset(("sign", "number"))].nmi == pytest.approx(1.0, abs=0.01)
    assert np.isnan(rows[frozenset(("number", "noise"))].nmi)


def test_counts_give_what_their_rows_give():
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 3, 90), rng.integers(0, 4, 90)
    counts = np.zeros((3, 4), dtype=int)
    np.add.at(counts, (x, y), 1)
    assert named.of_counts(counts) == pytest.approx(named.table(x[:, None], y[:, None]).mean(), abs=1e-12)


def test_shuffled_tables_follow_chi_square():
    a, b, n = np.array([300, 400, 300]), np.array([500, 500]), 1_000
    law = Null.of(named.of_counts(random_table(a, b).rvs(2_000, random_state=0)))
    # 2n I of counts is χ² with 2 degrees of freedom, shifted by the correction: so is its spread, and its tail.
    assert law.deviation == pytest.approx(np.sqrt(2 * 2) / (2 * n), rel=0.1)
    beyond = law.mean + (chi2.ppf(1 - 1e-4, 2) - 2) / (2 * n)
    assert 1e-5 < law.p(beyond) < 1e-3


def test_a_law_is_drawn_once_and_a_p_value_is_never_nought():
    laws, drawn = Nulls(), []
    for _ in range(3):
        laws.once("a", lambda: drawn.append(1) or Null(0.0, 0.01, 0.1))
    assert len(drawn) == 1
    assert 0 < Null(0.0, 0.01, 0.1).p(50.0) < 1e-100
    assert Null.of(np.zeros(50)).p(0.0) == 1.0  # nothing varies, and nothing is found
    for skewness in (0.5, 0.0, -0.5):
        law = Null(0.1, 0.2, skewness)
        assert law.p(law.quantile(0.99)) == pytest.approx(0.01, rel=1e-6)


def test_false_discovery_rates_leave_gaps_alone():
    q = false_discovery_rates(np.array([0.01, np.nan, 0.02, 0.9]))
    assert np.isnan(q[1]) and q[[0, 2, 3]] == pytest.approx([0.03, 0.03, 0.9])
    assert np.isnan(false_discovery_rates(np.array([np.nan]))).all()


def test_missed_by_correlation_is_what_stands_out_with_weak_correlations():
    row = {"q": 0.001, "pearson": 0.1, "spearman": -0.2, "correlation": 0.5}
    assert missed_by_correlation(row)
    for other in ({"q": 0.2}, {"pearson": -0.3}, {"spearman": 0.3}, {"q": None}, {"pearson": np.nan}):
        assert not missed_by_correlation(row | other), other
    assert not missed_by_correlation({"correlation": 0.5})  # a run of before
