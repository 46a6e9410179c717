"""Who holds a place and for how long, and what the line above the pictures says of it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.jobs import Client, Run, Store
from dashboard.jobs.run_session import _sentence as worker_sentence
from dashboard.jobs.writer import Writer
from dashboard.widgets import standing
from tests.dashboard.toys import folder_with_slow, reached, slow, until


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with folder_with_slow(tmp_path_factory.mktemp("data")) as path:
        yield path


@pytest.fixture(scope="module")
def client(folder):
    made = Client(workers=2, threads=1, paused=3.0)
    yield made
    made.close()


@pytest.fixture(scope="module")
def store(folder):
    return Store()


@pytest.fixture
def said(monkeypatch, store):
    """What the line of a run says."""
    monkeypatch.setattr(standing.server, "store", lambda: store)
    return lambda id: " · ".join(standing.words(store.run(id)))


def test_two_paused_runs_that_are_looked_at_give_their_places_to_who_waits_and_the_line_says_so(client, store, said):
    first, second = (client.submit(slow(length=1000, seed=i), steps=3) for i in range(2))
    for id in (first, second):
        reached(store, id, "paused")
    third = client.submit(slow(length=100_000))
    until(lambda: store.run(third).queue_place)
    assert said(third) == "waiting for a free place: Slow (paused) and Slow (paused) are ahead"
    fourth = client.submit(slow(length=100_000))
    until(lambda: store.run(fourth).queue_place == 2)
    assert said(fourth).endswith("; 1 more in the queue before it")
    begun = time.monotonic()
    while store.run(third).status != "running" or store.run(fourth).status != "running":
        assert time.monotonic() - begun < 60
        for id in (first, second):
            client.watch(id, ["weights"])  # an open page keeps no place
        time.sleep(0.2)
    assert said(first).endswith("paused; its place went to other runs, and Play queues it again")
    client.resume(first)
    until(lambda: store.run(first).queue_place)
    assert said(first) == "waiting for a free place: Slow (running) and Slow (running) are ahead"
    client.stop(third)
    until(lambda: store.run(first).status == "running" and store.run(first).step > 3)
    for id in (first, second, fourth):
        client.stop(id)
        reached(store, id, "stopped")
    assert store.seated() == []


def test_what_has_one_step_computes_its_result_and_a_sweep_before_its_first_step_does_not():
    closed, matrix = (
        Run("a", json.dumps({"family": family}), "running", total=1, phase="training")
        for family in ("estimators", "sweeps")
    )
    assert standing.words(closed) == ["computing the result"]
    assert standing.words(matrix) == ["starting"]


def test_what_comes_after_the_last_step_is_said_and_is_not_no_time_left(client, store, said):
    id = client.submit(slow(length=5, ending=2.5))
    until(lambda: store.run(id).phase == "finishing")
    assert said(id) == "step 5 of 5 · computing the result" and store.run(id).eta is None
    run = reached(store, id, "finished", "failed")
    assert (run.status, run.phase) == ("finished", "")


def test_slow_steps_are_told_in_seconds_a_step(client, store, said):
    id = client.submit(slow(length=50, wait=1.2))
    until(lambda: store.run(id).eta is not None)
    assert said(id).split(" · ")[1].endswith(" s a step") and "to the last step" in said(id)
    client.stop(id)
    reached(store, id, "stopped")


@pytest.mark.parametrize(
    "rate, left, words",
    [
        (0.031, 10, "32 s a step · 5 min to the last step"),
        (0.5, 10, "2 s a step · 20 s to the last step"),
        (2.5, 10, "2.5 steps/s · 4 s to the last step"),
        (1234.0, 1000, "1,234 steps/s · less than a second to the last step"),
    ],
)
def test_a_speed_is_never_zero_and_a_time_has_its_unit(rate, left, words):
    run = Run("0" * 12, "{}", "running", step=5, total=5 + left, steps_per_second=rate, phase="training")
    assert " · ".join(standing.words(run)[1:]) == words


def test_a_store_of_the_version_before_is_brought_up_to_date(tmp_path):
    writer = Writer(tmp_path)
    writer.add("abcdefghij01", "{}", "ann")
    writer.close()
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.execute("ALTER TABLE runs DROP COLUMN phase")
        database.execute("PRAGMA user_version = 1")
    store = Store(tmp_path / "runs.sqlite")
    assert store.runs() == []  # until the supervisor has come
    Writer(tmp_path).close()
    assert [run.phase for run in store.runs()] == [""]


def _run(**more) -> Run:
    spec = {"family": "estimators", "method": "mine", "seed": 0, "parameters": {}}
    spec["data"] = {"distribution": {"name": "gaussian"}, "n": 400, "fresh": False}
    return Run("a" * 12, json.dumps(spec), **{"phase": "training", "steps_per_second": 2.0} | more)


def test_a_method_that_does_not_say_how_many_steps_it_takes_is_promised_no_end():
    assert standing.words(_run(status="running", step=3, total=3)) == ["step 3", "2.0 steps/s"]
    assert standing.words(_run(status="running", step=3, total=3, steps_per_second=0.0)) == ["step 3 of 3"]
    assert standing.words(_run(status="running", step=3, total=9))[0] == "step 3 of 9"


@pytest.mark.parametrize(
    ("step", "words"), [(1_204, "failed after step 1,204: "), (0, "failed before its first step: ")]
)
def test_a_failed_run_names_one_step_and_its_words_are_shown_as_typed(monkeypatch, step, words):
    said = []
    monkeypatch.setattr(standing.st, "error", lambda text, icon: said.append(text.replace("\\", "")))
    why = worker_sentence(KeyError("__init__"))
    standing.line(_run(status="failed", step=step, total=2_000, message=why), "MINE")
    assert said == [f"MINE {words}This run ended by an internal error (KeyError: '__init__')."]


def test_a_number_and_its_unit_stay_on_one_line():
    for seconds in (0.01, 4.2, 1_000.0):
        assert " " not in standing.took(_run(status="finished", seconds=seconds))
    assert standing.took(_run(status="queued", seconds=0.0)) == "–"  # it has not begun


APP = """
from dashboard import state
from dashboard.widgets import player, standing
state.show_runs("estimate", [{id!r}])
player.controls("estimate", "Nothing can be started.")
standing.lines(player.runs("estimate"))
"""


def test_a_run_whose_process_was_killed_is_resumed_by_the_button_that_its_line_names(folder, client, store):
    before = set((folder / "pids").iterdir())
    id = client.submit(slow(length=500))
    until(lambda: store.run(id).checkpoint)
    (worker,) = set((folder / "pids").iterdir()) - before
    os.kill(int(worker.name), signal.SIGKILL)
    reached(store, id, "failed")
    at = AppTest.from_string(APP.format(id=id), default_timeout=90).run()
    assert "Resume goes on from step" in at.error[0].value
    assert "Resume" in [b.label for b in at.button]
