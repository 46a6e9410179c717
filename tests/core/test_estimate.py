"""The front door takes what people have, refuses what it cannot read in one sentence, and is right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

import core
from core.distributions import make

QUICK = {"method": "mine", "iterations": 5, "device": "cpu"}
N = 60


@pytest.fixture
def pair():
    return make("gaussian", rho=0.8).sample(N, 0)


def _same(x, y, pair):
    return core.estimate_mi(x, y, **QUICK).mi == core.estimate_mi(*pair, **QUICK).mi


def test_an_estimate_holds_what_was_found_and_how(pair):
    estimate = core.estimate_mi(*pair, seed=3, **QUICK)
    assert estimate.interval[0] < estimate.mi < estimate.interval[1]
    assert estimate.method == "mine" and estimate.seconds > 0
    assert estimate.trust.level == "amber", "60 rows are few"
    assert [step.index for step in estimate.history] == [1, 2, 3, 4, 5]
    with pytest.raises(AttributeError):
        estimate.mi = 0.0


def test_lists_series_frames_and_single_columns_mean_the_same(pair):
    x, y = pair
    for a, b in [
        (x[:, 0], y[:, 0]),
        (x[:, 0].tolist(), y.tolist()),
        (pd.Series(x[:, 0], index=range(5, 5 + N)), pd.DataFrame(y)),
        (pd.array(x[:, 0], dtype="Float64"), torch.tensor(y)),
        (x.astype(object), y),
    ]:
        assert _same(a, b, pair)


def test_booleans_and_integers_are_numbers(pair):
    x = pair[0][:, 0] > 0
    assert core.estimate_mi(x, pair[1], **QUICK).mi == core.estimate_mi(x.astype(int), pair[1], **QUICK).mi


def _named_rows(n=600):
    """Four names in an order that has nothing to do with the numbers beside them, and what they say of these."""
    rng = np.random.default_rng(3)
    place = rng.integers(4, size=n)
    return np.array(["oak", "ash", "yew", "elm"])[place], np.array([0.0, 9.0, 3.0, -6.0])[place] + rng.normal(size=n)


@pytest.mark.parametrize(
    "given",
    [list, np.asarray, lambda v: v.astype(object)[:, None], pd.Categorical, lambda v: pd.DataFrame({"tree": v})],
    ids=["list", "text", "objects", "categorical", "frame"],
)
def test_one_column_of_text_is_a_side_of_names(given):
    words, y = _named_rows()
    estimate = core.estimate_mi(given(words), y)
    codes = np.unique(words, return_inverse=True)[1]
    assert estimate.method == "ksg" and estimate.mi == core.estimate_mi(codes, y, "ksg", categories="x").mi
    assert estimate.mi == core.estimate_mi(given(words), y, "ksg").mi == pytest.approx(core.estimate_mi(y, words).mi)
    assert 1.1 < estimate.mi <= np.log(4)


def test_names_enter_every_method_that_can_take_them_and_no_other():
    words, y = _named_rows()
    assert core.estimate_mi(words, y, "mine", iterations=200, folds=2).mi > 1.0
    assert core.estimate_mi(words, y, "mine", iterations=5, folds=2, permutations=19).p_value == 0.05
    assert (
        core.estimate_mi(words == "oak", y, "gaussian").mi == core.estimate_mi((words == "oak") * 1, y, "gaussian").mi
    )
    with pytest.raises(ValueError, match="x holds 4 names, and gaussian takes 2 at most: choose auto or ksg"):
        core.estimate_mi(words, y, "gaussian")


def test_an_identifier_or_a_missing_name_is_refused():
    words, y = _named_rows(40)
    with pytest.raises(ValueError, match="x is text with 40 different values in 40 rows"):
        core.estimate_mi([f"row {i}" for i in range(40)], y)
    with pytest.raises(ValueError, match=r"x has 1 value that is missing .* at row 2"):
        core.estimate_mi([None if i == 2 else word for i, word in enumerate(words)], y)


def test_the_arrays_that_are_given_are_left_as_they_are(pair):
    x, y = pair
    kept = x.copy(), y.copy()
    x.flags.writeable = y.flags.writeable = False
    core.estimate_mi(x, y, **QUICK)
    assert np.array_equal(x, kept[0]) and np.array_equal(y, kept[1])


def test_the_seed_decides(pair):
    first, again, other = (core.estimate_mi(*pair, seed=seed, **QUICK).mi for seed in (1, 1, 2))
    assert first == again != other


def test_the_order_of_one_side_matters(pair):
    x, y = pair
    assert not _same(x, y[::-1], pair)


def _with(array, value, row):
    array = array.astype(object) if isinstance(value, (str, type(None))) else array.copy()
    array[row] = value
    return array


X = np.arange(20.0)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X[:10], X[:12], "x has 10 rows and y has 12"),
        (X[:1], X[:1], "1 row: an estimate needs at least 2"),
        (X[:0], X[:0], "0 rows"),
        (X[:5], X[:5], "5 rows.*at least 8"),
        (_with(X, np.nan, 7), X, r"x has 1 value that is missing or infinite.*\(nan\) at row 7"),
        (X, np.column_stack([X, _with(X, np.inf, 3)]), r"y has 1 value.*\(inf\) at row 3, column 1"),
        (_with(X, None, 4), X, r"x has 1 value.*at row 4"),
        (X, pd.array([None, *X[1:]], dtype="Float64"), r"y has 1 value.*at row 0"),
        (np.ma.masked_array(X, X == 2), X, r"x has 1 value.*at row 2"),
        (_with(X, "n/a", 6), X, "x holds 'n/a' at row 6.*not a real number"),
        (X.astype(str), X, "x holds text, not numbers"),
        (X, X.astype("datetime64[D]"), "y holds dates, not numbers"),
        (X + 1j, X, "x holds complex numbers"),
        (X.reshape(5, 2, 2), X[:5], r"x has the shape \(5, 2, 2\)"),
        (3.0, X, "x is 3.0: give an array"),
        (X, [[1.0], [2.0, 3.0]], "y is not rows of equally many numbers"),
        (np.empty((20, 0)), X, r"x has the shape \(20, 0\)"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(x, y, message):
    with pytest.raises(ValueError, match=message) as caught:
        core.estimate_mi(x, y, **QUICK)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "mime"}, "method='mime' is unknown: did you mean mine?"),
        ({"method": "entropy-of-everything"}, "is unknown: there are .*mine"),
        ({"itertions": 5}, "no parameter itertions; did you mean iterations?"),
        ({"hidden": 0}, r"hidden=0 is outside \[1, 1024\]"),
        ({"seed": -1}, "seed=-1 is outside"),
        ({"random_state": 1}, "write it as seed"),
        ({"device": "tpu"}, "device='tpu' is not"),
    ],
)
def test_a_wrong_name_or_value_is_told_with_what_is_right(arguments, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        core.estimate_mi(X, X, **{"method": "mine"} | arguments)


def test_a_deterministic_relation_is_red():
    x = np.random.default_rng(0).normal(size=200)
    estimate = core.estimate_mi(x, x**2, **QUICK)
    assert estimate.trust.level == "red" and "infinite" in " ".join(estimate.trust.reasons)


@pytest.mark.parametrize(
    ("method", "name", "parameters", "tolerance", "level"),
    [
        # What a user is promised at n = 10,000. The rows themselves scatter by sd(log ratio)/100: .004, .008, 0, .015.
        ("auto", "gaussian", {"rho": 0.5}, 0.015, "green"),
        ("auto", "gaussian", {"rho": 0.8}, 0.025, "green"),
        ("auto", "independent", {}, 0.005, "green"),
        ("mine", "gaussian", {"rho": 0.5}, 0.03, "green"),
        ("mine", "gaussian", {"rho": 0.8}, 0.04, "green"),
        ("mine", "independent", {}, 0.01, "green"),
        # It still rises at the end, and its interval misses the truth: said, not praised.
        ("mine", "channel", {"power": 3, "noise": 0.2, "dimension": 3}, 0.3, "amber"),
    ],
)
def test_the_default_and_mine_reach_their_promise(method, name, parameters, tolerance, level):
    joint = make(name, **parameters)
    estimate = core.estimate_mi(*joint.sample(10_000, 0), method, seed=0)
    assert estimate.mi == pytest.approx(joint.true_mi, abs=tolerance)
    assert estimate.trust.level == level
