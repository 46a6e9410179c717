"""A permutation p-value: the rule, its level where there is nothing, and series, whose neighbours stay together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter
from scipy.stats import permutation_test as scipys

import core
from core import discover
from core.analysis import permutations as module
from core.analysis.estimate import estimator_class
from core.analysis.matrix import mi_matrix
from core.analysis.permutations import p_value, permutation_test
from core.distributions import make
from core.spec import Spec


def test_the_rule_counts_the_estimate_itself_and_ties():
    assert p_value(1.0, [0.0] * 99) == pytest.approx(0.01)
    assert p_value(0.0, [0.0] * 99) == 1.0 and p_value(0.5, [0.0, 0.5, 1.0]) == pytest.approx(0.75)


def test_it_agrees_with_scipys_on_the_same_statistic():
    x, y = make("gaussian", rho=0.2).sample(120, 1)

    def statistic(a):
        return core.estimate_mi(a, y, "gaussian").mi

    found = permutation_test(x, y, "gaussian", permutations=199)
    other = scipys((x[:, 0],), statistic, permutation_type="pairings", n_resamples=199, alternative="greater", rng=1)
    assert 0.02 < other.pvalue < 0.6 and found.p_value == pytest.approx(other.pvalue, abs=0.1)
    assert found.mi == statistic(x) and len(found.surrogates) == 199 and not found.shifted


def test_it_holds_its_level_on_independent_rows_and_on_series():
    def walk(rng, a):
        return lfilter([1.0], [1.0, -a], rng.standard_normal(700))[200:]

    for a, shifted in ((0.0, False), (0.9, True)):
        low = []
        for seed in range(60):
            rng = np.random.default_rng(seed)
            found = permutation_test(walk(rng, a), walk(rng, a), "gaussian", permutations=19, seed=seed)
            low.append(found.p_value <= 0.1)
        # Two of twenty are the expectation, 6 of 60; 13 and more have a probability of .4 %.
        assert np.sum(low) <= 12, (a, np.sum(low))
        assert found.shifted == shifted


def test_random_walks_are_refused_and_pass_for_dependent_no_oftener_than_the_level():
    """Without the refusal, shifts find dependence in every fourth or fifth pair at 5 %."""
    low, refused, runs = 0, 0, 60
    for seed in range(runs):
        x, y = np.random.default_rng(seed).standard_normal((2, 1_000)).cumsum(axis=1)
        try:
            low += permutation_test(x, y, "gaussian", permutations=19, seed=seed).p_value <= 0.05
        except ValueError as refusal:
            assert "rows count as about" in str(refusal) and "differences of successive rows" in str(refusal)
            refused += 1
    assert low <= 3 and refused > 0.8 * runs
    walks = pd.DataFrame(np.random.default_rng(0).standard_normal((1_000, 2)).cumsum(axis=0), columns=["a", "b"])
    assert mi_matrix(walks).long.p.isna().all(), "a matrix gives no p-value either"


@pytest.mark.parametrize("method", ["ksg", "kde", "gaussian", "t_copula", "histogram"])
def test_the_estimate_alone_is_the_estimate(method):
    x, y = make("multivariate_gaussian", dimension=2).sample(300, 0)
    made = discover.load("estimators", method)(random_state=0)
    for sides in ((x, y), (y[:, :1], x), (x, y[:, :1])):
        assert made.alone(*sides) == made.fit(*sides).mi_


def test_without_the_shifts_series_would_be_found_dependent(monkeypatch):
    monkeypatch.setattr(module, "in_series", lambda x, y: False)
    low = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        x, y = (lfilter([1.0], [1.0, -0.9], rng.standard_normal(700))[200:] for _ in "xy")
        low += permutation_test(x, y, "gaussian", permutations=19, seed=seed).p_value <= 0.1
    assert low > 12, "which is what the test above is worth"


def test_the_front_door_gives_a_p_value_for_any_method():
    x, y = make("gaussian", rho=0.5).sample(300, 0)
    z = np.random.default_rng(1).normal(size=300)
    assert core.estimate_mi(x, y, "ksg", permutations=19).p_value == pytest.approx(0.05)
    assert core.estimate_mi(x, z, "gaussian", permutations=99).p_value > 0.05
    assert core.estimate_mi(x, y, "mine", permutations=19, iterations=20).p_value == pytest.approx(0.05)
    assert core.estimate_mi(x, y, "gaussian").p_value is None
    with pytest.raises(ValueError, match=r"permutations=5 is outside \[19, 100000\]"):
        core.estimate_mi(x, y, "ksg", permutations=5)
    with pytest.raises(ValueError, match="'mine' trains anew for each permutation; use one of"):
        permutation_test(x, y, "mine")


def test_the_sweep_is_the_function_watched():
    data = {"distribution": {"name": "gaussian", "rho": 0.1}, "n": 200}
    asked = {"method": "ksg", "permutations": 29, "settings": [["k", 3]]}
    spec = Spec.parse({"family": "sweeps", "method": "permutations", "parameters": asked, "data": data, "seed": 4})
    assert spec.single().method == "ksg" and spec.single().parameters == {"k": 3}
    method = spec.build()
    seen = [step.info["mi"] for step in method.steps(spec.source())]
    x, y = make("gaussian", rho=0.1).sample(200, 4)
    same = permutation_test(x, y, "ksg", 29, seed=4, k=3)
    assert method.finish().p_value_ == same.p_value and seen == [same.mi, *same.surrogates]
    assert method.result()["orders"] == 29 and method.view("surrogates")["surrogates"].tolist() == list(same.surrogates)


@pytest.mark.parametrize("method", ["ksg", "gaussian"])
@pytest.mark.parametrize("columns", [(1, 1), (1, 2), (2, 1)])
def test_estimates_of_other_orders_are_those_of_the_rows_in_these_orders(method, columns):
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=(200, d)) for d in columns)
    y = y + x[:, :1]
    estimator = estimator_class(method)(random_state=0)
    some = [np.arange(200), *(rng.permutation(200) for _ in range(3)), np.roll(np.arange(200), 7)]
    for a, b in ((x, y), (y, x)):  # whichever side the estimator begins with
        assert np.allclose([*estimator.in_orders(a, b, some)], [estimator.alone(a, b[o]) for o in some], atol=1e-12)
        moved = [estimator.alone(a[o], b) for o in some]
        assert np.allclose([*estimator.in_orders(a, b, some, "x")], moved, atol=1e-12)
