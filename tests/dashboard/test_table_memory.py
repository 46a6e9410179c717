"""What was chosen and estimated of a table is there again in its other questions, and when one comes back to it."""

from __future__ import annotations

import json

import pytest
import streamlit as st

from core import files
from core.spec import Spec
from dashboard import state
from dashboard.jobs import Run
from dashboard.jobs.writer import Writer
from dashboard.screens.runs import history
from dashboard.screens.table import column_pair, focus, matrix_form
from dashboard.widgets import server
from tests.dashboard.test_tables_page import opened

SOME = ["alcohol", "hue", "proline"]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path / "store"))
    st.cache_data.clear()
    looked_at = lambda address, *_: focus.end(address, tuple(state.widget(address.key(side)) for side in "xy"))  # noqa: E731
    monkeypatch.setattr(column_pair, "pair", looked_at)  # its figures are slow to make
    monkeypatch.setattr(matrix_form, "_pace", lambda method, rows: 0.001)


def ask(at, question: str):
    return at.pills(key="table:m").set_value(question).run()


def runs(at) -> list[str]:
    return at.session_state["infoscope.runs"]["table"]


def test_columns_of_one_question_begin_the_others_and_their_links_say_so():
    at = opened(t="wine", method="gaussian")
    every = list(at.multiselect(key="table:columns").value)
    at = at.multiselect(key="table:columns").set_value(SOME).run()
    at = ask(at.selectbox(key="table:target").select("hue").run(), "features")
    assert at.multiselect(key="table:of.features").value == SOME and at.selectbox(key="table:of.target").value == "hue"
    assert json.loads(at.query_params["of.features"]) == SOME and at.query_params["of.target"] == "hue"
    at = ask(at, "groups")
    assert at.multiselect(key="table:of.group").value + at.multiselect(key="table:of.others").value == SOME
    at = ask(at, "conditional")
    boxes = [at.selectbox(key=f"table:of.{side}").value for side in ("first", "second")]
    assert boxes + at.multiselect(key="table:of.given").value == SOME
    at = at.multiselect(key="table:of.given").set_value(["ash"]).run()
    at = ask(at, "features")
    at = ask(at.multiselect(key="table:of.features").set_value([*SOME, "ash"]).run(), "matrix")
    assert at.multiselect(key="table:columns").value == [*SOME, "ash"]  # the choice that was made last
    assert at.selectbox(key="table:method").value == "gaussian"
    at = ask(at, "conditional")
    assert at.multiselect(key="table:of.given").value == ["ash"]
    at = ask(at, "matrix")
    at = ask(at.multiselect(key="table:columns").set_value(every).run(), "features")
    assert set(at.multiselect(key="table:of.features").value) == set(every) and not at.exception and not at.warning


def test_the_pair_that_was_looked_at_begins_questions_of_two_columns():
    at = opened(t="penguins", x="flipper_length_mm", y="bill_depth_mm")
    at = ask(at, "time_lags")
    boxes = lambda at: [at.selectbox(key=f"table:of.{side}").value for side in ("first", "second")]  # noqa: E731
    assert boxes(at) == ["flipper_length_mm", "bill_depth_mm"]
    usual = boxes(ask(at, "two_clusterings"))  # measurements are no labels
    at = opened(t="penguins", x="sex", y="island")
    assert boxes(ask(at, "two_clusterings")) == ["sex", "island"] != usual and not at.warning


def stored(folder) -> Run:
    """A matrix that was estimated before."""
    data = {"table": "wine", "x": SOME}
    spec = Spec.parse({"family": "sweeps", "method": "matrix", "parameters": {"method": "gaussian"}, "data": data})
    found = spec.build().run(spec.source()).result()
    writer, id = Writer(folder), "a" * 12
    writer.add(id, spec.to_json(), "ann")
    writer.end(id, status="finished", step=3, total=3, result=files.to_json(found))
    writer.close()
    return server.store().run(id)


def test_another_question_and_another_table_come_back_as_they_were_or_with_their_latest_run(tmp_path):
    run = stored(tmp_path / "store")
    at = opened(**history.link([run]))
    assert runs(at) == [run.id] and at.multiselect(key="table:columns").value == SOME
    at = at.selectbox(key="table:t").select("penguins").run()
    assert not runs(at) and at.selectbox(key="table:method").value == "gaussian"
    at = ask(at.multiselect(key="table:columns").set_value(["sex", "species"]).run(), "features")
    at = at.selectbox(key="table:t").select("wine").run()
    assert not runs(at) and at.multiselect(key="table:of.features").value == SOME
    at = ask(at, "matrix")
    assert runs(at) == [run.id] and at.multiselect(key="table:columns").value == SOME
    at = at.selectbox(key="table:t").select("penguins").run()
    assert not runs(at) and at.multiselect(key="table:columns").value == ["sex", "species"]
    again = opened(t="penguins").selectbox(key="table:t").select("wine").run()  # after a reload
    assert runs(again) == [run.id] and again.multiselect(key="table:columns").value == SOME
    assert again.selectbox(key="table:method").value == "gaussian" and not again.exception and not again.warning
