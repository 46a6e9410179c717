"""Estimators as a size grows: each cell is the single run, and slopes are those of the seconds."""

from __future__ import annotations

import pytest

from core.method import Checkpoint
from core.spec import Spec
from core.sweeps import sizes as module
from core.sweeps.sizes import Sizes

GAUSSIAN = {"name": "multivariate_gaussian", "dimension": 2, "rho": 0.6}


def spec(distribution=GAUSSIAN, n: int = 300, **parameters) -> Spec:
    data = {"distribution": distribution, "n": n}
    return Spec.parse({"family": "sweeps", "method": "sizes", "parameters": parameters, "data": data, "seed": 3})


def run(start=None, **parameters) -> Sizes:
    asked = spec(**parameters)
    method = asked.build()
    list(method.steps(asked.source(), start))
    return method.finish()


@pytest.mark.parametrize(
    ("varied", "values", "method", "truths"),
    [
        ("rows", (100, 400), "ksg", [0.446, 0.446]),
        ("dimension", (1, 3), "gaussian", [0.223, 0.669]),
        ("batch_size", (16, 32), "infonce", [0.446, 0.446]),
    ],
)
def test_a_cell_is_the_single_run_that_it_opens(varied, values, method, truths, monkeypatch):
    if method == "infonce":  # a short one
        from core.estimators.infonce import InfoNCE

        monkeypatch.setattr(InfoNCE, "total", property(lambda self: 20))
    found = run(varied=varied, values=values, methods=[method], seeds=1)
    assert [row["value"] for row in found.rows_] == list(values)
    assert [row["truth"] for row in found.rows_] == pytest.approx(truths, abs=1e-3)
    for row in found.rows_:
        single = Spec.parse(row["run"])
        assert single.build().run(single.source()).estimated()["mi"] == row["mi"]
        assert single.data.true_mi() == row["truth"] and single.seed == row["seed"] == 3


def test_resuming_adds_the_rest_and_the_picture_says_what_the_rows_say(tmp_path):
    whole = run(values=(100, 200), methods=["gaussian", "ksg"], seeds=2)
    saved = Checkpoint(3, {}, {"rows": whole.rows_[:3]})
    saved.save(tmp_path / "c.safetensors")
    again = run(Checkpoint.load(tmp_path / "c.safetensors"), values=(100, 200), methods=["gaussian", "ksg"], seeds=2)
    assert [row["mi"] for row in again.rows_] == [row["mi"] for row in whole.rows_] and len(whole.rows_) == 8
    seen = whole.view("sizes")
    assert seen["mi"].tolist() == [row["mi"] for row in whole.rows_]
    assert seen["method"].tolist() == [0, 1] * 4 and (seen["low"] <= seen["mi"]).all()
    assert set(whole.result()["slopes"]) == {"gaussian", "ksg"}


def test_slopes_are_between_logarithms_and_a_cell_that_failed_has_no_part():
    rows = [{"value": v, "mi": 0.0, "seconds": 1e-4 * v**1.5} for v in (100, 1_000, 5_000)]
    assert module.slope(rows) == pytest.approx(1.5)
    assert module.slope([*rows, {"value": 9_000, "mi": None, "seconds": 9.0}]) == pytest.approx(1.5)
    assert module.slope(rows[:1]) is None


def test_what_cannot_be_is_said_in_a_sentence():
    for parameters, said in (
        ({"values": ()}, "values has 0 entries"),
        ({"values": (10,)}, r"rows=10 is outside \[50, 1000000\]"),
        ({"varied": "dimension", "values": (500,)}, r"dimension=500 is outside \[1, 200\]"),
        ({"varied": "batch_size", "values": (64,)}, "'ksg' has no batch_size"),
    ):
        with pytest.raises(ValueError, match=said):
            spec(**parameters).build().check_parameters()
    asked = spec({"name": "gaussian"}, varied="dimension", values=(1, 2))
    with pytest.raises(ValueError, match="has one dimension only"):
        next(asked.build().steps(asked.source()))
