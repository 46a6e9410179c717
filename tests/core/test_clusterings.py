"""Two columns of labels compared as clusterings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from core import compare_clusterings


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


def test_a_column_is_the_same_as_itself():
    same = compare_clusterings(pd.DataFrame({"a": list("xxyyz")}), "a", "a")
    assert (same.accuracy, same.nmi, same.ari) == (1.0, 1.0, 1.0) and same.vi == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("second", "message"),
    [("z", "there is no column 'z'"), ("empty", "no row in common"), ("number", "too many for labels")],
)
def test_what_cannot_be_done_is_told_in_one_sentence(second, message):
    n = 1_500
    frame = pd.DataFrame({"a": ["x", "y"] * (n // 2), "empty": np.nan, "number": np.arange(n) + 0.5})
    with pytest.raises(ValueError, match=message):
        compare_clusterings(frame, "a", second)
