"""An estimator is checked on the page: against chance, and against itself, beside the runs that are shown there."""

from __future__ import annotations

import time

import numpy as np
import pytest

from core.paths import VARIABLE
from dashboard.charts import checks
from dashboard.widgets import server
from tests.dashboard.test_arena_page import opened, words


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))


def checked(kind: str, **query: str):
    """The page after a check has ended, and its run."""
    at = opened("estimate", **query)
    at.session_state["estimate.checks"] = True
    at.run()
    at.button(key=f"estimate:check.{kind}").click().run()
    (run,) = at.session_state["infoscope.runs"]["estimate"][-1:]
    for _ in range(600):
        if not server.store().run(run).active:
            return at.run(), run
        time.sleep(0.1)
    raise AssertionError("the check did not end")


def test_a_permutation_test_says_its_p_value():
    at, run = checked("permutations", m="gaussian", n="200")
    assert not at.exception and server.store().run(run).status == "finished"
    result = server.store().result(run)
    assert result["p_value"] == pytest.approx(1 / 201) and result["orders"] == 200
    assert server.store().run(run).spec.single().method == "gaussian"


def test_self_consistency_lists_what_each_check_found():
    at, run = checked("consistency", m="gaussian", n="400")
    assert not at.exception and server.store().run(run).status == "finished"
    (listed,) = (frame.value for frame in at.dataframe)
    assert (
        listed["estimate"].tolist() == [one["mi"] for one in server.store().result(run)["verdicts"]]
        and len(listed) == 6
    )
    assert "contradict itself" in words(at)


def test_what_trains_has_no_permutation_test_and_nothing_is_asked_while_it_is_folded():
    at = opened("estimate", m="mine")
    assert not [b for b in at.button if b.key == "estimate:check.permutations"]
    at.session_state["estimate.checks"] = True
    at.run()
    assert (
        at.button(key="estimate:check.permutations").disabled
        and not at.button(key="estimate:check.consistency").disabled
    )
    assert "a training of its own" in words(at)


def test_the_pictures_hold_the_estimate_and_the_line_of_parts():
    figure = checks.surrogates(np.linspace(-0.1, 0.1, 50), 0.4)
    assert figure["data"][0]["y"].sum() == 50 and set(figure["data"][1]["x"]) == {0.4}
    rows = [{"n": n, "mi": 0.3 + 10 / n, "low": 0.2, "high": 0.5} for n in (400, 200, 100)]
    figure = checks.subsamples(rows, {"mi": 0.3, "slope": 10.0})
    assert (
        figure["data"][1]["y"].tolist() == pytest.approx([0.3, 0.4]) and figure["layout"]["xaxis"]["ticktext"][0] == "∞"
    )
