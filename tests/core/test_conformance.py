"""Every method of every family, found by looking, under every rule of `tests.checks` and scikit-learn's own."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # scikit-learn's array checks ask for it before scipy is imported

from sklearn.utils.estimator_checks import estimator_checks_generator

from core import discover, params
from tests import checks

METHODS = [
    pytest.param(discover.load(family, name), id=f"{family}/{name}")
    for family in ("estimators", "clusterers", "encoders", "projections", "densities")
    for name in discover.names(family)
]


@pytest.mark.parametrize("rule", list(checks.checks()), ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("cls", METHODS)
def test_every_method_keeps_the_rule(cls, rule):
    rule(cls)


def test_the_caps_name_real_parameters():
    known = {name for case in METHODS for name in params.parameters(case.values[0])}
    assert set(checks.CAPS) <= known and set(checks.MID_RUN) <= known


def test_the_lengths_that_are_capped_are_parameters_of_methods():
    known = [params.parameters(method.values[0]) for method in METHODS]
    assert all(any(name in of for of in known) for name in checks.CAPS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("cls", METHODS)
def test_every_method_passes_all_checks_of_scikit_learn(cls):
    failed = {}
    count = 0
    for estimator, check in estimator_checks_generator(checks.short(cls)):
        count += 1
        try:
            check(estimator)
        except Exception as error:
            failed[getattr(check, "func", check).__name__] = f"{type(error).__name__}: {str(error)[:200]}"
    assert count > 30
    assert not failed, failed
