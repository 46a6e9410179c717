"""What can be asked of a table: each question has its form, its link, its run and its picture."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st

from core.data.tables import load_table, save_upload
from core.spec import Spec
from dashboard import pages
from dashboard.pickers import table_memory
from dashboard.screens.runs import headlines
from dashboard.screens.table import chosen_columns, column_pair, link_list, matrix_form, pair_list, question
from dashboard.screens.table.questions import against_lag, features_for, given_others, two_labels
from dashboard.widgets import server
from dashboard.widgets.address import encode
from tests.dashboard.test_tables_page import opened, start, words

SPECS = {
    "matrix": ({"method": "gaussian"}, {"table": "penguins", "x": ["bill_length_mm", "body_mass_g"]}),
    "features": (
        {"target": "species", "criterion": "relevance", "n_features": 2, "halves": 3},
        {"table": "penguins", "x": ["bill_length_mm", "island", "year"]},
    ),
    "time_lags": (
        {"order": "date", "lags": 3, "moves": 19, "most": 300, "y_cycles": 2},
        {"table": "weather", "x": ["wind", "temp_max"]},
    ),
    "conditional": (
        {"level": 0.01, "most": 200},
        {"table": "penguins", "x": ["bill_length_mm", "sex", "body_mass_g", "species"]},
    ),
    "groups": (
        {"split": 2, "permutations": 19, "most": 200},
        {"table": "penguins", "x": ["bill_length_mm", "sex", "body_mass_g", "species"]},
    ),
    "two_clusterings": ({}, {"table": "penguins", "x": ["island", "sex"]}),
}


@pytest.fixture(autouse=True)
def _folder(one_folder, monkeypatch):
    monkeypatch.setenv("INFOSCOPE_DATA", str(one_folder))
    st.cache_data.clear()


def spec(name: str) -> Spec:
    parameters, data = SPECS[name]
    return Spec.parse({"family": "sweeps", "method": name, "seed": 3, "parameters": parameters, "data": data})


def finished(at):
    """The page once the runs that it shows have ended."""
    until = time.monotonic() + 120
    ids = at.session_state["infoscope.runs"]["table"]
    while any(server.store().run(i).active for i in ids) and time.monotonic() < until:
        time.sleep(0.1)
    return at.run()


def test_every_pair_comes_first_and_each_question_is_known_here():
    assert next(iter(question.registered())) == "matrix"
    assert set(question.registered()) == set(SPECS)


@pytest.mark.parametrize("name", SPECS)
def test_the_link_of_a_run_fills_the_form_that_makes_it_again(name):
    at = opened(**{k: encode(v) for k, v in pages.settings(spec(name)).items()})
    assert not at.exception and not at.warning and not at.error
    (made,) = at.session_state["infoscope.chosen"]["table.form"]
    assert made.model_dump(exclude={"threads"}) == spec(name).model_dump(exclude={"threads"})


@pytest.mark.parametrize("name", SPECS)
def test_a_question_is_answered_and_the_answer_is_there_after_a_reload(name):
    given = {k: encode(v) for k, v in pages.settings(spec(name)).items()}
    at = finished(start(opened(**given)).click().run())
    (run,) = at.session_state["infoscope.runs"]["table"]
    assert server.store().run(run).status == "finished" and not at.exception
    again = opened(run=run)
    assert not again.exception and not again.error and again.session_state["infoscope.runs"]["table"] == [run]
    assert again.session_state["table:m"] == name
    assert headlines.figure(server.store().run(run), server.store().result(run))


def test_going_to_another_question_and_back_keeps_settings_and_runs_of_each(monkeypatch):
    monkeypatch.setattr(table_memory, "_latest", lambda table, asked: None)  # of other tests in this folder
    at = finished(start(opened(t="penguins", method="gaussian", target="year", seed="5")).click().run())
    (run,) = at.session_state["infoscope.runs"]["table"]
    at = at.pills(key="table:m").set_value("two_clusterings").run()
    assert at.session_state["infoscope.runs"]["table"] == [] and at.query_params["m"] == "two_clusterings"
    assert at.number_input(key="table:seed").value == 5 and "target" not in at.query_params
    at = at.number_input(key="table:seed").set_value(6).run()
    at = at.pills(key="table:m").set_value("matrix").run()
    assert at.session_state["infoscope.runs"]["table"] == [run]
    assert at.selectbox(key="table:target").value == "year" and at.number_input(key="table:seed").value == 6


def test_another_table_has_other_columns_in_every_question():
    at = opened(**{k: encode(v) for k, v in pages.settings(spec("two_clusterings")).items()})
    at = at.selectbox(key="table:t").select("weather").run()
    assert not at.exception and not at.error and not at.warning and at.session_state["table:m"] == "two_clusterings"
    assert not any(name.startswith("of.") for name in at.query_params)


def test_the_link_of_a_trained_pair_asks_for_all_pairs_and_an_unknown_question_is_said():
    assert opened(t="penguins", m="mine").session_state["table:m"] == "matrix"
    assert "there is no question nonsense" in words(opened(t="penguins", m="nonsense"))


def test_the_link_of_a_trained_pair_takes_its_columns_and_its_estimator_into_the_form(monkeypatch):
    monkeypatch.setattr(matrix_form, "_pace", lambda method, rows: 0.001)
    monkeypatch.setattr(column_pair, "pair", lambda *_: None)
    data = {"table": "wine", "x": ["alcohol"], "y": ["hue"]}
    given = pages.settings(Spec.parse({"family": "estimators", "method": "mine", "data": data}))
    at = opened(**{k: encode(v) for k, v in given.items()})
    assert not at.exception and not at.warning and at.session_state["table:m"] == "matrix"
    assert at.selectbox(key="table:method").value == "mine"
    assert [at.session_state[f"table:{side}"] for side in "xy"] == ["alcohol", "hue"]


def test_what_the_choice_of_features_cannot_do_is_said_before_it_starts():
    at = opened(t="penguins", m="features", criterion="jmi")
    assert start(at).disabled and "JMI cannot join categories with numbers" in words(at)
    at = opened(t="penguins", m="features", **{"of.target": "year", "of.features": '["year"]'})
    assert start(at).disabled and "Choose at least one column that may be chosen for year" in words(at)


def test_a_column_stands_in_one_group_only_and_none_is_empty():
    at = opened(t="penguins", m="groups", **{"of.group": '["sex"]', "of.others": '["sex","year"]'})
    assert start(at).disabled and "stands in both groups" in words(at)
    at = opened(t="penguins", m="groups", **{"of.group": "[]"})
    assert start(at).disabled and "Choose at least one column for each group." in words(at)


def test_two_groups_say_what_they_share_together_and_what_each_column_has_of_it():
    at = finished(start(opened(**{k: encode(v) for k, v in pages.settings(spec("groups")).items()})).click().run())
    assert [m.label for m in at.metric] == ["Together, auto", "Trust", "Independent?"]
    assert "Names enter as a column of 0 and 1 for each of them: sex, species." in words(at).replace("\\", "")


def test_the_same_column_twice_is_no_comparison():
    at = opened(t="penguins", m="two_clusterings", **{"of.first": "sex", "of.second": "sex"})
    assert start(at).disabled and "Choose two different columns." in words(at)


def test_two_labels_say_what_each_measure_means_and_of_which_rows():
    at = finished(
        start(opened(**{k: encode(v) for k, v in pages.settings(spec("two_clusterings")).items()})).click().run()
    )
    assert [m.label for m in at.metric] == ["NMI", "AMI", "ARI", "VI"]
    said = words(at)
    assert "Of 333 rows with both labels. 11 rows without one of them are left out." in said
    assert all(f"**{name}**" in said for name in ("NMI", "AMI", "ARI", "VI"))


def test_of_unequally_many_labels_the_matched_cells_stand_on_the_diagonal():
    found = {"counts": [[0, 1], [1, 1], [5, 0]], "labels": [*"abc"], "names": [*"xy"], "order": [0, 1]}
    shown = SimpleNamespace(run=SimpleNamespace(spec=spec("two_clusterings")), result=found | {"shape": [3, 2]})
    shown.result |= {"accuracy": 0.75, "rows": [2, 1, 0]}
    drawn = two_labels._figures(shown)["matched"]
    assert np.array_equal(drawn["data"][0]["z"], [[5, 0], [1, 1], [0, 1]])
    assert list(drawn["layout"]["yaxis"]["ticktext"]) == ["c", "b", "a"]


def test_what_is_known_beside_x_and_y_is_asked_for_in_one_sentence():
    at = opened(t="penguins", m="conditional", **{"of.given": "[]"})
    assert start(at).disabled and "Choose at least one column beside x and y that is known." in words(at)
    at = opened(t="wine", m="conditional", **{"of.given": json.dumps(list(load_table("wine").frame.columns))})
    assert start(at).disabled and "12 columns are too many to be known" in words(at)
    at = opened(t="penguins", m="time_lags", **{"of.first": "year", "of.second": "year"})
    assert start(at).disabled and "Choose two different columns, or one alone." in words(at)


def test_a_run_that_cannot_be_says_why_and_shows_no_traceback():
    given = spec("conditional").model_copy(update={"data": spec("matrix").data})
    at = finished(opened(run=server.client().submit(given, "viewer")))
    assert not at.exception and "2 different columns were given" in words(at)
    assert "appears when the run has ended" not in words(at)


def test_the_title_of_a_curve_judges_its_lags_together():
    curve = {"lag": list(range(-2, 3)), "mi": [0.01, 0.3, 0.02, 0.0, 0.01], "p": [0.5, 1e-6, 0.4, 0.9, 0.6]}
    assert against_lag._strongest(curve, "a", "b", "nats") == "b tells the most of a 1 row later: 0.300 nats"
    assert "no lag stands out" in against_lag._strongest(curve | {"p": [0.5, 0.03, 0.4, 0.9, 0.6]}, "a", "b", "nats")
    assert against_lag._strongest({k: v for k, v in curve.items() if k != "p"}, "a", "b", "nats") == "MI against lag"


def test_a_p_value_is_never_written_as_zero(monkeypatch):
    notes = []
    monkeypatch.setattr(against_lag.layout, "numbers", lambda: None)
    monkeypatch.setattr(against_lag.layout, "number", lambda *_, note, **__: notes.append(note))
    phase = {"index": 0.9, "noise": 0.1, "p": 2e-5, "mi": 0.8, "mi_noise": 0.02, "mi_p": 0.034}
    against_lag._phases(phase, spec("time_lags"), "nats")
    assert notes == ["noise level 0.100 · p < 0.001", "noise level 0.020 nats · p = 0.034"]


def test_a_link_is_kept_dotted_or_not_drawn():
    rows = [("a", "b", True, "c"), ("a", "c", False, "b"), ("b", "c", False, None)]
    links = [
        {"x": x, "y": y, "mi": 0.5, "p": 0.0, "stays": stays, "given": given, "mi_given": 0.1, "p_given": 0.2}
        for x, y, stays, given in rows
    ]
    shown = SimpleNamespace(result={"links": links})
    figure = given_others._figure(shown, ["a", "b", "c"], "nats")
    assert figure["layout"]["title"]["text"] == "1 link remains, 1 vanishes once another column is known"
    dotted = [trace for trace in figure["data"] if trace.get("line", {}).get("dash") == "dot"]
    assert len(dotted) == 1 and np.isnan(dotted[0]["x"]).sum() == 1  # one line
    assert list(link_list.frame(links, "nats")["link"]) == ["remains", "vanishes", "independent"]


def test_a_link_without_a_figure_stands_in_the_list_and_not_in_the_picture():
    none = {"p": None, "stays": None, "given": None, "mi_given": None, "p_given": None}
    links = [none | {"x": "a", "y": "b", "mi": 0.5, "given": "c"}, none | {"x": "a", "y": "c", "mi": None}]
    drawn = given_others._figure(SimpleNamespace(result={"links": links}), [*"abc"], "nats")
    assert "1 dashed ones" in str(drawn["layout"]["meta"]["alt"]) and len(link_list.frame(links, "nats")) == 2
    assert given_others._figure(SimpleNamespace(result={"links": links[1:]}), [*"abc"], "nats") is None
    assert given_others._told(links[0], "nats") == "a · b: 0.500 nats"


def test_a_link_that_could_not_be_tested_is_said_and_drawn_dashed():
    rows = [("a", "b", True, 0.0), ("a", "c", None, None), ("b", "c", None, 1e-4)]
    none = {"given": None, "mi_given": None, "p_given": None}
    links = [none | {"x": x, "y": y, "mi": 0.5, "p": p, "stays": stays} for x, y, stays, p in rows]
    title = given_others._heading
    assert title(links) == "Links between the columns, so far"  # the last waits for its tests
    assert title(links[:2]) == "1 link remains; 1 not tested" and title(links[1:2]) == "No link could be tested"
    figure = given_others._figure(SimpleNamespace(result={"links": links}), ["a", "b", "c"], "nats")
    (dashed,) = (trace for trace in figure["data"] if trace.get("line", {}).get("dash") == "dash")
    assert np.isnan(dashed["x"]).sum() == 1
    assert list(link_list.frame(links, "nats")["link"]) == ["remains", "not tested", "open"]
    (said,) = given_others._untested(links)
    assert said.startswith("1 link was not tested and is drawn dashed: a · c. Its columns are series whose rows count")


def test_lists_write_numbers_as_the_page_does_and_a_dash_where_there_is_none(monkeypatch):
    drawn = []
    monkeypatch.setattr(st, "dataframe", lambda frame, **more: drawn.append((frame.to_html(), more["placeholder"])))
    row = {"column": "a", "relevance": -0.052, "share": 0.5, "trust": "green", "n": 90}
    features_for._list([row, row | {"relevance": -0.0001}], "nats")
    pair = {"x": "a", "y": "b", "mi": -0.0001, "trust": "red", "n": 90}
    pair_list._list([pair | {"q": 0.2}, pair | {"q": None}], "nats", "list", ())
    assert [place for _, place in drawn] == ["–", "–"]
    assert "−0.052" in drawn[0][0] and ">0.000<" in drawn[0][0] and ">0.000<" in drawn[1][0]


def test_columns_that_tell_no_more_than_chance_are_not_called_the_best():
    run, rows = SimpleNamespace(result={"ranking": [1]}), [{"column": "a", "relevance": 0.02, "noise": 0.04}]
    assert "than chance would show" in features_for._heading(run, rows, "noise", "nats")
    rows.append({"column": "b", "relevance": 0.3, "noise": 0.04})
    assert features_for._heading(run, rows[::-1], "noise", "nats") == "b tells the most of noise: 0.300 nats"
    assert chosen_columns.by_chance(rows, "y").startswith("a was chosen for want of better ones")
    assert chosen_columns.by_chance(rows[:1], "y") == "" == chosen_columns.by_chance(rows[1:], "y")


def test_measurements_are_not_offered_as_labels():
    at = opened(t="penguins", m="two_clusterings")
    offered = at.selectbox(key="table:of.second").options
    assert "sex" in offered and "year" in offered and "bill_length_mm" not in offered


def test_of_one_pair_nothing_is_said_of_p_values_that_are_not_shown():
    found, said = column_pair.estimated("wine", "ash", "hue", 0, ("t_copula",))
    assert found and not any("p-values" in str(sentence) for sentence in said)


@pytest.mark.parametrize("name", SPECS)
def test_too_few_rows_are_said_before_the_start_in_every_question(name):
    table = save_upload(b"a,b,c,d\n1,x,u,2\n2,y,v,4\n", "two.csv")
    at = opened(t=table, m=name)
    assert start(at).disabled and "at least 10 are needed" in words(at) and "Press Start to" not in words(at)


def test_of_one_column_nothing_is_promised_and_a_short_series_is_refused_before_the_start():
    at = opened(t=save_upload(b"only\n" + b"".join(b"%d\n" % i for i in range(30)), "one.csv"))
    assert start(at).disabled and "Press Start to" not in words(at)
    at = opened(
        t=save_upload(b"a,b\n" + b"".join(b"%d,%d\n" % (i, i % 7) for i in range(30)), "short.csv"), m="time_lags"
    )
    assert start(at).disabled and "a series needs at least 50" in words(at)
    at = opened(t="weather", m="time_lags")
    assert not start(at).disabled and "Press Start to" in words(at)
    assert at.selectbox(key="table:of.order").placeholder == "as in the file"
