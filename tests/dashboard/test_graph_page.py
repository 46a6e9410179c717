"""Graphs on the representation page: who takes them, what a link says of them, and the picture of a graph."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from core.data import graphs as data
from core.data.graphs.layout import nearest, spring
from core.paths import VARIABLE
from core.spec import Spec
from dashboard import pages
from dashboard.charts import graphs, palette, table
from dashboard.pickers import graph as picker
from dashboard.widgets.address import encode
from tests.dashboard.test_charts import EVIL, strings

SPEC = {"family": "encoders", "method": "dgi", "parameters": {"n_features": 32}, "data": {"graph": "blocks", "n": 200}}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.delenv("INFOSCOPE_PICTURES", raising=False)
    data.load.cache_clear()
    yield tmp_path
    data.load.cache_clear()


def opened(**query: str) -> AppTest:
    at = AppTest.from_string("from dashboard import app\napp.main('representation')", default_timeout=120)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def ring(n: int) -> np.ndarray:
    return np.column_stack([np.arange(n), (np.arange(n) + 1) % n])


def made(**more):
    edges = ring(40)
    given = {"groups": np.arange(40) % 3 - 1, "names": [EVIL, "b"], "nodes": [EVIL] * 40, "sure": np.full(40, 0.5)}
    return graphs.drawn(spring(40, edges), edges, **given | more)


def test_only_learners_of_graphs_are_offered_for_a_graph_and_no_other_for_pictures():
    at = opened(**{"from": "graph"})
    assert not at.exception and not at.error
    graph = next(box for box in at.selectbox if box.label == "Method").options
    assert any("DGI" in title for title in graph) and not any("MINE" in title for title in graph)
    rows = next((box for box in opened().selectbox if box.label == "Method"), None)
    assert rows is None or not any("DGI" in title for title in rows.options)


def test_the_settings_of_a_run_are_the_page_that_started_it():
    spec = Spec.parse(SPEC)
    settings = {key: encode(value) for key, value in pages.settings(spec).items()}
    assert settings["from"] == "graph" and settings["g"] == "blocks" and settings["g.n"] == "200"
    at = opened(**settings)
    assert not at.exception
    assert {field.label: field.value for field in at.number_input}["Nodes"] == 200
    assert any("200 nodes" in json.dumps(str(element)) for element in at.main) or not at.error


def test_a_graph_that_is_not_here_waits_for_its_download_and_an_unknown_one_is_said():
    at = opened(**{"from": "graph", "g": "cora"})
    assert any(button.label == "Download 1 MB" for button in at.button)
    assert any("press Download first" in text.value for text in [*at.markdown, *at.caption])
    assert next(button for button in at.button if button.label == "Start").disabled
    wrong = opened(**{"from": "graph", "g": "../../etc"})
    assert not wrong.exception and any(
        "is no graph of this dashboard" in e.value for e in [*wrong.warning, *wrong.error]
    )


def test_the_picture_is_valid_has_its_colours_in_the_dark_and_keeps_names_from_being_markup():
    figure = made()
    assert json.loads(go.Figure(figure).to_json())["layout"]["meta"]["alt"].startswith("40 nodes and 40 edges")
    assert {s for s in strings(figure) if s.startswith("#")} <= palette.DARK.keys()
    for text in strings({"data": figure["data"]}):
        assert "<" not in text.replace("<extra></extra>", ""), text
    assert len({len(column) for column in table.table(figure).values()}) == 1
    assert figure["data"][1]["name"] == "no class"


def test_of_many_edges_some_are_drawn_and_surer_nodes_are_stronger():
    edges = np.array([(i, j) for i in range(120) for j in range(i)])
    figure = graphs.drawn(spring(120, edges), edges, sure=np.linspace(0, 1, 120))
    assert len(figure["data"][0]["x"]) == 3 * graphs.EDGES < 3 * len(edges)
    assert (np.diff(figure["data"][1]["marker"]["opacity"]) > 0).all()


def test_the_layout_keeps_neighbours_together_and_is_the_same_each_time():
    edges = np.concatenate([ring(20), 20 + ring(20), [[0, 20]]])
    places = spring(40, edges)
    assert np.array_equal(places, spring(40, edges)) and np.abs(places).max() == pytest.approx(1)
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    assert apart[edges[:, 0], edges[:, 1]].mean() < 0.5 * apart.mean()
    assert np.isfinite(spring(1, np.empty((0, 2), int))).all()


def test_of_a_large_graph_the_nodes_around_the_best_connected_one_are_drawn():
    star = np.column_stack([np.full(30, 50), np.arange(30)])
    edges = np.concatenate([star, 60 + ring(20)])
    assert nearest(100, edges, 31).tolist() == [*range(30), 50]
    assert len(nearest(100, edges, 200)) == 100
    assert set(range(60, 80)) <= set(nearest(100, edges, 51).tolist())


def test_opening_a_graph_whose_file_was_just_removed_is_said(monkeypatch):
    told = []
    monkeypatch.setattr(picker.state, "widget", lambda key: None)
    monkeypatch.setattr(picker.state, "note", lambda page, sentence: told.append(sentence))
    picker._take("representation", {"edges": "a", "features": "b", "labels": "c"})
    assert told == ["Choose the file of the edge list first."]
