"""A data folder and links that an earlier version wrote open as they did (`tests.fixtures.make`)."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest
from streamlit.testing.v1 import AppTest

from core import discover, older_specs
from core.data import images
from core.paths import VARIABLE
from core.spec import Spec
from dashboard.jobs import Client, Store, store
from dashboard.jobs.writer import Writer
from dashboard.screens.runs import history
from tests.dashboard.toys import reached
from tests.fixtures import made, make

SPECS, RUNS = made("specs"), made("runs")
PAGED = [name for name in RUNS if SPECS[name]["page"]]
LINKED = [
    "mine",
    "kmeans",
    "representation",
    "mdn",
    "matrix",
    "smile",
    "infonce",
    "uploaded table",
    "uploaded pictures",
    "lag",
    "of a run",
    "target",
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the data folder of then; the program that reads it now may bring it up to date."""
    path = shutil.copytree(make.FOLDER, tmp_path / "data")
    monkeypatch.setenv(VARIABLE, str(path))
    discover.forget()
    for pictures in images.uploads():
        images.load(pictures)  # a page reads them in the background, and has no form before
    yield path
    discover.forget()


def opened(page: str, query: dict[str, str]) -> AppTest:
    at = AppTest.from_string(f"from dashboard import app\napp.main('{page}')", default_timeout=240)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def test_the_store_says_of_every_run_what_it_said(folder):
    Writer(folder).close()  # brings it up to date where the schema has grown
    store = Store()
    assert {run.id for run in store.runs()} == {then["id"] for then in RUNS.values()}
    for then in RUNS.values():
        run = store.run(then["id"])
        assert (run.status, run.step, run.total, run.message) == tuple(
            then[k] for k in ("status", "step", "total", "message")
        )
        assert list(run.notices) == then["notices"] and run.resumable == then["resumable"]
        assert store.result(run.id) == then["result"]
        curve = store.curve(run.id).columns
        assert {name: [len(at), values[-1]] for name, (at, values) in curve.items()} == then["curves"]
        views = {name: store.view(run.id, name) or {} for name in then["views"]}
        shapes = {name: {k: list(v.shape) for k, v in arrays.items()} for name, arrays in views.items()}
        assert shapes == then["views"]
        meant = Spec.parse(older_specs.completed(then["spec"]))  # also where a default has changed since
        assert run.spec is not None and (run.spec.method, run.spec.parameters) == (meant.method, meant.parameters)


def test_the_list_of_runs_has_them_all(folder):
    at = opened("runs", {})
    assert not at.exception
    assert len(at.dataframe[0].value) == len(RUNS)


@pytest.mark.parametrize("name", PAGED)
def test_a_run_is_shown_on_its_page(folder, name):
    run = Store().run(RUNS[name]["id"])
    page = SPECS[name]["page"]
    assert history.page_of(run) == page
    at = opened(page, history.link([run]))
    assert not at.exception and not at.error, [e.value for e in at.error]
    assert at.metric or at.get("bidi_component"), "neither figures nor curves"


@pytest.mark.parametrize("name", LINKED)
def test_a_link_opens_with_its_settings(folder, name):
    then = SPECS[name]
    at = opened(then["page"], then["query"])
    assert not at.exception and not at.warning, [w.value for w in at.warning]
    (form,) = at.session_state["infoscope.chosen"][f"{then['page']}.form"]
    now, before = make.meaning(form), make.meaning(Spec.parse(then["spec"]))
    assert (now["parameters"] | {"device": ""}, now["data"]) == (before["parameters"] | {"device": ""}, before["data"])


def test_a_stopped_run_goes_on_from_its_checkpoint(folder):
    then = RUNS[make.STOPPED]
    client, store = Client(workers=1, threads=1), Store()
    try:
        client.resume(then["id"])
        run = reached(store, then["id"], "finished", "failed")
    finally:
        client.close()
    assert (run.status, run.message) == ("finished", "")
    steps = store.curve(run.id).columns["loss"][0].tolist()
    assert steps == list(range(1, run.total + 1)) and run.total > then["step"]


@pytest.mark.parametrize("name", ["mine", "kmeans", "representation", "mdn", "matrix"])
def test_a_poll_reads_the_store_at_one_moment_and_nothing_twice(folder, monkeypatch, name):
    """A panel with all of its pictures opens the store once, and asks each question once."""
    Writer(folder).close()
    real, moment, asked, polls = store._open, Store.moment, [], []

    def counting(path):
        database = real(path)
        database.set_trace_callback(asked.append)
        asked.append("open")
        return database

    @contextmanager
    def counted(self):
        before = len(asked)
        with moment(self):
            yield
        polls.append(asked[before:])

    monkeypatch.setattr(store, "_open", counting)
    monkeypatch.setattr(Store, "moment", counted)
    at = opened(SPECS[name]["page"], history.link([Store().run(RUNS[name]["id"])]))
    assert not at.exception, at.exception
    drawn = [questions for questions in polls if questions]
    assert drawn
    for questions in drawn:
        assert questions.count("open") == 1 and len(questions) == len(set(questions))
