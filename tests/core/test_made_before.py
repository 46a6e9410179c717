"""Specs, models and checkpoints that an earlier version wrote mean now what they meant then (`tests.fixtures.make`)."""

from __future__ import annotations

import json
import shutil
from itertools import islice

import numpy as np
import pytest

from core import discover, older_specs, saved
from core.data.features import features_source
from core.method import Checkpoint
from core.paths import VARIABLE
from core.spec import Spec
from tests.fixtures import made, make

SPECS, MODELS, CHECKPOINTS, RUNS = made("specs"), made("models"), made("checkpoints"), made("runs")


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory):
    """A copy of the data folder of then: what is decoded is kept in it."""
    path = shutil.copytree(make.FOLDER, tmp_path_factory.mktemp("made") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(path))
        discover.forget()
        yield path
    discover.forget()


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_means_what_it_meant(name):
    then = SPECS[name]
    now = make.meaning(Spec.parse(older_specs.completed(then["spec"])))
    assert now["parameters"] | then["parameters"] == now["parameters"]  # a newer version may have more of them
    assert now["names"] == then["names"] and now["true_mi"] == pytest.approx(then["true_mi"])
    assert now["data"].keys() == then["data"].keys()
    for array, (shape, *sums) in then["data"].items():
        assert now["data"][array][0] == shape and now["data"][array][1:] == pytest.approx(sums, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_a_saved_model_answers_as_it_did(name):
    then = MODELS[name]
    x = np.array(then["given"]["x"], dtype=then["given"]["dtype"])
    y = None if then["given"]["y"] is None else np.array(then["given"]["y"])
    model = saved.of_run(then["run"])
    now = make.answers(model, x, y)
    assert type(model).__name__ == then["class"] and now.keys() == then["answers"].keys()
    for answer, values in then["answers"].items():
        np.testing.assert_allclose(now[answer], values, rtol=1e-4, atol=1e-6, err_msg=answer)


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_goes_on_as_the_run_did(name):
    then = CHECKPOINTS[name]
    spec = Spec.parse(older_specs.completed(then["spec"]))
    start = Checkpoint.load(make.MADE / "checkpoints" / f"{name}.safetensors")
    following = [[step.index, step.info] for step in islice(spec.build().steps(spec.source(), start), make.AFTER)]
    assert [index for index, _ in following] == [index for index, _ in then["following"]] != []
    for (_, info), (_, before) in zip(following, then["following"], strict=True):
        # Which of IIC's heads is reported is chosen by neighbours too since then; the training goes on as it did.
        heads = ("mi", "clusters_in_use", "loss_best_head", "accuracy", "test_accuracy") if spec.method == "iic" else ()
        now = {key: value for key, value in info.items() if key not in heads}
        before = {key: value for key, value in before.items() if key not in heads}
        assert now == pytest.approx(before, rel=1e-4, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", ["ksg", "columns", "kmeans", "pca", "matrix", "scan", "pitfall"])
def test_what_needs_no_training_gives_the_same_figures(name):
    then = RUNS[name]
    spec = Spec.parse(older_specs.completed(then["spec"]))
    method = spec.build()
    steps = list(method.steps(spec.source()))
    now = numbers(method.finish().result())
    before = {k: v for k, v in numbers(then["result"]).items() if not k.endswith(".seconds")}
    if spec.family == "estimators":
        before["mi"] = then["result"]["mi"]
        now["mi"] = method.mi_
    assert len(steps) == then["step"] and len(before) > 1
    assert {k: now.get(k) for k in before} == pytest.approx(before, rel=1e-6)


def numbers(value, name=""):
    """The numbers of a result by their path; how long it took is no figure."""
    if isinstance(value, dict):
        parts = [(k, v) for k, v in value.items() if (name, k) not in (("", "steps"), ("", "seconds"))]
    elif isinstance(value, (list, tuple, np.ndarray)):
        parts = list(enumerate(value))
    else:
        return {name: float(value)} if isinstance(value, (int, float, np.number)) else {}
    return {key: number for k, v in parts for key, number in numbers(v, f"{name}.{k}".strip(".")).items()}


@pytest.mark.parametrize("name", ["iic", "representation"])
def test_features_that_a_run_left_are_found(name):
    source = features_source(RUNS[name]["id"])
    rows = Spec.parse(older_specs.completed(RUNS[name]["spec"])).data.n
    assert len(source.x) == len(source.labels) == rows and np.isfinite(source.x).all()


@pytest.mark.parametrize("name", ["grey", "colour"])
def test_deep_infomax_saved_under_another_default_objective_answers_as_it_did(name):
    """Saved by the commit before e993fe9, whose default was "infonce": DIM(n_features=3, epochs=1, width=4, hidden=8,
    batch_size=40, size=8) on 80 random pictures; the file says what then was the default, and so it is read."""
    folder = make.MADE.parent / "dim"
    then = json.loads((folder / "answers.json").read_text(encoding="utf-8"))[name]
    model = saved.load(folder / f"{name}.safetensors")
    assert model.objective == "infonce" != type(model)().objective
    assert type(model.network_.local).__name__ == "Cosine"
    z = model.transform(np.array(then["x"], dtype=then["dtype"]))
    np.testing.assert_allclose(z, then["z"], rtol=1e-4, atol=1e-5)
