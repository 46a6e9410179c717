"""The arena's page without a browser: its form is its link, and every estimate can be seen, taken away and run again."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import distributions
from core.data.references.tasks import TELLING
from core.paths import VARIABLE
from core.spec import Spec
from core.sweeps.arena import summarised
from dashboard import pages, state
from dashboard.charts import growth, heat
from dashboard.jobs import Run
from dashboard.screens.arena import cell, contents, sizes, staircase, stored
from dashboard.screens.runs import headlines
from dashboard.widgets import player, server, starting
from dashboard.widgets.address import encode

NORMAL, STUDENT = "1v1-normal-0.75", "student-identity-1-1-1"
SPEC = {
    "family": "sweeps",
    "method": "arena",
    "parameters": {"methods": ["gaussian", "t_copula"], "seeds": 2},
    "data": {"tasks": [NORMAL, STUDENT], "n": 300},
    "seed": 3,
    "device": "cpu",
}


@pytest.fixture(autouse=True)
def _folder(one_folder, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(one_folder))


def opened(page: str = "arena", **query: str) -> AppTest:
    at = AppTest.from_string(f"from dashboard import app\napp.main({page!r})", default_timeout=90)
    at.query_params |= query
    return at.run()


def finished(spec: dict) -> Run:
    run = server.client().submit(Spec.parse(spec), "")
    for _ in range(600):
        found = server.store().run(run)
        if found and not found.active:
            return found
        time.sleep(0.1)
    raise AssertionError("the run did not end")


def words(at: AppTest) -> str:
    return " ".join(e.value for kind in ("markdown", "caption", "warning") for e in at.get(kind)).replace("\\", "")


def test_an_empty_page_says_what_will_appear_and_begins_with_what_tells_estimators_apart():
    at = opened()
    assert not at.exception and "A map of errors fills here" in words(at)
    assert list(at.multiselect(key="arena:tasks").value) == list(TELLING)
    assert "32 estimates in all." in words(at) and not at.button(key="arena:start").disabled
    at = at.multiselect(key="arena:tasks").set_value([]).run()
    assert at.button(key="arena:start").disabled and "Choose at least one task." in words(at)
    assert "there is no nothing among the Tasks" in words(opened(tasks="nothing"))


def test_a_runs_link_starts_the_same_run():
    spec = Spec.parse(SPEC)
    assert pages.showing(spec).name == "arena"
    at = opened(**{k: encode(v) for k, v in pages.settings(spec).items()})
    assert not at.exception
    assert at.multiselect(key="arena:tasks").value == [NORMAL, STUDENT]
    assert at.multiselect(key="arena:methods").value == ["gaussian", "t_copula"]
    kept = [at.session_state[f"arena:{name}"] for name in ("n", "seeds", "seed")]
    assert kept == [300, 2, 3]


def test_a_finished_arena_shows_every_estimate_and_opens_one_of_them():
    run = finished(SPEC)
    rows = server.store().result(run.id)["rows"]
    assert headlines.figure(run, server.store().result(run.id)) == "8 estimates"
    at = opened(run=run.id)
    assert not at.exception
    summary, listed = (frame.value for frame in at.dataframe)
    assert list(summary["estimator"]) == ["Gaussian (CCA)", "t copula"] and len(listed) == 8
    assert np.allclose(listed["error (nats)"], [row["mi"] - row["truth"] for row in rows])
    assert np.allclose(listed["low (nats)"], [row["interval"][0] for row in rows])
    assert "Click a cell" in words(at) and set(listed["n"]) == {300}
    row = rows[5]
    at.session_state[state._CHOSEN] = {"arena.cell": (row["task"], row["method"], row["seed"])}
    said = words(at.run())
    assert "Click a cell" not in said and f"{row['task']}** · t copula · seed {row['seed']}" in said
    assert f"{row['mi']:.3f} nats, interval" in said
    query = cell.address(run.spec, row)
    single = opened("estimate", **query)
    assert not single.exception and not single.warning
    assert single.session_state["estimate:seed"] == row["seed"] and single.session_state["estimate:n"] == 300
    assert single.multiselect(key="estimate:m").value == [row["method"]]


def test_the_title_names_no_winner_that_chance_may_have_made():
    errors = {"ksg": [0.1, 0.2], "mine": [0.3, 0.1], "nwj": [0.5, 0.05], "smile": [0.8, 0.9]}
    rows = [{"method": m, "task": i, "mi": mi, "truth": 0.0} for m in errors for i, mi in enumerate(errors[m])]
    for few, said in (
        (("ksg", "mine"), "No estimator is closest by more than chance: 0.150 to 0.200"),
        (("ksg", "mine", "smile"), "and MINE are closest: 0.150 and 0.200"),
        (("ksg", "mine", "nwj", "smile"), "and 2 others are closest: 0.150"),
        (("ksg", "smile"), "(nearest neighbours) is closest: 0.150"),
    ):
        summary = [summarised(m, [r | {"interval": None, "seconds": 1} for r in rows if r["method"] == m]) for m in few]
        shown = SimpleNamespace(result={"summary": summary, "rows": rows})
        assert said in contents._heading(shown)


def test_the_title_of_a_sweep_of_sizes_names_no_winner_that_chance_may_have_made_either():
    errors = {"ksg": [0.1, 0.2, 0.15], "gaussian": [0.14, 0.19, 0.17], "mine": [0.8, 0.9, 0.85], "nwj": [0.0, 0.0]}
    every = [("value", 100, 5.0), ("value", 200, 1.0)]  # only the largest size counts
    rows = [
        {"method": m, "seed": i, size: n, "mi": times * mi, "truth": 0.0, "interval": None, "seconds": 1.0}
        for m in errors
        for i, mi in enumerate(errors[m])
        for size, n, times in every
    ]
    for methods, said in (
        (
            ["ksg", "gaussian", "nwj"],
            "No estimator is closest by more than chance: 0.150 to 0.167",
        ),  # NWJ lacks a sample
        (["ksg", "mine"], "(nearest neighbours) is closest: 0.150 nats off on average"),
    ):
        spec = SimpleNamespace(parameters={"methods": methods, "varied": "rows"})
        own = [row for row in rows if row["method"] in methods]
        title = sizes._heading(SimpleNamespace(run=SimpleNamespace(status="finished", spec=spec), result={"rows": own}))
        assert said in title and title.endswith("(at 200 rows)")


def test_the_link_of_a_cell_has_its_seed_and_what_it_starts_gives_its_number(monkeypatch):
    run, asked = finished(SPEC | {"seed": 0}), []
    row = server.store().result(run.id)["rows"][1]
    query = cell.address(run.spec, row)
    assert query["seed"] == "0"
    monkeypatch.setattr(starting.player, "controls", lambda page, specs: asked.append(specs))
    assert not opened("estimate", **query).exception
    (again,) = asked[-1]
    assert again.build().run(again.source()).mi_ == row["mi"]


@pytest.mark.parametrize("task", distributions.tasks())
def test_a_link_to_a_cell_says_its_distribution(task):
    spec = Spec.parse(SPEC | {"data": {"tasks": [task], "n": 300}})
    query = cell.address(spec, {"task": task, "method": "ksg", "seed": 0})
    described = distributions.to_dict(distributions.tasks()[task])
    if "of" in described:
        assert (query["d"], query["d.task"]) == ("beyond_normal", task)
        return
    shown = {k.removeprefix("d."): v for k, v in query.items() if k.startswith("d.")}
    assert query["d"] == described["name"] and set(shown) <= set(described)
    assert all(encode(described[name]) == value for name, value in shown.items())


def test_a_link_is_left_out_where_it_could_not_say_the_distribution():
    of = {"name": "wiggly", "of": {"name": "gaussian", "rho": 0.123}}
    given = {"family": "estimators", "method": "ksg", "data": {"distribution": of, "n": 300}}
    assert cell.linked(Spec.parse(given)) == {}


def test_the_map_of_errors_runs_both_ways_from_zero_and_says_every_number():
    values = np.array([[0.3, -0.9], [np.nan, -0.001]])
    figure = heat.errors(["a", "b"], ["one", "two"], values)
    (cells,) = figure["data"]
    assert cells["zmin"] == -cells["zmax"] and cells["colorscale"][4][0] == 0.5
    assert [mark["text"] for mark in figure["layout"]["annotations"]] == ["0.30", "−0.90", "0.00"]
    many = heat.errors([f"task {i}" for i in range(40)], ["one", "two"], np.zeros((40, 2)))
    assert len(many["layout"]["annotations"]) == 80 and len(many["layout"]["yaxis"]["ticktext"]) == 40


def test_on_a_phone_the_map_of_errors_keeps_the_names_and_the_buttons_have_a_place_of_their_own():
    figure = heat.errors(["multinormal-sparse-5-5-2-2.0"], ["KSG (nearest neighbours)"], np.zeros((1, 1)))
    narrow = figure["layout"]["meta"]["narrow"]
    assert narrow["yaxis"]["ticktext"] == ["multinormal-sparse-5-5-2-2.0"] and narrow["xaxis"]["ticktext"] == ["KSG"]
    bar = figure["data"][0]["colorbar"]
    assert bar["yanchor"] == "bottom" and bar["len"] < 1


def test_the_stored_results_are_of_our_tasks_with_our_truth():
    known, found = distributions.tasks(), stored.results()
    assert set(found["task"]) == set(known) == set(stored.errors().index)
    for name, true in found.groupby("task")["true"]:
        assert np.allclose(true, known[name].true_mi, atol=1e-4)
    assert stored.rows() == 10_000 and len(stored.errors().columns) >= 5
    assert list(stored.errors().columns[:2]) == ["Infoscope auto", "Infoscope KSG"]
    assert (stored.errors()["Infoscope auto"].abs() < 0.1).all()
    one = found[(found["method"] == "CCA default") & (found["task"] == NORMAL)].iloc[0]
    assert stored.errors().loc[NORMAL, "bmi 0.1.3 CCA default"] == pytest.approx(one["estimate"] - one["true"])


EMPTY = {"selection": SimpleNamespace(rows=[])}
MULTIVARIATE = {"name": "multivariate_gaussian", "dimension": 4}
STAIRS = {
    "family": "sweeps",
    "method": "staircase",
    "parameters": {"methods": ["infonce", "smile"], "every": 20, "hidden": 16},
    "data": {"distribution": MULTIVARIATE, "n": 100},
    "device": "cpu",
}
GROWING = {
    "family": "sweeps",
    "method": "sizes",
    "parameters": {"values": [100, 200], "varied": "rows", "methods": ["gaussian", "ksg"], "seeds": 2},
    "data": {"distribution": MULTIVARIATE, "n": 1_000},
    "device": "cpu",
}


@pytest.mark.parametrize("given", [STAIRS, GROWING], ids=["staircase", "sizes"])
def test_an_experiments_link_starts_the_same_run(given, monkeypatch):
    spec, asked = Spec.parse(given), []
    assert pages.showing(spec).name == "arena"
    monkeypatch.setattr(starting.player, "controls", lambda page, specs: asked.append(specs))
    at = opened(**{k: encode(v) for k, v in pages.settings(spec).items()})
    assert not at.exception and not at.warning
    (again,) = asked[-1]
    assert (
        again.method == spec.method
        and again.parameters == spec.parameters
        and again.data.distribution == spec.data.distribution
    )


def test_a_finished_staircase_shows_its_lines_and_opens_a_level():
    run = finished(STAIRS)
    rows = server.store().result(run.id)["rows"]
    assert len(rows) == 10 and headlines.figure(run, server.store().result(run.id)) == "10 estimates"
    at = opened(run=run.id)
    assert not at.exception and not at.error
    (listed,) = (frame.value for frame in at.dataframe)
    assert np.allclose(listed["mean (nats)"], [row["mi"] for row in rows]) and set(listed["truth (nats)"].round()) == {
        2,
        4,
        6,
        8,
        10,
    }
    assert "ln B = 4.16 nats for a batch of 64" in words(at) and "Select one to run that level" in words(at)
    single = opened("estimate", **cell.linked(Spec.parse(rows[3]["run"])))
    assert not single.exception and not single.warning and single.multiselect(key="estimate:m").value == ["infonce"]


def test_a_level_that_was_not_climbed_to_its_end_has_no_mean_and_says_so():
    rows = [
        {"method": "mine", "truth": 2.0, "mi": 1.5, "bias": -0.5, "spread": 0.1, "error": None},
        {"method": "mine", "truth": 4.0, "mi": None, "bias": None, "spread": None, "error": "ended at step 8 of 20"},
    ]
    frame = staircase._frame(rows)
    assert frame["mean (nats)"].isna().tolist() == frame["bias (nats)"].isna().tolist() == [False, True]
    assert frame["what failed"].tolist() == ["", "ended at step 8 of 20"]
    assert "ended at step 8 of 20" in cell._found(rows[1], "**MINE**")


def test_the_lists_write_numbers_as_the_page_does(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        cell.st, "dataframe", lambda frame, **more: drawn.append(frame.to_html()) or SimpleNamespace(**EMPTY)
    )
    row = {"method": "mine", "truth": 2.0, "mi": 1.5, "bias": -0.5, "spread": 0.1, "error": None}
    staircase._list([row, row | {"bias": None}], "run")
    one = {"method": "mine", "error": 0.1, "bias": -0.0123, "within": 1, "cells": 2, "covered": 0.5, "seconds": None}
    contents._summary([one])
    assert "−0.500" in drawn[0] and "−0.012" in drawn[1] and "nan" not in drawn[0] + drawn[1]


def test_a_finished_sweep_of_sizes_shows_estimates_and_seconds():
    run = finished(GROWING)
    rows = server.store().result(run.id)["rows"]
    assert headlines.figure(run, server.store().result(run.id)) == "8 estimates"
    at = opened(run=run.id)
    assert not at.exception and not at.error
    (listed,) = (frame.value for frame in at.dataframe)
    assert listed["rows"].tolist() == [row["value"] for row in rows] and np.allclose(
        listed["low (nats)"], [r["interval"][0] for r in rows]
    )
    assert "twice the size takes twice as long" in words(at)
    single = opened("estimate", **cell.linked(Spec.parse(rows[-1]["run"])))
    assert not single.exception and single.session_state["estimate:n"] == 200


def test_estimates_that_run_away_do_not_move_the_axis_and_slopes_are_said():
    steps = np.arange(3)
    wild = growth.Trained("mine", "MINE", (steps, np.array([1.0, -1e7, 2.0])), (steps, np.array([1.0, -4e6, -3e6])))
    figure = growth.staircase([wild], (steps, np.array([2.0, 2.0, 4.0])), 4.0, 4.16)
    assert figure["layout"]["yaxis"]["range"] == [-1, 5]
    values = np.array([100.0, 1_000.0])
    one = growth.Sized("ksg", "KSG", values, *[np.ones(2)] * 4, np.array([0.01, 0.1]))
    names = [str(trace["name"]) for trace in growth.seconds([one], {"ksg": 1.0}, "rows")["data"]]
    assert names == ["KSG: slope 1.00"] * 2


def test_another_experiment_keeps_the_estimators_that_it_can_take_or_begins_with_its_own():
    kept = opened(methods="ksg,mine").selectbox(key="arena:m").select("staircase").run()
    assert kept.multiselect(key="arena:methods").value == ["mine"] and not kept.exception
    own = opened(methods="ksg,gaussian").selectbox(key="arena:m").select("staircase").run()
    assert len(own.multiselect(key="arena:methods").value) > 1 and not own.button(key="arena:start").disabled


@pytest.mark.parametrize("page", ["estimate", "representation"])
def test_a_preset_keeps_the_unit_and_is_marked(monkeypatch, page):
    monkeypatch.setattr(player, "start", lambda *_: None)
    at = opened(page, unit="bits")
    for key in [b.key for b in at.button if b.key.startswith(f"{page}:preset.")]:
        at = at.button(key=key).click().run()
        assert not at.exception and all(u.value == "bits" for u in at.segmented_control if u.key == f"{page}:unit")
        assert at.button(key=key).proto.icon == ":material/check:", key
