"""Each density pitfall shows its error by figures: the wrong way is worse, and where it is not wrong it does not claim so."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core import discover
from core.data.problems import problem_source
from core.method import Source


def played(name: str, source: Source, **values: object):
    method = discover.load("pitfalls", name)(**values)
    steps = list(method.steps(source))
    assert steps and all(np.isfinite(v) for step in steps for v in step.info.values())
    assert steps[-1].index <= method.total
    return method.finish().result(), steps


def test_targets_ten_times_as_large_have_no_density_left_and_logarithms_do():
    result, steps = played("exp_log_prob", problem_source("inverse", 500, 0))
    assert result["wrong"] > 0.5 and result["right"] == 0
    shares = [step.info["wrong"] for step in steps]
    assert all(a <= b for a, b in pairwise(shares))  # further out, never nearer
    small, _ = played("exp_log_prob", Source(np.zeros((30, 1)), np.full((30, 1), 0.01)))
    assert small["wrong"] == 0 and "no target is far enough" in small["verdict"]


def test_without_a_floor_rows_apart_pay_for_what_training_gains():
    result, steps = played("no_sigma_floor", problem_source("inverse", 500, 0), iterations=500)
    assert result["wrong"] > result["right"] + 0.3 and steps[-1].info["training"] < result["right"]


def test_the_training_likelihood_flatters():
    source = problem_source("inverse", 60, 0)  # few rows are learned by heart in few steps
    result, _ = played("no_validation", source, iterations=3000)
    assert result["right"] > result["wrong"] + 0.2


def test_two_components_cannot_hold_five_answers():
    result, _ = played("too_few_components", problem_source("inverse", 400, 0), iterations=300)
    assert result["wrong"] > result["right"] + 0.3 and "With 2 components" in result["verdict"]


@pytest.mark.parametrize("name", ["exp_log_prob", "no_sigma_floor", "no_validation"])
def test_too_few_rows_are_refused_in_a_sentence(name):
    with pytest.raises(ValueError, match="at least 20 rows"):
        played(name, Source(np.zeros((5, 1)), np.zeros((5, 1))))
