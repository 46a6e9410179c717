"""Every method of every family, found by looking, under every rule of `tests.checks` and scikit-learn's own."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # scikit-learn's array checks ask for it before scipy is imported

from sklearn.utils.estimator_checks import estimator_checks_generator

from core import discover, params
from core.spec import Spec
from tests import checks

METHODS = [
    pytest.param(discover.load(family, name), id=f"{family}/{name}")
    for family in ("estimators", "clusterers", "encoders", "projections", "densities")
    for name in discover.names(family)
]


SMALLEST = {"epochs": 1, "iterations": 10, "hidden": 8, "width": 4, "folds": 2}  # scikit-learn asks forty times
FITTING = {"iterations": 50}  # … and of a regression also that it fits


pytestmark = pytest.mark.usefixtures("brief")


@pytest.mark.parametrize("rule", list(checks.checks()), ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("cls", METHODS)
def test_every_method_keeps_the_rule(cls, rule):
    rule(cls)


OTHERS = [
    pytest.param(discover.load(family, name), id=f"{family}/{name}")
    for family in ("pitfalls", "sweeps")
    for name in discover.names(family)
]

OF_A_TABLE = {
    "matrix": ({}, {"table": "wine", "x": ["alcohol", "hue", "ash"]}),
    "groups": ({"split": 2, "most": 100, "permutations": 19}, {"table": "wine", "x": ["alcohol", "ash", "hue"]}),
    "conditional": ({"most": 100}, {"table": "wine", "x": ["alcohol", "ash", "hue"]}),
    "features": ({"target": "hue"}, {"table": "wine", "x": ["alcohol", "ash"]}),
    "time_lags": ({"lags": 2, "moves": 19}, {"table": "weather", "x": ["temp_max", "wind"]}),
    "two_clusterings": ({"copies": 20}, {"table": "penguins", "x": ["species", "island"]}),
}


def _spec(cls) -> Spec:
    """A short run of a pitfall or a sweep, on data that suit it."""
    family, name = cls.family, discover.name_of(cls)
    small = {key: value for key, value in checks.short(cls).get_params().items() if key in checks.CAPS}
    if name == "scan":
        small = {"method": "kmeans", "values": (2, 3)}
    pictures = "densities" not in getattr(cls, "about", ())
    data = {"images": "digits", "n": 200} if pictures else {"problem": "inverse", "n": 100}
    if name in OF_A_TABLE:
        small, data = OF_A_TABLE[name]
    if name == "arena":
        small, data = {"methods": ("gaussian",)}, {"tasks": ["1v1-normal-0.75"], "n": 100}
    if name in ("staircase", "sizes", "permutations", "consistency"):
        small = {"staircase": {"every": 10, "levels": (1.0,)}, "sizes": {"values": (100,), "seeds": 1}}.get(name, {})
        data = {"distribution": {"name": "multivariate_gaussian", "dimension": 3}, "n": 200}
    return Spec.parse({"family": family, "method": name, "parameters": small, "data": data, "device": "cpu"})


@pytest.mark.parametrize("cls", OTHERS)
def test_pitfalls_and_sweeps_interrupted_in_their_first_step_have_a_result_or_a_sentence(cls):
    spec = _spec(cls)
    checks.interrupting_the_first_step_leaves_a_result_or_a_sentence(cls, spec.build, spec.source())


def test_the_caps_name_real_parameters():
    known = {name for case in METHODS for name in params.parameters(case.values[0])}
    assert set(checks.CAPS) <= known and set(checks.MID_RUN) <= known


def test_the_lengths_that_are_capped_are_parameters_of_methods():
    known = [params.parameters(method.values[0]) for method in METHODS]
    assert all(any(name in of for of in known) for name in checks.CAPS)


# Nodes are no independent rows: what learns from a graph is not a scikit-learn estimator, and is the one exception.
OF_ROWS = [case for case in METHODS if case.values[0].takes != ("graph",)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("cls", OF_ROWS)
def test_every_method_passes_all_checks_of_scikit_learn(cls):
    failed = {}
    count = 0
    for estimator, check in estimator_checks_generator(
        checks.short(cls, FITTING if cls.family == "densities" else SMALLEST)
    ):
        count += 1
        try:
            check(estimator)
        except Exception as error:
            failed[getattr(check, "func", check).__name__] = f"{type(error).__name__}: {str(error)[:200]}"
    assert count > 30
    assert not failed, failed
