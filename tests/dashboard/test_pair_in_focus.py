"""The pair of columns that is looked at: it stays as the link names it, and is marked wherever it is seen."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from core.data.tables import load_table, save_upload
from dashboard.charts import heat, surfaces
from dashboard.screens.table import column_pair, focus, plane
from dashboard.screens.table import matrix as matrix_page
from dashboard.widgets import server, trust_summary
from tests.dashboard.test_table_questions import finished
from tests.dashboard.test_tables_page import opened, start, words

COLUMNS = '["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "sex"]'
WEAK = ("bill_depth_mm", "sex")


@pytest.fixture(autouse=True)
def _folder(one_folder, monkeypatch):
    monkeypatch.setenv("INFOSCOPE_DATA", str(one_folder))
    st.cache_data.clear()


def pair(at) -> tuple[str, str]:
    return at.selectbox(key="table:x").value, at.selectbox(key="table:y").value


def matrix(**more: str):
    return finished(start(opened(t="penguins", method="gaussian", columns=COLUMNS, **more)).click().run())


def test_the_pair_that_a_link_names_stays_beside_a_matrix_and_a_trained_pair():
    at = matrix()
    strongest = pair(at)
    assert strongest == ("bill_length_mm", "flipper_length_mm")
    assert (at.query_params["x"], at.query_params["y"]) == strongest
    (run,) = at.session_state["infoscope.runs"]["table"]
    for x, y in (WEAK, ("bill_length_mm", "bill_depth_mm")):  # also where x is the first column of the table
        again = opened(t="penguins", method="gaussian", columns=COLUMNS, x=x, y=y, run=run)
        assert pair(again) == pair(again.run()) == (x, y)
        assert (again.query_params["x"], again.query_params["y"]) == (x, y)
        assert f"One pair: {x} and {y}" in words(again)
    assert pair(opened(run=run)) == strongest


def test_the_pair_that_was_looked_at_is_there_again_after_another_question():
    at = matrix()
    at = at.selectbox(key="table:x").select(WEAK[0]).run()
    at = at.selectbox(key="table:y").select(WEAK[1]).run()
    at = at.pills(key="table:m").set_value("two_clusterings").run()
    at = at.pills(key="table:m").set_value("matrix").run()
    assert pair(at) == pair(at.run()) == WEAK and not at.exception


def test_a_matrix_with_a_target_looks_at_a_pair_with_it():
    at = matrix()
    at = at.selectbox(key="table:target").select("sex").run()
    at = finished(start(at).click().run())
    assert "sex" in pair(at)
    strongest = pair(at)
    at = at.selectbox(key="table:method").select("ksg").run()  # the same pairs again: the choice stays
    at = at.selectbox(key="table:x").select("bill_length_mm").run()
    at = at.selectbox(key="table:y").select("sex").run()
    assert pair(finished(start(at).click().run())) == ("bill_length_mm", "sex") != strongest


def test_the_heading_of_a_pair_is_drawn_with_its_figures_when_all_are_made(monkeypatch):
    order, markdown = [], st.markdown

    def said(text, *more, **names):
        order.extend(["heading"] * ("One pair: sex and island" in text))
        return markdown(text, *more, **names)

    monkeypatch.setattr(column_pair.st, "markdown", said)
    monkeypatch.setattr(column_pair, "estimated", lambda *_: order.append("estimated") or ([], []))
    monkeypatch.setattr(plane, "of_pair", lambda *_: order.append("made"))
    monkeypatch.setattr(column_pair, "show", lambda *_, **__: order.append("shown"))
    assert not opened(t="penguins", method="gaussian", x="sex", y="island").exception
    assert order == ["estimated", "made", "heading", "shown"]


def test_until_a_matrix_has_a_pair_it_says_what_its_estimator_brings_first():
    said = {m: matrix_page._awaited(SimpleNamespace(parameter={"method": m}.get)) for m in ("ksg", "mine")}
    assert said["ksg"] == "The matrix appears here with its first pairs."
    assert said["mine"].startswith("MINE trains its critics side by side, up to 16 pairs at a time: they appear")


def test_the_pair_is_ticked_in_the_list_wherever_it_was_chosen():
    at = matrix()
    ticked = lambda: at.session_state["table:pairs.matrix"]["selection"]["rows"]  # noqa: E731
    assert ticked() == [0]
    at = at.selectbox(key="table:x").select(WEAK[0]).run()
    at = at.selectbox(key="table:y").select(WEAK[1]).run()
    (row,) = ticked()
    (run,) = at.session_state["infoscope.runs"]["table"]
    long = server.store().result(run)["long"]
    assert {long[row]["x"], long[row]["y"]} == set(WEAK) and row


def test_the_cell_of_the_pair_is_framed_on_the_page_and_not_in_files(monkeypatch):
    names = ["a", "b", "c"]
    figure = heat.matrix(names, np.ones((3, 3)))
    monkeypatch.setattr(focus, "now", lambda: ("c", "a"))
    shapes = matrix_page._marked(figure, names)["layout"]["shapes"]
    assert [(s["x0"] < i < s["x1"], s["y0"] < j < s["y1"]) for s, i, j in zip(shapes, (2, 0), (0, 2), strict=True)] == [
        (True, True)
    ] * 2
    assert "shapes" not in figure["layout"]
    monkeypatch.setattr(focus, "now", lambda: ("c", "elsewhere"))
    assert matrix_page._marked(figure, names) is figure


def test_what_every_estimator_says_of_the_data_stands_once():
    rng = np.random.default_rng(0)
    x = np.cumsum(rng.normal(size=400))
    frame = pd.DataFrame({"a": x, "b": np.cumsum(rng.normal(size=400)) + x})
    reference = save_upload(frame.to_csv(index=False).encode(), "walk.csv")
    found, sentences = column_pair.estimated(reference, "a", "b", 0, tuple(trust_summary.closed_forms()))
    said = [str(s) for s in sentences]
    assert len(found) > 3 and sum("Neighbouring rows resemble each other" in s for s in said) == 1
    assert next(s for s in said if "Neighbouring rows resemble" in s).startswith("Neighbouring rows")
    tied = column_pair._by_estimator({"A": ["data", "of A"], "B": ["data", "A and B"], "C": ["data", "A and B"]}, 3)
    assert [str(s) for s in tied] == ["data", "B, C: A and B", "A: of A"]


def test_the_learned_surface_has_the_names_and_dates_of_the_picture_of_the_rows(monkeypatch):
    x = np.linspace(-0.5, 2.5, 5)
    picture = {"x": x, "y": x, "scores": np.zeros((5, 5))}
    data = SimpleNamespace(table="penguins", x=["species"], y=["bill_length_mm"])
    spec = SimpleNamespace(data=data)
    s = SimpleNamespace(run=SimpleNamespace(spec=spec), picture={"critic": picture}.get)
    surface = surfaces.surface(x, x, picture["scores"], "", "species", "bill_length_mm")
    monkeypatch.setattr(column_pair.estimate_charts, "critic", lambda shown, unit: surface)
    drawn = column_pair._surface([s], "nats")["layout"]
    assert drawn["xaxis"]["ticktext"] == ["Adelie", "Chinstrap", "Gentoo"] and "ticktext" not in drawn["yaxis"]
    assert drawn["xaxis"]["title"] == surface["layout"]["xaxis"]["title"]
    assert plane.names(load_table("weather"), "date")  # as `plane.of_pair` has them
