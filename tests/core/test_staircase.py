"""The staircase: each step of the truth is what it says, bounds end where theory has it, and each level is a run."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest

from core.distributions import from_dict, make
from core.learning.training import Diverged
from core.spec import Spec
from core.sweeps import staircase as module
from core.sweeps.staircase import Staircase

GAUSSIAN = {"name": "multivariate_gaussian", "dimension": 5}


def spec(distribution=GAUSSIAN, **parameters) -> Spec:
    data = {"distribution": distribution, "n": 100}
    return Spec.parse({"family": "sweeps", "method": "staircase", "parameters": parameters, "data": data})


def run(**parameters) -> tuple[Staircase, list[dict[str, float]]]:
    asked = spec(**parameters)
    method = asked.build()
    seen = [step.info for step in method.steps(asked.source())]
    return method.finish(), seen


def test_infonce_ends_at_ln_b_and_the_truth_climbs_as_asked():
    found, seen = run(methods=["infonce", "smile"], levels=[1.0, 9.0], every=150, batch_size=16, learning_rate=3e-3)
    assert len(seen) == found.total == 300
    assert [info["truth"] for info in seen[148:152]] == pytest.approx([1, 1, 9, 9], abs=1e-6)
    assert max(info["mi.infonce"] for info in seen) <= math.log(16) + 1e-5
    rows = {(row["method"], round(row["truth"])): row for row in found.result()["rows"]}
    assert len(rows) == 4 and math.log(16) - 0.7 < rows["infonce", 9]["mi"] < math.log(16)
    assert rows["smile", 9]["mi"] > rows["infonce", 9]["mi"] + 0.5, "which has no such ceiling"
    last = [info["mi.smile"] for info in seen]
    assert rows["smile", 9]["mi"] == pytest.approx(np.mean(last[225:])) and rows["smile", 9]["bias"] < 0
    assert seen[199]["mean.smile"] == pytest.approx(np.mean(last[150:200])) and seen[151]["mean.smile"] != last[151]


def test_each_level_opens_the_run_of_that_level():
    found, _ = run(methods=["nwj"], levels=[0.5, 1.5], every=20, hidden=8)
    for row, level in zip(found.rows_, (0.5, 1.5), strict=True):
        single = Spec.parse(row["run"])
        assert from_dict(single.data.distribution).true_mi == pytest.approx(level, abs=1e-6)
        assert single.data.fresh and single.parameters["hidden"] == 8 and single.parameters["negatives"] == 63


def test_what_is_mapped_is_raised_within_and_keeps_its_map():
    raised = module._with_mi(make("half_cube", of=make("multivariate_gaussian", dimension=3)), 2.0)
    assert type(raised).__name__ == "HalfCube" and raised.true_mi == pytest.approx(2.0)


def test_stopping_early_keeps_what_was_reached_and_one_that_diverges_falls_silent(monkeypatch):
    asked = spec(methods=["infonce", "mine"], levels=[1.0, 2.0], every=20)
    method = asked.build()
    begun = method._begun

    def breaking(name, raised):
        steps = begun(name, raised)
        yield from steps if name == "infonce" else islice(steps, 4)
        raise Diverged("mi is inf")

    monkeypatch.setattr(method, "_begun", breaking)
    seen = [step.info for step in islice(method.steps(asked.source()), 10)]
    assert "mi.mine" in seen[3] and "mi.mine" not in seen[4] and "mi.infonce" in seen[9]
    rows = method.finish().rows_
    assert [(row["method"], row["truth"]) for row in rows] == [
        ("infonce", pytest.approx(1.0)),
        ("mine", pytest.approx(1.0)),
    ]
    assert [row["error"].split(",")[0] for row in rows] == [f"ended at step {n} of 20 of this level" for n in (10, 4)]
    assert {row[name] for row in rows for name in ("mi", "bias", "spread")} == {None}, "a level that is not finished"


def test_what_cannot_be_is_said_in_a_sentence():
    for parameters, said in (
        ({"methods": ["ksg"]}, "'ksg' trains no critic; use mine"),
        ({"levels": []}, "levels has 0 entries"),
        ({"levels": ["high"]}, "levels='high' is not a number"),
    ):
        with pytest.raises(ValueError, match=said):
            spec(**parameters).build().check_parameters()
    for distribution, said in (
        ({"name": "additive_uniform"}, "no correlation ρ that could be raised"),
        ({"name": "gaussian"}, "levels=6 is above 4.26 nats"),
    ):
        asked = spec(distribution)
        with pytest.raises(ValueError, match=said):
            next(asked.build().steps(asked.source()))
    rows = Spec.parse(
        {"family": "sweeps", "method": "staircase", "data": {"table": "wine", "x": ["ash"], "y": ["hue"]}}
    )
    with pytest.raises(ValueError, match="of a distribution whose mutual information is known"):
        next(rows.build().steps(rows.source()))
