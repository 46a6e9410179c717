"""Two clusterings compared: scikit-learn's numbers, identities, and the cases in which a formula would divide by zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from core.evaluation.agreement import agreement, ari, table

PAIRS = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 6), min_size=n, max_size=n) for _ in range(2)))
)


def by_scikit_learn(a, b) -> dict[str, float]:
    h, other = (metrics.mutual_info_score(side, side) for side in (a, b))
    return {
        "nmi": metrics.normalized_mutual_info_score(a, b),
        "ami": metrics.adjusted_mutual_info_score(a, b),
        "ari": metrics.adjusted_rand_score(a, b),
        "vi": h + other - 2 * metrics.mutual_info_score(a, b),
    }


@settings(max_examples=200, deadline=None)
@given(PAIRS)
def test_small_clusterings_score_as_scikit_learn_scores_them(pair):
    expected = by_scikit_learn(*pair)
    found = agreement(*pair)
    mean = (metrics.mutual_info_score(pair[0], pair[0]) + metrics.mutual_info_score(pair[1], pair[1])) / 2
    for name in ("nmi", "ari", "vi"):
        assert found[name] == pytest.approx(expected[name], abs=1e-12), name
    # Where chance alone gives the greatest information, AMI is a quotient of two rounding errors in either program.
    if mean - _chance(*pair) > 1e-2:
        assert found["ami"] == pytest.approx(expected["ami"], abs=1e-12)


def _chance(a, b) -> float:
    counts = metrics.cluster.contingency_matrix(a, b, sparse=True)
    return metrics.cluster.expected_mutual_information(counts, len(a))


@pytest.mark.parametrize(("n", "k", "m"), [(500, 3, 9), (1_797, 10, 10), (2_000, 40, 10), (4_000, 10, 64)])
def test_larger_clusterings_score_as_scikit_learn_scores_them(n, k, m):
    rng = np.random.default_rng(n)
    a = rng.integers(0, k, n)
    b = np.where(rng.random(n) < 0.7, a % m, rng.integers(0, m, n))
    found, expected = agreement(a, b), by_scikit_learn(a, b)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-12), name


def test_renamed_groups_are_the_same_and_words_will_do():
    a = np.repeat(["ant", "bee", "cat"], [3, 4, 5])
    b = np.array([7, 7, 7, 1, 1, 1, 1, 4, 4, 4, 4, 4])
    found = agreement(a, b)
    assert found == pytest.approx({"nmi": 1, "ami": 1, "ari": 1, "vi": 0}, abs=1e-12)


def test_independent_clusterings_agree_no_more_than_by_chance():
    rng = np.random.default_rng(0)
    found = agreement(rng.integers(0, 20, 400), rng.integers(0, 20, 400))
    # NMI rises with the number of groups: 19² / 2·400 nats of ln 20 by chance. The adjusted scores do not.
    assert found["nmi"] > 0.1 and abs(found["ami"]) < 0.05 and abs(found["ari"]) < 0.02


@pytest.mark.parametrize(
    ("a", "b"), [([0, 0, 0], [1, 1, 1]), ([0, 0, 0], [0, 1, 2]), ([0, 1, 2], [2, 1, 0]), ([5], [0])]
)
def test_clusterings_without_a_split_or_of_single_rows_have_finite_scores(a, b):
    assert agreement(a, b) == pytest.approx(by_scikit_learn(a, b), abs=1e-12)


def test_a_million_rows_overflow_nothing():
    counts = np.array([[400_000, 100_000], [100_000, 400_000]])
    # Rand's pairs in closed form: R − E over 1 − E with n(n − 1) ≈ n² gives .36 up to 1/n.
    assert ari(counts) == pytest.approx(0.36, abs=2e-6)


def test_variation_of_information_is_a_metric():
    rng = np.random.default_rng(1)
    a, b, c = (rng.integers(0, 4, 200) for _ in range(3))
    near = {pair: agreement(*pair_of)["vi"] for pair, pair_of in {"ab": (a, b), "ac": (a, c), "cb": (c, b)}.items()}
    assert near["ab"] <= near["ac"] + near["cb"]
    assert near["ab"] == pytest.approx(agreement(b, a)["vi"], abs=1e-12)


@pytest.mark.parametrize(("a", "b"), [([0, 1], [0]), ([], []), ([[0], [1]], [[0], [1]])])
def test_lists_that_do_not_fit_are_refused_in_a_sentence(a, b):
    with pytest.raises(ValueError, match="equally long lists with at least one row"):
        table(a, b)
