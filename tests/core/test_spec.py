"""A run as data: JSON both ways, compositions, and one sentence for every fault."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core import discover, older_specs, params
from core.data.features import Features, features_source
from core.paths import VARIABLE, run_folder
from core.spec import Spec, SpecError

GOOD = {"family": "estimators", "method": "ksg", "data": {"distribution": {"name": "gaussian", "rho": 0.5}, "n": 500}}


def test_json_gives_the_same_spec_back():
    spec = Spec.parse(GOOD | {"parameters": {"k": 3}, "seed": 7})
    assert Spec.parse(spec.to_json()) == spec
    assert json.loads(spec.to_json())["seed"] == 7


def test_a_composition_is_built_and_keeps_the_truth():
    nested = {
        "distribution": {"name": "half_cube", "of": {"name": "normal_cdf", "of": {"name": "gaussian", "rho": 0.5}}}
    }
    spec = Spec.parse(GOOD | {"data": nested})
    assert spec.data.true_mi() == pytest.approx(-0.5 * np.log(1 - 0.25))
    assert np.abs(spec.source().x).max() <= 1.0


def test_the_same_spec_gives_the_same_run():
    runs = []
    for _ in range(2):
        spec = Spec.parse(GOOD | {"seed": 3})
        method, source = spec.build(), spec.source()
        list(method.steps(source))
        runs.append(method.finish().mi_)
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"family": "wizards"}, ["family", "wizards"]),
        ({"method": "kgs"}, ["kgs"]),
        ({"parameters": {"k": 0}}, ["k=0", "1"]),
        ({"parameters": {"neighbours": 3}}, ["neighbours"]),
        ({"parameters": {"random_state": 3}}, ["seed"]),
        ({"data": {"distribution": {"name": "gausian"}}}, ["gausian"]),
        ({"data": {"distribution": {"name": "gaussian", "rho": 2}}}, ["rho", "2"]),
        ({"data": {"distribution": {"name": "gaussian"}, "n": 3}}, ["n", "50"]),
        ({"data": {"nothing": 1}}, ["distribution", "table"]),
        ({"data": {"table": "weather", "x": ["wind"]}}, ["y"]),
        ({"data": {"run": "../../etc"}}, ["run"]),
        ({"seed": -1}, ["seed"]),
        ({"device": "tpu; rm"}, ["device"]),
        ({"version": 9}, ["version"]),
        ({"extra": True}, ["extra"]),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_field(change, words):
    with pytest.raises(SpecError) as caught:
        Spec.parse(GOOD | change)
    message = str(caught.value)
    assert "\n" not in message and all(word in message for word in words), message


def test_text_that_is_no_json_is_refused():
    with pytest.raises(SpecError):
        Spec.parse("{not json")


def test_features_of_a_run_are_found_by_its_id(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    features, labels = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20)
    Features(features, labels=labels).save("abcdef123456")
    source = features_source("abcdef123456")
    assert np.array_equal(source.x, features) and np.array_equal(source.labels, labels)
    with pytest.raises(ValueError, match="000000000000"):
        features_source("000000000000")


@pytest.mark.parametrize("identifier", ["../up", "a/b", "", "ä" * 12, "a" * 65])
def test_no_identifier_leads_out_of_the_data_folder(identifier, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    if identifier:
        with pytest.raises(ValueError):
            run_folder(identifier)
    assert run_folder("abc123").is_relative_to(tmp_path)


def test_every_parameter_of_every_method_goes_through_json():
    for family in ("estimators", "clusterers", "encoders", "projections", "densities"):
        for cls in discover.every(family).values():
            defaults = {n: p.default for n, p in params.parameters(cls).items() if n not in ("random_state", "device")}
            assert params.check(cls, json.loads(json.dumps(defaults))) == defaults


def test_a_broken_plug_in_is_loud_and_the_others_work(tmp_path, monkeypatch):
    folder = tmp_path / "plugins" / "estimators"
    folder.mkdir(parents=True)
    (folder / "broken.py").write_text("import no_such_module\n")
    (folder / "empty.py").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    discover.forget()
    try:
        with pytest.raises(discover.DiscoveryError, match=r"broken\.py"):
            discover.load("estimators", "broken")
        with pytest.raises(discover.DiscoveryError, match="one public class"):
            discover.load("estimators", "empty")
        assert discover.load("estimators", "ksg").__name__ == "KSG"
    finally:
        discover.forget()


def test_a_spec_holds_every_parameter_so_that_a_default_that_changes_leaves_it_alone(monkeypatch):
    before = Spec.parse({"family": "estimators", "method": "mine", "data": {"distribution": {"name": "gaussian"}}})
    cls = discover.load("estimators", "mine")
    assert set(before.parameters) == set(cls().get_params()) - {"random_state", "device"}
    assert before.data.distribution["rho"] == 0.8
    monkeypatch.setattr(cls, "hidden", 7)
    assert Spec.parse(before.to_json()).build().hidden == before.parameters["hidden"] != 7


def test_a_run_says_with_what_it_was_made_and_a_spec_of_before_opens_without():
    spec = Spec.parse({"family": "estimators", "method": "mine", "data": {"distribution": {"name": "gaussian"}}})
    made = spec.stamped(2)
    assert made.threads == 2 and {"python", "torch", "numpy"} <= set(made.versions) and not spec.versions
    assert Spec.parse(made.to_json()) == made


@pytest.mark.parametrize(("method", "was"), [("mine", 4), ("infonce", 255)])
def test_a_stored_spec_keeps_the_default_that_it_did_not_name(method, was):
    short = f'{{"family":"estimators","method":"{method}","data":{{"distribution":{{"name":"gaussian"}},"n":50}}}}'
    then, now = Spec.parse(older_specs.completed(short)), Spec.parse(short)
    today = discover.load("estimators", method)().negatives
    assert (then.parameters["negatives"], now.parameters["negatives"]) == (was, today) and today != was
    assert Spec.parse(older_specs.completed(now.to_json())) == now
