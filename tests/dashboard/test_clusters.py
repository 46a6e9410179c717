"""The cluster page over a short real run: every tab and part draws, names are kept, rows are taken away."""

from __future__ import annotations

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.places import VARIABLE, run_folder
from core.spec import Spec
from dashboard.components import clustered, drawing, names
from dashboard.components.player import Shown
from dashboard.jobs import Client, Store
from tests.dashboard.test_pages import said
from tests.dashboard.toys import reached

SMALL = {"epochs": 3, "heads": 3, "over_heads": 1, "width": 8}
TABS = ("training", "result", "try", "scan", "matching", "wrong")
PARTS = ("matching", "gallery", "scores", "names")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of three epochs on the digits, in a data folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("data")))
        client = Client(workers=1, threads=1)
        spec = {"family": "clusterers", "method": "iic", "parameters": SMALL, "data": {"images": "digits"}}
        identifier = client.submit(Spec.parse(spec))
        reached(Store(), identifier, "finished", "failed")
        client.close()
        st.cache_resource.clear()
        yield identifier
        st.cache_resource.clear()


@pytest.fixture
def page(run):
    """Opens the cluster page as a link would."""

    def opened(state: dict | None = None, **query: str) -> AppTest:
        at = AppTest.from_string("from dashboard import app\napp.main('cluster')", default_timeout=60)
        for key, value in ({"run": run} | query).items():
            at.query_params[key] = value
        for key, value in (state or {}).items():
            at.session_state[key] = value
        return at.run()

    return opened


def test_the_run_finished(run):
    assert Store().run(run).status == "finished", Store().run(run).message


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_draws_a_finished_run_and_the_link_names_it(page, tab):
    at = page(tab=tab)
    assert not at.exception and not at.error
    assert at.query_params.get("tab", ["training"]) in (tab, [tab])


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_the_result_draws(page, part):
    at = page({"cluster.part": part}, tab="result")
    assert not at.exception and not at.error
    assert any(metric.label == "Accuracy after matching" for metric in at.metric)


def test_an_unknown_tab_is_said(page):
    at = page(tab="nonsense")
    assert not at.exception and any("nonsense" in warning.value for warning in at.warning)


def test_the_worked_example_says_minus_four_and_eighty_percent(page):
    at = page(tab="matching")
    told = {metric.label: metric.value for metric in at.metric}
    assert (told["Total cost"], told["Accuracy"]) == ("−4", "80%")
    assert any("4 of 5 samples agree" in text for text in said(at))


def test_names_begin_as_labels_and_are_kept_with_the_run(run):
    s = Shown(Store().run(run))
    found = s.picture("confusion")
    first = names.by_default(s, 10)
    assert first == [str(found["classes"][i]) for i in found["mapping"]]
    names.keep(run, {0: "  round\n one " + "x" * 100, 1: " "})
    assert names.of(s, 10)[0] == ("round one " + "x" * 100)[: names.LONGEST] and names.of(s, 10)[1:] == first[1:]
    assert names.numbered(s, 10)[0].startswith("0 · round one")
    names.keep(run, {})
    assert names.of(s, 10) == first


def test_a_damaged_file_of_names_counts_as_none(run):
    (run_folder(run) / "names.json").write_text("[1, 2", encoding="utf-8")
    assert names.of(Shown(Store().run(run)), 10) == names.by_default(Shown(Store().run(run)), 10)


def test_rows_to_take_away_hold_cluster_name_certainty_and_label():
    found = {
        "cluster": np.array([1, 0, 1]),
        "certainty": np.array([0.9, 0.51234567, 1.0]),
        "label": np.array([7, 3, 7]),
    }
    taken = clustered.frame(found, ["three", "=seven"])
    assert taken.columns.tolist() == ["index", "cluster", "name", "certainty", "label"]
    assert taken["name"].tolist() == ["=seven", "three", "=seven"] and taken["certainty"][1] == 0.512346


def test_only_numbers_are_strokes_whatever_a_browser_sends():
    assert drawing._numbers([[0.1, 1], ["x"], 3, [True], None]) == [[0.1, 1.0]]
    assert drawing._numbers("alert(1)") == []
