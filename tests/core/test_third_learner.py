"""A third learner of two views is one file: dropped in as a plug-in, it trains, is probed, saved, scanned and resumed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from core import discover, params, saved
from core.method import Checkpoint
from core.paths import VARIABLE
from core.spec import Spec
from tests import checks
from tests.plugins import folder_with

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "plugins" / "barlow.py"
SETTINGS = {"n_features": 16, "epochs": 20, "batch_size": 120, "width": 8}
SPEC = {"family": "encoders", "method": "barlow", "parameters": SETTINGS, "data": {"images": "digits", "n": 600}}


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    text = FILE.read_text(encoding="utf-8")
    with folder_with(tmp_path_factory.mktemp("data"), "encoders", "barlow", text) as path:
        yield path


@pytest.fixture(scope="module")
def run(folder):
    spec = Spec.parse(SPEC)
    method, source = spec.build(), spec.source()
    return method.run(source), source


def test_it_is_one_short_file():
    assert len(FILE.read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("rule", list(checks.checks()), ids=lambda rule: rule.__name__)
def test_it_keeps_every_rule(rule):
    rule(discover.load("encoders", "barlow"))


@pytest.mark.filterwarnings("ignore")
def test_it_passes_all_checks_of_scikit_learn():
    for estimator, check in estimator_checks_generator(checks.short(discover.load("encoders", "barlow"))):
        check(estimator)


def test_its_form_has_its_own_parameter_and_those_of_every_learner_of_two_views():
    names = list(params.parameters(discover.load("encoders", "barlow")))
    assert names[:3] == ["redundancy", "n_features", "epochs"]
    assert {"rotation", "crop", "noise", "backbone", "size", "width", "batch_size", "learning_rate"} < set(names)


def test_its_features_agree_between_views_and_are_better_than_those_of_its_first_weights(run):
    method, source = run
    infos = [step.info for step in method.history_]
    ends = [info for info in infos if "epoch" in info]
    assert [info["epoch"] for info in ends] == list(range(1, 21)) and all("loss" in info for info in infos)
    assert ends[-1]["loss_held_out"] < 0.5 * ends[0]["loss_held_out"]
    assert ends[-1]["probe"] > ends[-1]["probe_random"] + 0.03 and abs(ends[-1]["probe_noise"] - 0.1) < 0.1
    z = method.transform(source.x)
    assert z.shape == (len(source), 16) and len(method.get_feature_names_out()) == 16


def test_its_result_has_the_probes_and_its_pictures_the_features_and_the_views(run):
    method, source = run
    result = method.result()
    assert result["loss_held_out"] == method.history_[-1].info["loss_held_out"]
    assert set(result["probes"]) == {"features", "random", "noise", "pixels", "pca"}
    features = method.view("features")
    assert features["features"].shape == (600, 16) and np.array_equal(features["labels"], source.labels)
    assert method.view("pairs")["second"].shape == method.pairs(source.x)["second"].shape == (16, 16, 16)


def test_a_saved_one_answers_as_the_run_did(run, tmp_path):
    method, source = run
    assert saved.save(method, tmp_path / "model.safetensors")
    again = saved.load(tmp_path / "model.safetensors")
    assert np.array_equal(again.transform(source.x[:50]), method.transform(source.x[:50]))
    assert again.result() == method.result()


def test_a_stopped_run_goes_on_as_if_it_had_not_been(tmp_path):
    spec = Spec.parse(SPEC)
    first, source = spec.build(), spec.source()
    steps = first.steps(source)
    list(islice(steps, 7))  # in the middle of an epoch of four
    first.checkpoint().save(tmp_path / "c.safetensors")
    unbroken = list(islice(steps, 6))
    resumed = spec.build().steps(source, Checkpoint.load(tmp_path / "c.safetensors"))
    assert list(islice(resumed, 6)) == unbroken


def test_a_scan_over_its_number_of_features():
    scan = Spec.parse(
        {
            "family": "sweeps",
            "method": "scan",
            "data": {"images": "digits", "n": 200},
            "parameters": {
                "kind": "encoders",
                "method": "barlow",
                "parameter": "n_features",
                "values": [2, 8],
                "settings": [["epochs", 1], ["width", 4]],
            },
        }
    )
    found = scan.build().run(scan.source()).view("scan")
    assert found["value"].tolist() == [2, 8] and np.isfinite(found["loss_held_out"]).all()


def test_the_shell_writes_its_spec_and_runs_it(folder, tmp_path):
    environment = os.environ | {VARIABLE: str(folder), "PYTHONPATH": str(ROOT)}
    shell = lambda *words: subprocess.run(  # noqa: E731
        [sys.executable, "-m", "core", *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    written = json.loads(shell("spec", "barlow").stdout)
    assert (written["family"], written["method"]) == ("encoders", "barlow")
    short = written | {"parameters": SETTINGS | {"epochs": 1, "width": 4}, "data": {"images": "digits", "n": 200}}
    (tmp_path / "spec.json").write_text(json.dumps(short))
    done = shell("run", str(tmp_path / "spec.json"))
    assert done.returncode == 0 and "loss_held_out" in done.stdout, done.stderr[-2000:]
