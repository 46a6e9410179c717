"""One group of columns against another: several estimators, what each column has of it, and the test, as a run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.data.tables import TableError, table_of
from core.method import Checkpoint, TableSource
from core.sweeps import Groups


def table(n: int = 800, seed: int = 0) -> pd.DataFrame:
    """`total` is a + b and noise, `copy` is a and a little, `noise` is nothing, `kind` says whether a and b agree."""
    rng = np.random.default_rng(seed)
    a, b, noise = rng.normal(size=(3, n))
    frame = {"a": a, "b": b, "copy": a + 0.1 * rng.normal(size=n), "noise": noise}
    return pd.DataFrame(
        frame | {"total": a + b + 0.5 * rng.normal(size=n), "kind": np.where(a * b > 0, "same", "apart")}
    )


def run(frame: pd.DataFrame, split: int, start: Checkpoint | None = None, **parameters) -> Groups:
    method = Groups(split=split, permutations=39, **parameters)
    list(method.steps(TableSource(table_of(frame), tuple(frame.columns)), start))
    return method.finish()


def test_gaussian_groups_have_their_closed_form_by_every_estimator():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2_000, 2))
    y = x @ [[0.9, 0.2], [0.1, 0.8]] + rng.normal(size=(2_000, 2))
    frame = pd.DataFrame(np.hstack([x, y]), columns=list("abcd"))
    found = run(frame, 2)
    truth = gaussian_mi(np.cov(frame.to_numpy().T))
    assert [row["method"] for row in found.estimates_] == ["ksg", "gaussian", "auto"]
    assert all(abs(row["mi"] - truth) < 0.06 and row["low"] < row["mi"] < row["high"] for row in found.estimates_)
    assert found.p_ == 1 / 40


def gaussian_mi(cov: np.ndarray) -> float:
    det = np.linalg.det
    return 0.5 * float(np.log(det(cov[:2, :2]) * det(cov[2:, 2:]) / det(cov)))


def test_a_copy_loses_nothing_and_columns_that_speak_together_lose_much():
    parts = {row["column"]: row for row in run(table(), 4).parts_}
    assert parts["a"]["alone"] > 0.3 and parts["copy"]["alone"] > 0.3
    assert abs(parts["a"]["lost"]) < 0.12 and abs(parts["copy"]["lost"]) < 0.12  # each repeats the other
    assert parts["b"]["lost"] > 0.5 > abs(parts["noise"]["alone"])
    assert abs(parts["noise"]["alone"]) < 0.06 and parts["noise"]["lost"] < 0.05
    together = {row["column"]: row for row in run(table()[["a", "b", "kind"]], 2).parts_}
    assert abs(together["a"]["alone"]) < 0.05 and together["a"]["lost"] > 0.4  # kind is told by both only
    assert together["kind"]["lost"] is None  # it is its group


def test_independent_groups_are_not_told_apart_from_chance():
    rng = np.random.default_rng(3)
    found = run(pd.DataFrame(rng.normal(size=(600, 4)), columns=list("abcd")), 2)
    assert found.p_ > 0.05 and all(abs(row["mi"]) < 0.08 for row in found.estimates_)


def test_rows_with_gaps_are_left_out_and_said():
    frame = table()
    frame.loc[:99, "b"] = np.nan
    said = run(frame, 4, most=500).result()
    assert (said["n"], said["left_out"]) == (500, 100)
    assert [str(notice) for notice in said["notices"]] == [
        "Names enter as a column of 0 and 1 for each of them: kind.",
        "Of 700 rows 500, spread evenly, are used.",
    ]


@pytest.mark.parametrize("done", [1, 5, 9])
def test_a_run_that_was_stopped_says_what_it_has_and_goes_on(done):
    frame = table(300)
    method, whole = Groups(split=4, permutations=39), run(frame, 4)
    steps = method.steps(TableSource(table_of(frame), tuple(frame.columns)))
    for _ in range(done):
        next(steps)
    half = method.finish().result()
    assert len(half["estimates"]) + len(half["parts"]) == min(done, 9) and method.total == 10
    assert np.isfinite(method.view("parts")["alone"]).sum() == max(0, done - 3)
    again = run(frame, 4, method.checkpoint())
    assert again.parts_ == whole.parts_ and again.p_ == whole.p_
    assert [row["mi"] for row in again.estimates_] == [row["mi"] for row in whole.estimates_]


def test_series_that_drift_have_no_p_value_and_it_is_said():
    walks = pd.DataFrame(np.random.default_rng(0).normal(size=(500, 3)).cumsum(axis=0), columns=list("abc"))
    found = run(walks, 1)
    assert found.p_ is None and "count as about" in str(found.result()["notices"][-1])


@pytest.mark.parametrize("columns, split", [("ab", 2), ("a", 1)])
def test_a_group_without_columns_is_refused(columns, split):
    frame = table()[list(columns)]
    with pytest.raises(ValueError, match="each group needs one"):
        run(frame, split)


def test_too_few_complete_rows_are_refused():
    with pytest.raises(TableError, match="30 rows have all 6 columns"):
        run(table(30), 4)
