"""The matrix as a run: watched, stopped, resumed."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pandas as pd

import core
from core.data.tables import table_of
from core.method import Checkpoint, TableSource
from core.sweeps import Matrix


def table(n: int = 300):
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    return table_of(
        pd.DataFrame(
            {"a": x, "b": x**2 + 0.1 * rng.normal(size=n), "c": rng.normal(size=n), "d": rng.integers(0, 2, n) > 0}
        )
    )


def source():
    found = table()
    return TableSource(found, tuple(c.name for c in found.columns))


def run(**parameters) -> Matrix:
    method = Matrix(**parameters)
    list(method.steps(source()))
    return method.finish()


def test_the_run_says_what_the_function_says():
    expected = core.mi_matrix(table()).mi
    assert np.allclose(run().view("matrix")["mi"], expected, equal_nan=True)
    assert expected.loc["a", "b"] > 1.0 and abs(expected.loc["a", "c"]) < 0.15


def test_one_step_a_pair():
    method = Matrix()
    steps = list(method.steps(source()))
    assert len(steps) == method.total == 6 and [s.index for s in steps] == list(range(1, 7))


def test_a_target_takes_its_pairs_only():
    assert {frozenset((r["x"], r["y"])) for r in run(target="a").result()["long"]} == {
        frozenset(("a", o)) for o in "bcd"
    }


def test_stopping_early_keeps_the_pairs_so_far_and_resuming_adds_the_rest(tmp_path):
    first = Matrix()
    steps = first.steps(source())
    list(islice(steps, 2))
    first.checkpoint().save(tmp_path / "c.safetensors")
    steps.close()
    assert len(first.finish().result()["long"]) >= 2
    second = Matrix()
    later = list(second.steps(source(), Checkpoint.load(tmp_path / "c.safetensors")))
    assert later[0].index == 3 and len(later) == 4
    assert second.finish().matrix_.mi.equals(run().matrix_.mi)
