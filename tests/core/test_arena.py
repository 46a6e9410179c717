"""Estimators on tasks whose mutual information is known: each cell is the single run, and none is lost."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from core.method import Checkpoint
from core.method.families import MIEstimator
from core.params import ParameterError
from core.spec import Spec, SpecError
from core.sweeps import _cells as module
from core.sweeps.arena import Arena, closest

NORMAL, STUDENT = "1v1-normal-0.75", "student-identity-1-1-1"


def spec(tasks=(NORMAL, STUDENT), n: int = 500, seed: int = 0, **parameters) -> Spec:
    data = {"tasks": list(tasks), "n": n}
    return Spec.parse({"family": "sweeps", "method": "arena", "parameters": parameters, "data": data, "seed": seed})


def run(*args, **more) -> Arena:
    asked = spec(*args, **more)
    method = asked.build()
    list(method.steps(asked.source()))
    return method.finish()


def test_a_cell_is_the_single_run_with_its_seed():
    rows = run(methods=["gaussian", "ksg"], seeds=2, seed=3).rows_
    assert [(r["seed"], r["task"], r["method"]) for r in rows[:3]] == [
        (3, NORMAL, "gaussian"),
        (3, NORMAL, "ksg"),
        (3, STUDENT, "gaussian"),
    ]
    assert len(rows) == 8 and {r["seed"] for r in rows} == {3, 4}
    row = next(r for r in rows if (r["seed"], r["task"], r["method"]) == (4, NORMAL, "ksg"))
    data = {"distribution": {"name": "gaussian", "rho": 0.75}, "n": 500}
    single = Spec.parse({"family": "estimators", "method": "ksg", "data": data, "seed": 4})
    found = single.build().run(single.source()).estimated()
    assert row["mi"] == found["mi"] and row["interval"] == found["interval"] and row["trust"] == found["trust"]
    assert row["truth"] == pytest.approx(-0.5 * np.log1p(-(0.75**2))) and abs(row["mi"] - row["truth"]) < 0.15


def test_one_method_is_closest_only_where_chance_over_tasks_does_not_explain_it():
    def rows(**off):
        found = [(m, f"task {i}", mi) for m, values in off.items() for i, mi in enumerate(values)]
        return [{"method": m, "task": task, "mi": mi, "truth": 0.0} for m, task, mi in found]

    near, far, mixed = [0.1, -0.1, 0.11, 0.1, -0.12], [0.3, -0.3, 0.33, 0.3, 0.32], [0.01, 0.3, 0.02, 0.35, 0.03]
    assert closest(rows(far=far, near=near), ["far", "near"]) == ["near"]
    assert closest(rows(mixed=mixed, near=near, far=far), ["mixed", "near", "far"]) == ["near", "mixed"]
    assert closest(rows(far=far[:1], near=near[:1]), ["far", "near"]) == ["near", "far"], "one task tells nothing"


def test_the_map_and_the_summary_say_what_the_rows_say():
    found = run(methods=["gaussian", "t_copula"], seeds=2, n=2_000)
    seen, result = found.view("errors")["error"], found.result()
    assert seen.shape == (2, 2) and result["tasks"] == [NORMAL, STUDENT]
    off = [r["mi"] - r["truth"] for r in result["rows"] if (r["task"], r["method"]) == (STUDENT, "gaussian")]
    assert (
        seen[1, 0] == pytest.approx(np.mean(off)) and seen[1, 0] < -0.1 < seen[1, 1]
    )  # long tails without correlation
    gaussian, copula = result["summary"]
    assert (gaussian["cells"], gaussian["within"], copula["within"]) == (4, 2, 4)
    assert copula["error"] < gaussian["error"] and copula["failed"] == 0 and 0 <= copula["covered"] <= 1


def test_stopping_keeps_the_cells_so_far_and_resuming_adds_the_rest(tmp_path):
    asked = spec(methods=["gaussian", "t_copula"])
    first = asked.build()
    steps = first.steps(asked.source())
    assert [s.index for s in islice(steps, 3)] == [1, 2, 3] and first.total == 4
    first.checkpoint().save(tmp_path / "c.safetensors")
    steps.close()
    stopped = first.finish().result()
    assert len(stopped["rows"]) == 3 and [s["cells"] for s in stopped["summary"]] == [2, 1]
    assert np.isnan(first.view("errors")["error"][1, 1])
    second = asked.build()
    assert [s.index for s in second.steps(asked.source(), Checkpoint.load(tmp_path / "c.safetensors"))] == [4]
    without = [{k: v for k, v in r.items() if k != "seconds"} for r in second.finish().rows_]
    whole = [{k: v for k, v in r.items() if k != "seconds"} for r in run(methods=["gaussian", "t_copula"]).rows_]
    assert without == whole


def test_a_cell_that_fails_is_a_row_that_says_why(monkeypatch):
    def steps(self, source, start=None):
        raise ValueError("it has no idea")

    monkeypatch.setattr(module.estimator_class("gaussian"), "steps", steps)
    found = run(methods=["gaussian", "ksg"])
    failed = [r for r in found.rows_ if r["method"] == "gaussian"]
    assert [r["error"] for r in failed] == ["it has no idea"] * 2 and all(r["mi"] is None for r in failed)
    assert np.isnan(found.view("errors")["error"]).tolist() == [[True, False], [True, False]]
    told = found.result()["summary"][0]
    assert (told["cells"], told["failed"], told["within"], told["error"]) == (2, 2, 0, None)


def test_an_estimate_that_is_no_number_is_a_failure(monkeypatch):
    found = module.estimate_mi(*np.random.default_rng(0).normal(size=(2, 100)), "gaussian")
    monkeypatch.setattr(module, "estimate_mi", lambda *a, **k: type(found)(np.nan, None, found.trust, "gaussian", 0.0))
    row = run(tasks=(NORMAL,), methods=["gaussian"]).rows_[0]
    assert row["mi"] is None and "not a finite number" in row["error"]


def test_what_is_asked_for_wrongly_is_said_before_the_first_cell():
    with pytest.raises(SpecError, match="there is no task '1v1-normal'; did you mean 1v1-normal-"):
        spec(tasks=("1v1-normal",))
    for methods, said in (([], "methods is empty"), (["ksg", "ksg"], "twice"), (["kgs"], "did you mean ksg")):
        with pytest.raises((ValueError, ParameterError), match=said):
            spec(methods=methods).build().check_parameters()
    with pytest.raises(SpecError, match="cannot learn from"):
        Spec.parse({"family": MIEstimator.family, "method": "ksg", "data": {"tasks": [NORMAL]}})
    with pytest.raises(SpecError, match="cannot learn from"):
        Spec.parse({"family": "sweeps", "method": "arena", "data": {"table": "wine", "x": ["ash", "hue"]}})
