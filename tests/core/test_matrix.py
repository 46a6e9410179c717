"""The matrix of column pairs: known relations in one table, its notices, its errors, and sittings that go on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import mi_matrix
from core.analysis.matrix import Pairs
from core.data.tables import load_table
from core.units import equivalent_correlation

N = 1_500


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    a, kind = rng.normal(size=N), rng.integers(0, 3, N)
    return pd.DataFrame(
        {
            "a": a,
            "b": 0.8 * a + 0.6 * rng.normal(size=N),
            "noise": rng.normal(size=N),
            "square": a**2,
            "copy": a,
            "kind": pd.Categorical(np.array(["red", "green", "blue"])[kind]),
            "by kind": 2.0 * kind + rng.normal(size=N),
            "positive": a > 0,
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.uniform(0, 1e6, N), unit="s"),
            "holes": np.where(np.arange(N) % 3 == 0, np.nan, a + rng.normal(size=N)),
            "words": [f"some words, number {i}" for i in range(N)],
            "always": 1.0,
            "nothing": [None] * N,
        }
    )


@pytest.fixture(scope="module")
def found(frame):
    return mi_matrix(frame)


def test_known_relations_have_their_values(found):
    mi = found.mi
    # ρ/√n is .02 for rows alone; KSG adds as much.
    assert mi.loc["a", "b"] == pytest.approx(0.5108, abs=0.1)
    assert mi.loc["a", "positive"] == pytest.approx(np.log(2.0), abs=0.03)
    assert abs(mi.loc["a", "noise"]) < 0.06 and abs(mi.loc["when", "kind"]) < 0.06
    assert mi.loc["kind", "by kind"] > 0.4


def test_a_square_is_seen_and_correlation_does_not_see_it(found, frame):
    assert found.mi.loc["a", "square"] > 1.0
    assert abs(frame["a"].corr(frame["square"])) < 0.15


def test_a_copy_is_called_infinite(found):
    row = found.long[(found.long.x == "a") & (found.long.y == "copy")].iloc[0]
    assert row.trust == "red" and "infinite" in row.reasons


def test_the_square_is_symmetric_with_an_empty_diagonal_and_the_list_falls(found):
    mi = found.mi.to_numpy()
    assert list(found.mi.index) == list(found.mi.columns)
    assert np.array_equal(mi, mi.T, equal_nan=True) and np.isnan(np.diag(mi)).all()
    assert np.isnan(mi).sum() == len(mi)
    assert (np.diff(found.long.mi) <= 0).all() and len(found.long) == len(mi) * (len(mi) - 1) // 2


def test_each_row_says_rows_correlation_and_method(found):
    row = found.long[(found.long.x == "a") & (found.long.y == "holes")].iloc[0]
    assert row.n == N - N // 3
    assert row.correlation == pytest.approx(equivalent_correlation(row.mi))
    assert row.method == "ksg" and row.low <= row.mi <= row.high


def test_what_is_left_out_is_said(found):
    said = " ".join(found.notices)
    assert all(
        f"{name} ({kind})" in said for name, kind in (("words", "text"), ("always", "constant"), ("nothing", "empty"))
    )
    assert not {"words", "always", "nothing"} & set(found.mi.columns)


def test_names_do_not_depend_on_the_order_of_their_codes():
    rng = np.random.default_rng(1)
    code = rng.integers(0, 40, N)
    x = rng.permutation(40)[code] / 8 + rng.normal(size=N)
    names = np.array([f"k{i:02}" for i in range(40)])
    values = [
        mi_matrix(pd.DataFrame({"x": x, "name": pd.Categorical(names[order][code])})).mi.loc["x", "name"]
        for order in (np.arange(40), rng.permutation(40))
    ]
    assert values[0] == pytest.approx(values[1], abs=1e-12) and values[0] > 0.4


def test_a_target_takes_only_its_own_pairs(frame):
    found = mi_matrix(frame, columns=["a", "b", "noise"], target="b")
    assert len(found.long) == 2 and np.isnan(found.mi.loc["a", "noise"]) and found.mi.loc["a", "b"] > 0.3


@pytest.mark.filterwarnings("ignore:.*not used:UserWarning")  # joblib says that pairs in flight are given up
def test_a_sitting_goes_on_where_the_last_one_stopped(frame):
    names = ["a", "b", "noise", "square"]
    whole = list(Pairs(frame, names))
    first = Pairs(frame, names)
    some = [row for row, _ in zip(first, range(2), strict=False)]
    rest = Pairs(frame, names, done=some)
    assert len(rest) == 6 and len(list(rest)) == 4
    pd.testing.assert_frame_equal(rest.matrix().long, mi_matrix(frame, names).long)
    assert len(whole) == 6


def test_parallel_pairs_give_the_same_numbers(frame):
    names = ["a", "b", "holes", "kind"]
    pd.testing.assert_frame_equal(mi_matrix(frame, names, n_jobs=1).mi, mi_matrix(frame, names, n_jobs=2).mi)


def test_pairs_with_too_few_common_rows_say_so(frame):
    few = frame[["a", "b"]].copy()
    few.loc[5:, "b"] = np.nan
    row = mi_matrix(few).long.iloc[0]
    assert np.isnan(row.mi) and row.trust == "red" and "at least 10" in row.reasons


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"columns": ["a", "noize"]}, "no column 'noize'; did you mean 'noise'"),
        ({"target": "nowhere"}, "no column 'nowhere'"),
        ({"columns": ["a"]}, "at least two columns"),
        ({"columns": ["a", "words"]}, "at least two columns"),
        ({"columns": ["a", "b"], "target": "always"}, "always is constant"),
        ({"columns": "a"}, "columns='a' is not a list of names"),
        ({"columns": ["a", "b"], "method": "ksgg"}, "method='ksgg' is unknown: did you mean ksg"),
        ({"columns": ["a", "b"], "k": 0}, r"k=0 is outside \[1, 100\]"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(frame, asked, message):
    with pytest.raises(ValueError, match=message):
        mi_matrix(frame, **asked)


def test_a_table_of_a_few_rows_is_refused(frame):
    with pytest.raises(ValueError, match="9 rows"):
        mi_matrix(frame[["a", "b"]].head(9))


@pytest.mark.parametrize("name", ["weather", "penguins", "wine"])
def test_no_pair_of_a_bundled_table_lies_far_below_nought(name):
    long = mi_matrix(load_table(name)).long
    # Three years against names used to be -2.5: their distances are all tied.
    assert long.mi.min() > -0.1, long.iloc[-1].to_dict()


def test_what_is_left_out_or_constant_is_named_in_sentences_that_can_be_translated():
    rng = np.random.default_rng(0)
    x = rng.normal(size=40)
    frame = pd.DataFrame({"x": x, "y": x**2, "part": np.where(np.arange(40) < 20, np.nan, 1.0)})
    frame.loc[:19, "y"], frame.loc[0, "part"] = np.nan, 2.0
    for i in range(10):
        frame[f"note {i}"] = [f"text {i} {j}" for j in range(40)]
    found = mi_matrix(frame)
    (left,) = (n for n in found.notices if n.startswith("Left out"))
    assert left.endswith("note 7 (text) and 2 more.")
    parts = left.values["names"].values["names"].values.values()
    assert all(part.values["kind"].template == "text" for part in parts)
    reasons = {frozenset((r.x, r.y)): r.reasons for r in found.long.itertuples()}
    assert reasons[frozenset(("y", "part"))] == "In the rows that both columns have, part is constant."
