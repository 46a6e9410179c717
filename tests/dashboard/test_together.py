"""Runs opened together are all shown, or it is said why not; and Start begins the first one's run, never a mixture."""

from __future__ import annotations

import pytest

from core.spec import Spec
from dashboard.jobs import Run
from dashboard.screens.runs import history
from dashboard.widgets.address import RUNS

_GAUSS = {"distribution": {"name": "gaussian"}, "n": 500}


def run(id: str, family: str, method: str, data: dict, seed: int = 0, **parameters) -> Run:
    spec = Spec.parse({"family": family, "method": method, "data": data, "seed": seed, "parameters": parameters})
    return Run(id, spec.to_json(), "finished")


def test_estimates_are_overlaid():
    runs = [run("a", "estimators", "mine", _GAUSS), run("b", "estimators", "ksg", _GAUSS)]
    assert not history.apart(runs) and history.link(runs)[RUNS] == "a,b"


@pytest.mark.parametrize(
    "family, method, data", [("clusterers", "iic", {"images": "digits"}), ("encoders", "pca", {"images": "digits"})]
)
def test_a_page_of_one_run_is_not_offered_several(family, method, data):
    runs = [run("a", family, method, data), run("b", family, method, data, seed=1)]
    assert "one run at a time" in history.apart(runs)
    assert not history.apart(runs[:1])


def test_densities_are_compared_on_the_same_rows_only():
    data = {"problem": "inverse", "n": 200}
    runs = [run("a", "densities", "mdn", data, n_components=3), run("b", "densities", "mse", data)]
    assert not history.apart(runs)
    assert history.link(runs) | {RUNS: ""} == history.link(runs[:1]) | {RUNS: "", "tab": "compare"}  # the first's own
    assert "different rows" in history.apart([runs[0], run("c", "densities", "mdn", data, seed=1)])


def test_a_pitfall_and_runs_of_two_pages_are_said():
    runs = [run("a", "estimators", "mine", _GAUSS), run("b", "clusterers", "iic", {"images": "digits"})]
    assert "different pages" in history.apart(runs)


def test_a_run_that_no_page_opens_is_not_said_to_belong_to_several():
    pitfall = run("a", "pitfalls", "raw_logits", {"images": "digits"})
    assert "has no link" in history.apart([pitfall]) and "has no link" in history.apart([pitfall, pitfall])
    gone = Run("b", '{"family": "estimators", "method": "vanished", "data": {"problem": "inverse"}}', "finished")
    assert "can no longer be read" in history.apart([gone])
