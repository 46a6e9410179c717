"""Two columns of labels compared as clusterings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from core import compare_clusterings
from core.data.tables import table_of
from core.method import Checkpoint, TableSource
from core.sweeps import TwoClusterings


def test_two_columns_agree_as_scikit_learn_says_and_the_diagonal_holds_what_is_matched():
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 3, 400)
    found = np.where(rng.random(400) < 0.8, np.array([2, 0, 1])[kind], rng.integers(0, 4, 400)).astype(float)
    found[:10] = np.nan
    frame = pd.DataFrame({"kind": np.array(["ash", "birch", "cedar"])[kind], "found": found})
    seen = compare_clusterings(frame, "kind", "found")
    assert seen.n == 390 and seen.counts.to_numpy().sum() == 390
    a, b = kind[10:], found[10:]
    assert seen.nmi == pytest.approx(metrics.normalized_mutual_info_score(a, b), abs=1e-12)
    assert seen.ami == pytest.approx(metrics.adjusted_mutual_info_score(a, b), abs=1e-12)
    assert seen.ari == pytest.approx(metrics.adjusted_rand_score(a, b), abs=1e-12)
    assert list(seen.counts.columns) == ["0", "1", "2", "3"]
    assert list(seen.matched.columns) == ["2", "0", "1", "3"]
    assert np.trace(seen.matched.to_numpy()) / 390 == pytest.approx(seen.accuracy) and seen.accuracy > 0.75


def test_numbers_that_are_labels_stand_in_their_order():
    frame = pd.DataFrame({"a": [2.0, 10.0, 1.0] * 20, "b": ["x", "z", "y"] * 20})
    seen = compare_clusterings(frame, "a", "b")
    assert list(seen.counts.index) == ["1", "2", "10"] and list(seen.matched.columns) == ["y", "x", "z"]


def test_the_diagonal_holds_what_is_matched_where_the_first_column_has_more_labels():
    frame = pd.DataFrame({"a": [*"aabbccddee"], "b": [*"xyxyxxxyyy"]})
    seen = compare_clusterings(frame, "a", "b")
    assert np.trace(seen.matched.to_numpy()) / 10 == seen.accuracy == 0.4
    assert list(seen.matched.index) == ["c", "e", "a", "b", "d"] and list(seen.matched.columns) == ["x", "y"]
    said = run(TableSource(table_of(frame), ("a", "b"))).result()
    assert np.array_equal(np.array(said["counts"])[np.ix_(said["rows"], said["order"])], seen.matched)


def test_a_column_is_the_same_as_itself():
    same = compare_clusterings(pd.DataFrame({"a": list("xxyyz")}), "a", "a")
    assert (same.accuracy, same.nmi, same.ari) == (1.0, 1.0, 1.0) and same.vi == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("z", "there is no column 'z'"),
        ("empty", "no row in common"),
        ("number", "too many for labels"),
        ("one", "one has only the label 'q'"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(second, message):
    n = 1_500
    frame = pd.DataFrame({"a": ["x", "y"] * (n // 2), "empty": np.nan, "number": np.arange(n) + 0.5, "one": "q"})
    with pytest.raises(ValueError, match=message):
        compare_clusterings(frame, "a", second)


def labels(follow: float, n: int = 400, seed: int = 0) -> TableSource:
    """Four groups, and a second column of labels that repeats this share of them."""
    rng = np.random.default_rng(seed)
    first, other = rng.integers(0, 4, (2, n))
    second = np.where(rng.random(n) < follow, first, other)
    frame = pd.DataFrame({"a": first, "b": np.array(list("pqrs"))[second]})
    return TableSource(table_of(frame), ("a", "b"))


def run(source: TableSource, start: Checkpoint | None = None, **parameters) -> TwoClusterings:
    method = TwoClusterings(**parameters)
    list(method.steps(source, start))
    return method.finish()


def test_labels_that_never_met_do_not_stand_out_from_their_shuffled_copies():
    found = [run(labels(0.0, seed=seed), copies=99) for seed in range(40)]
    assert np.mean([method.p_value_ <= 0.05 for method in found]) <= 0.15  # of 40 at 5 %: 6 are three deviations
    assert np.mean([method.comparison_.nmi < method.chance_["nmi"] for method in found]) >= 0.85
    assert np.mean([method.comparison_.vi > method.chance_["vi"] for method in found]) >= 0.85


def test_labels_that_repeat_each_other_stand_out():
    method = run(labels(0.5))
    assert method.p_value_ == pytest.approx(1 / 201) and method.comparison_.ari > 5 * method.chance_["ari"]
    said = method.result()
    counts = np.array(said["counts"])[:, said["order"]]
    assert np.trace(counts) / said["n"] == pytest.approx(said["accuracy"]) and said["left_out"] == 0


def test_a_comparison_that_was_stopped_goes_on_where_it_stood():
    first, whole = TwoClusterings(copies=30), run(labels(0.2), copies=30)
    steps = first.steps(labels(0.2))
    for _ in range(12):
        next(steps)
    steps.close()
    stopped = first.finish().result()
    assert stopped["copies"] == 11 and stopped["nmi"] == whole.result()["nmi"]
    assert run(labels(0.2), first.checkpoint(), copies=30).result() == whole.result()


def test_two_columns_are_asked_for():
    with pytest.raises(ValueError, match="3 columns were given"):
        next(TwoClusterings().steps(TableSource(labels(0.0).table, ("a", "b", "a"))))
