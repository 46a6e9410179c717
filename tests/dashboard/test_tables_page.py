"""The table page without a browser: which columns are taken, how a file is read, and one number for a pair."""

from __future__ import annotations

import io
import json
import time
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest
import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from core import mi_matrix
from core.data import table_folder
from core.data.tables import discard, load_table, save_upload
from core.spec import Spec
from dashboard import pages, settings
from dashboard.pickers import table_reading
from dashboard.screens.table import column_pair, matrix, matrix_form, plane, significance
from dashboard.widgets import background_tasks, server, trust_summary
from dashboard.widgets.address import encode


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path / "store"))
    st.cache_data.clear()


def opened(page: str = "table", **query: str) -> AppTest:
    at = AppTest.from_string(f"from dashboard import app\napp.main({page!r})", default_timeout=90)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def upload(columns: int, rows: int, name: str = "wide.csv") -> str:
    values = np.random.default_rng(0).normal(size=(rows, columns)).round(3)
    frame = pd.DataFrame(values, columns=[f"c{i + 1}" for i in range(columns)])
    return save_upload(frame.to_csv(index=False).encode(), name)


def start(at: AppTest):
    return next(b for b in at.button if "Start" in b.label)


def words(at: AppTest) -> str:
    return " ".join(e.value for kind in ("markdown", "caption", "warning", "error") for e in at.get(kind)).replace(
        "\\", ""
    )


@pytest.mark.parametrize("page", ["table", "cluster", "density"])
def test_another_table_begins_with_its_own_columns_and_so_does_going_back(page):
    more = {"table": {}, "cluster": {"i": "table"}, "density": {"p": "table"}}[page]
    at = opened(page, t="penguins", **more)
    box = next(m for m in at.multiselect if m.key in (f"{page}:columns", f"{page}:x"))
    first, key = list(box.value), box.key
    assert first
    at = at.selectbox(key=f"{page}:t").select("weather").run()
    other = at.multiselect(key=key)
    assert other.value and set(other.value) <= set(other.options) and not start(at).disabled
    at = other.set_value(other.value[:2]).run()  # what is chosen of one table is nothing to the next
    at = at.selectbox(key=f"{page}:t").select("penguins").run()
    assert list(at.multiselect(key=key).value) == first and not start(at).disabled and not at.exception


def test_a_column_that_only_counts_the_rows_is_there_and_not_chosen_at_first():
    rng, n = np.random.default_rng(0), 60
    frame = pd.DataFrame({"age": rng.permutation(n), "year": 1900 + np.arange(n), "level": rng.normal(size=n)})
    reference = save_upload(frame.to_csv().encode(), "indexed.csv")
    at = opened(t=reference)
    box = at.multiselect(key="table:columns")
    assert list(box.value) == ["age", "year", "level"] and "column 1" in box.options  # years and orders say something
    assert "it only counts the rows: column 1" in words(at) and at.selectbox(key="table:x").value == "age"
    at = next(b for b in at.button if "Take all 4 columns" in b.label).click().run()
    assert len(at.multiselect(key="table:columns").value) == 4 and not start(at).disabled
    for question in ("features", "conditional", "time_lags", "groups"):
        asked = opened(t=reference, m=question)
        boxes = [*asked.selectbox, *asked.multiselect]
        assert len(asked.multiselect) + len(asked.selectbox) > 3
        assert not any(b.value == "column 1" or "column 1" in np.atleast_1d(b.value or "") for b in boxes), question


def test_a_link_with_columns_of_another_table_says_so_and_starts_with_the_tables_own():
    at = opened(t="wine", columns=json.dumps(["wind", "temp_max"]))
    assert len(at.multiselect(key="table:columns").value) == 14 and not start(at).disabled
    assert "there is no column wind" in words(at)


def test_why_start_cannot_be_pressed_stands_beside_it():
    at = opened(t="wine", columns=json.dumps(["alcohol"]))
    assert start(at).disabled
    assert "Choose at least two columns." in words(at)
    at = opened("cluster", i="table", t="wine")
    at = at.multiselect(key="cluster:x").set_value([]).run()
    assert start(at).disabled
    assert start(at).help and start(at).help in words(at)


def test_sixty_columns_are_all_taken():
    at = opened(t=upload(60, 300))
    assert len(at.multiselect(key="table:columns").value) == 60
    assert "left out" not in words(at) and "1,770 pairs of columns" in words(at)


def test_what_would_cost_too_much_is_left_out_aloud_and_one_button_takes_the_rest():
    at = opened(t=upload(100, 2_500))
    taken = at.multiselect(key="table:columns").value
    assert 30 < len(taken) < 100
    assert f"{100 - len(taken)} of 100 columns are left out: c{len(taken) + 1}" in words(at)
    take = next(b for b in at.button if "Take all" in b.label)
    assert "100 columns" in take.label and ("min" in take.label or " s" in take.label)
    at = take.click().run()
    assert len(at.multiselect(key="table:columns").value) == 100 and "left out" not in words(at)


def test_a_target_is_never_left_out_and_stands_in_the_link():
    at = opened(t=upload(100, 2_500), target="c100")
    assert at.selectbox(key="table:target").value == "c100"
    taken = at.multiselect(key="table:columns").value
    assert "c100" not in taken and f"{len(taken)} pairs of columns" in words(at)
    assert at.query_params["target"] == "c100"
    at = opened(t="wine", columns=json.dumps(["alcohol"]), target="cultivar")
    assert not start(at).disabled and "1 pair of columns" in words(at)


def test_one_column_is_not_columns():
    at = opened(t=save_upload(b"only\n" + b"\n".join(b"%d" % i for i in range(30)), "one.csv"))
    assert "30 rows and 1 column were read" in words(at)


def test_a_file_is_read_in_another_encoding_without_a_second_upload():
    text = "Größe;Straße\n" + "\n".join(f"{i};{(i * 7) % 13}" for i in range(40))
    key = save_upload(text.encode("latin-1"), "masse.csv", encoding="gb18030")
    assert "Größe" not in load_table(key).frame.columns
    at = opened(t=key)
    at = at.selectbox(key="table:reading.encoding").select("latin-1").run()
    assert not at.exception and not at.error
    assert at.multiselect(key="table:columns").value == ["Größe", "Straße"]
    reference = at.selectbox(key="table:t").value
    assert reference != key and at.query_params["t"] == reference  # the link reads it in the same way
    at = at.selectbox(key="table:reading.delimiter").select("|").run()
    assert "1 column were read" in words(at)


def test_an_encoding_that_does_not_fit_is_refused_in_one_sentence_and_the_table_stays():
    key = save_upload("Größe,b\n".encode("latin-1") + b"\n".join(b"%d,%d" % (i, i % 7) for i in range(40)), "masse.csv")
    at = opened(t=key)
    at = at.selectbox(key="table:reading.encoding").select("utf-8").run()
    assert len(at.error) == 1 and "masse.csv is not utf-8 text" in at.error[0].value.replace("\\", "")
    assert at.selectbox(key="table:t").value == key and "40 rows and 2 columns were read" in words(at)
    assert at.selectbox(key="table:reading.encoding").value is None


@pytest.mark.parametrize(("rows", "pairs", "seconds"), [(200, 465, 2.3), (2_000, 10, 0.5), (8_000, 10, 2.0)])
def test_the_time_that_a_matrix_takes_is_of_its_pairs_and_its_rows(monkeypatch, rows, pairs, seconds):
    """465 pairs were said to take 66 s and took 6.5: what a matrix takes once was counted for every pair."""
    once, first = 0.1, []

    def spent(method, frame):
        first.append(1)
        each = 2.5e-5 * len(frame)
        return once + (1.0 if len(first) == 1 else 0.0) + each * len(frame.columns) * (len(frame.columns) - 1) / 2

    monkeypatch.setattr(matrix_form, "_spent", spent)
    matrix_form._pace.clear()
    table = SimpleNamespace(frame=range(rows))
    assert matrix_form._seconds(table, "ksg", pairs) == pytest.approx(seconds, rel=0.02)
    matrix_form._pace.clear()


@pytest.mark.parametrize("table", ["weather", "penguins"])
def test_a_pair_looked_at_has_the_number_of_its_cell(table):
    methods = tuple(trust_summary.closed_forms())
    cells = {m: mi_matrix(load_table(table), method=m, seed=3).long.set_index(["x", "y"]) for m in methods}
    pairs = sorted(cells[methods[0]].index)
    for x, y in pairs[:: max(1, len(pairs) // 4)]:
        found, _ = column_pair.estimated(table, x, y, 3, methods)
        assert {again["method"] for again in found} == {m for m in methods if np.isfinite(cells[m].mi[x, y])}
        for again in found:
            row = cells[again["method"]].loc[x, y]
            assert [again[k] for k in ("mi", "low", "high", "n")] == [row[k] for k in ("mi", "low", "high", "n")]


def test_the_link_of_a_matrix_opens_it_with_its_columns_target_and_estimator():
    spec = Spec.parse(
        {
            "family": "sweeps",
            "method": "matrix",
            "seed": 4,
            "parameters": {"method": "gaussian", "target": "cultivar"},
            "data": {"table": "wine", "x": ["alcohol", "hue", "cultivar"]},
        }
    )
    at = opened(**{k: encode(v) for k, v in pages.settings(spec).items()})
    assert not at.exception and not at.warning
    assert at.multiselect(key="table:columns").value == ["alcohol", "hue", "cultivar"]
    assert (at.selectbox(key="table:target").value, at.selectbox(key="table:method").value) == ("cultivar", "gaussian")
    assert at.number_input(key="table:seed").value == 4


def test_points_of_few_values_stand_by_their_names_and_do_not_hide_each_other():
    figure = in_plane("penguins", "species", "year")
    axes = figure["layout"]["xaxis"], figure["layout"]["yaxis"]
    assert [a["ticktext"] for a in axes] == [["Adelie", "Chinstrap", "Gentoo"], ["2007", "2008", "2009"]]
    x, y = (np.asarray(figure["data"][0][k]) for k in "xy")
    assert len(set(zip(x.tolist(), y.tolist(), strict=True))) == 344 and np.abs(x - x.round()).max() <= 0.25
    assert np.array_equal(np.bincount(x.round().astype(int)), [152, 68, 124])
    plain = in_plane("penguins", "bill_length_mm", "flipper_length_mm")
    assert "ticktext" not in plain["layout"]["xaxis"] and plain["layout"]["title"]["text"] == "342 complete rows"


def test_a_part_of_the_rows_is_said():
    figure = in_plane(upload(3, 2_500), "c1", "c2")
    assert "2,000 of 2,500 complete rows" in figure["layout"]["title"]["text"]
    assert figure["layout"]["meta"]["file"] == "c1 c2"
    assert figure["data"][1]["y"].sum() == figure["data"][2]["x"].sum() == 2_500  # the margins are of all


def in_plane(reference: str, x: str, y: str, unit: str = "nats"):
    return plane.of_pair(load_table(reference), reference, x, y, 0, unit)


def test_points_are_coloured_where_the_information_lies_and_its_mean_is_that_of_the_pair():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1_500)
    frame = pd.DataFrame({"x": x, "y": np.where(x > 0, x, rng.normal(size=1_500)), "z": rng.normal(size=1_500)})
    reference = save_upload(frame.to_csv(index=False).encode(), "half.csv")
    colours = in_plane(reference, "x", "y")["data"][0]["marker"]["color"]
    mi = mi_matrix(frame).mi
    assert abs(colours.mean() - mi.loc["x", "y"]) < 0.15
    at = in_plane(reference, "x", "y")["data"][0]["x"]
    assert colours[at > 1].mean() > colours[at < -1].mean() + 0.5  # for x > 0 they are equal
    assert np.allclose(in_plane(reference, "x", "y", "bits")["data"][0]["marker"]["color"], colours / np.log(2))
    quiet = in_plane(reference, "x", "z")["data"][0]["marker"]
    assert np.abs(quiet["color"]).mean() < 0.3 * quiet["cmax"]


def test_boxes_show_the_part_in_which_long_names_differ_and_choose_the_whole_name():
    names = [f"sensor_north_building_floor_{i:02d}_temperature" for i in range(4)]
    rows = "\n".join(",".join(str((i * k) % 23) for k in (3, 5, 7, 11)) for i in range(60))
    at = opened(t=save_upload(f"{','.join(names)}\n{rows}\n".encode(), "long.csv"))
    box = at.multiselect(key="table:columns")
    assert box.options == ["…00…", "…01…", "…02…", "…03…"] and box.value == names
    at = box.set_value(names[2:]).run()
    assert json.loads(at.query_params["columns"]) == names[2:]


def test_columns_that_no_estimator_takes_are_named_with_the_reason_by_the_picker():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 2)).round(3), columns=["a", "b"])
    frame["remark"] = [f"row {i} says {i * 7919 % 1000}" for i in range(60)]
    frame["always"] = 3
    at = opened(t=save_upload(frame.to_csv(index=False).encode(), "some.csv"))
    assert at.multiselect(key="table:columns").options == ["a", "b"] and not at.exception
    assert "2 columns are left out: remark (text), always (constant)." in words(at)
    assert "left out" not in words(opened(t="wine"))


def test_the_ends_of_columns_are_rounded_and_the_overview_stays_when_there_is_a_matrix():
    frame = pd.DataFrame(
        {"a": np.random.default_rng(0).normal(size=60) / 3, "day": pd.date_range("2020-01-01", periods=60)}
    )
    reference = save_upload(frame.to_csv(index=False).encode(), "ends.csv")
    at = opened(t=reference)
    ends = at.dataframe[0].value
    assert all(len(end) < 12 for end in [*ends["smallest"], *ends["largest"]])
    assert list(ends["smallest"])[1] == "2020-01-01" and list(ends["largest"])[1] == "2020-02-29"
    at = opened(t="wine", method="gaussian")
    assert "Columns and first rows" not in [e.label for e in at.expander]
    at = start(at).click().run()
    (kept,) = [e for e in at.expander if e.label == "Columns and first rows"]
    assert len(kept.dataframe[0].value) == 14


def test_a_matrix_of_the_table_before_is_one_click_away():
    at = opened(t="wine", method="gaussian")
    at = start(at).click().run()
    (run,) = at.session_state["infoscope.runs"]["table"]
    at = at.selectbox(key="table:t").select("weather").run()
    assert at.session_state["infoscope.runs"]["table"] == []
    assert "What was estimated on Italian wines is kept" in words(at)
    at = at.selectbox(key="table:t").select("penguins").run()  # and from the table after the next
    at = next(b for b in at.button if b.label.startswith("Show Italian wines")).click().run()
    assert at.session_state["infoscope.runs"]["table"] == [run]
    assert at.selectbox(key="table:t").value == "wine" and at.selectbox(key="table:method").value == "gaussian"
    assert not any(b.label.startswith("Show Italian wines") for b in at.button) and not at.exception


def test_a_column_of_dates_has_dates_on_its_axis():
    axis = in_plane("weather", "date", "wind")["layout"]["xaxis"]
    assert axis["ticktext"][0] == "2012-01-01" and axis["ticktext"][-1] == "2015-12-31" and len(axis["tickvals"]) == 4
    times = pd.DataFrame({"at": pd.date_range("2020-01-01", periods=60, freq="1min"), "a": np.arange(60.0) ** 0.5})
    reference = save_upload(times.to_csv(index=False).encode(), "times.csv")
    axis = in_plane(reference, "at", "a")["layout"]["xaxis"]
    assert axis["ticktext"][0] == "2020-01-01 00:00" and axis["ticktext"][-1] == "2020-01-01 00:59"


def test_what_was_estimated_on_a_table_that_is_gone_is_still_shown():
    reference = upload(3, 200, "gone.csv")
    spec = {"family": "sweeps", "method": "matrix", "parameters": {"method": "gaussian"}}
    run = server.client().submit(Spec.parse(spec | {"data": {"table": reference, "x": ["c1", "c2", "c3"]}}), "viewer")
    until = time.monotonic() + 120
    while server.store().run(run).active and time.monotonic() < until:
        time.sleep(0.1)
    discard(reference)
    at = opened(run=run)
    assert not at.exception and "upload it again" in at.error[0].value
    assert len(at.dataframe) == 1, "the list of pairs is of the run, not of the file"


def test_the_link_of_a_matrix_of_every_pair_holds_no_invalid_setting():
    spec = {"family": "sweeps", "method": "matrix", "data": {"table": "wine", "x": ["alcohol", "ash", "hue"]}}
    settings = {k: encode(v) for k, v in pages.settings(Spec.parse(spec)).items()}
    assert settings["target"] == "none"
    at = opened(**settings)
    assert "invalid" not in words(at)
    assert at.selectbox(key="table:target").value is None


def test_the_list_of_pairs_writes_numbers_as_the_page_does():
    assert [trust_summary.figure(v) for v in (-0.0012, 0.8254, None)] == ["−0.001", "0.825", ""]
    assert trust_summary.figure(-0.0004) == "0.000"


def test_a_table_that_is_gone_is_named_by_no_id():
    at = opened(t="abcdefgh1234")
    assert at.error[0].value.startswith("This uploaded table is not in this data folder any more")
    picker = next(box for box in at.selectbox if box.label == "Table")
    assert "an upload that is gone" in picker.options and not any("abcdefgh1234" in o for o in picker.options)
    assert "abcdefgh1234" not in words(at)


def _pair(x: str, y: str, mi: float, **more: float | None) -> dict:
    return {"x": x, "y": y, "mi": mi, "noise": 0.05, "q": 0.5} | more


def test_what_stands_out_from_chance_is_counted_and_the_rest_is_quiet():
    long = [_pair("a", "b", 0.4, q=1e-9), _pair("a", "c", 0.02), _pair("b", "c", None, q=None)]
    quiet = significance.quiet(["a", "b", "c"], long)
    assert np.array_equal(quiet, [[False, False, True], [False, False, False], [True, False, False]])
    assert significance.summary(long, "nats").startswith("1 of 2 tested pairs stand out from chance")
    assert significance.words(long[0], "nats") == ["q < 0.001", "noise level 0.050 nats"]
    before = [{"x": "a", "y": "b", "mi": 0.4}]  # a run that was stored without p-values
    assert significance.quiet(["a", "b"], before) is None
    assert significance.summary(before, "nats") == "" and significance.words(before[0], "nats") == []


def test_noise_levels_that_differ_are_said_from_where_to_where():
    of = lambda *levels: significance.summary([_pair("a", "b", 0.4, noise=level) for level in levels], "nats")  # noqa: E731
    assert of(0.01, 0.012, 0.019).endswith("stay below about 0.012 nats.")
    assert of(0.001, 0.002, 0.026).endswith("95 % of pairs stay below 0.001 to 0.026 nats, by kind and rows.")


def test_pairs_that_were_not_tested_are_counted_pale_and_said_why():
    long = [_pair("a", "b", 0.4, q=1e-9, method="ksg"), _pair("a", "c", 0.3, q=None, method="ksg")]
    said = significance.summary(long, "nats")
    assert (
        "1 of 1 tested pair stands out" in said and "1 of 2 pairs was not tested and is drawn pale: its columns" in said
    )
    assert "The others are drawn pale" not in said and significance.pale(long) == [False, True]
    assert significance.quiet(["a", "b", "c"], long)[0].tolist() == [False, False, True]
    none = significance.summary(long[1:], "nats")
    assert none.startswith("1 of 1 pairs was not tested")
    trained = [row | {"q": None, "method": "mine"} for row in long]  # it has no p-values at all, which its notice says
    assert significance.summary(trained, "nats") == "" and significance.quiet(["a", "b", "c"], trained) is None


def test_the_bars_of_a_target_are_pale_as_its_map_is_and_count_the_same_columns(monkeypatch):
    loaded = SimpleNamespace(columns=[SimpleNamespace(name=name, kind="numeric") for name in "abcd"])
    monkeypatch.setattr(matrix.table_reading, "load", lambda reference: loaded)
    long = [_pair("a", "t", 0.4, q=1e-9), _pair("b", "t", 0.02), _pair("c", "t", 0.01, q=None, method="ksg")]
    long = [row | {"low": 0.0, "high": 0.5, "trust": "green"} for row in long]
    spec = SimpleNamespace(parameters={"target": "t"}, data=SimpleNamespace(table="it"))
    s = SimpleNamespace(run=SimpleNamespace(step=3, total=3, spec=spec), result={"long": long, "columns": [*"abct"]})
    figure = matrix._bars(s, [*"abct"], matrix._square(s), "t", "nats")
    assert np.allclose(figure["data"][0]["marker"]["opacity"], [1, 0.3, 0.3])
    assert figure["layout"]["title"]["text"].startswith("a shares the most with t among 3 columns")
    assert "of 3 columns with t" in str(figure["layout"]["meta"]["alt"])


def test_a_small_q_is_not_written_as_nought():
    assert [trust_summary.rate(v) for v in (1e-9, 0.0304, None)] == ["< 0.001", "0.030", ""]


def test_the_kind_of_a_column_the_first_line_and_the_sheet_are_overruled_on_the_page():
    key = save_upload(b"id,y\n" + b"".join(b"%d,%d\n" % (i % 3, i) for i in range(40)), "t.csv")
    at = opened(t=key)
    at = at.selectbox(key="table:reading.column").select("id").run()
    at = at.selectbox(key="table:reading.kind").select("category").run()
    told = at.selectbox(key="table:t").value
    assert load_table(told)["id"].kind == "categorical" and told != key and not at.exception
    at = at.selectbox(key="table:reading.header").select(False).run()
    assert "no column 'id'" in at.error[0].value  # its name is gone with the header, and the table stays
    assert at.selectbox(key="table:t").value == told and not at.exception


def test_a_sheet_of_a_workbook_is_chosen_on_the_page():
    book = openpyxl.Workbook()
    for page, name in ((book.active, "a"), (book.create_sheet("other"), "b")):
        for row in [[name, "y"], *([i, i % 7] for i in range(30))]:
            page.append(row)
    book.save(file := io.BytesIO())
    key = save_upload(file.getvalue(), "t.xlsx")
    at = opened(t=key)
    assert at.multiselect(key="table:columns").value == ["a", "y"]
    at = at.selectbox(key="table:reading.sheet").select("other").run()
    assert at.multiselect(key="table:columns").value == ["b", "y"] and not at.exception


def test_a_table_of_the_owners_folder_is_opened_by_name_and_what_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv(table_folder.VARIABLE, "")
    assert not [box for box in opened().selectbox if box.key == "table:folder"]
    (tmp_path / "own.csv").write_text("p,q\n" + "\n".join(f"{i},{i % 7}" for i in range(40)))
    settings.read(["--tables", str(tmp_path)])
    at = opened()
    assert at.selectbox(key="table:folder").options == ["own.csv"]
    at = at.selectbox(key="table:folder").select("own.csv").run()
    waited = time.monotonic() + 60
    while at.multiselect(key="table:columns").value != ["p", "q"] and time.monotonic() < waited:
        at = at.run()
    assert at.multiselect(key="table:columns").value == ["p", "q"] and not at.exception
    background_tasks.begin("table:../x.csv", lambda progress: table_folder.open_from_folder("../x.csv", progress))
    at.session_state["infoscope.chosen"]["table.folder"] = "../x.csv"
    while not at.error and time.monotonic() < waited:
        at = at.run()
    assert "no name below the folder" in at.error[0].value and not at.exception


@pytest.mark.parametrize(
    ("step", "title"),
    [(3, "a and c share the most among 3 columns: 0.300 nats"), (2, "a and c share the most of 2 pairs: 0.300 nats")],
)
@pytest.mark.parametrize(("trust", "said"), [("green", ""), ("amber", " (With care)"), ("red", " (Do not quote)")])
def test_a_matrix_that_was_stopped_names_the_strongest_of_the_pairs_it_has(monkeypatch, step, title, trust, said):
    monkeypatch.setattr(matrix, "_among", lambda s: "3")
    run = SimpleNamespace(step=step, total=3, spec=SimpleNamespace(parameters={}))
    long = [
        {"x": "a", "y": "b", "mi": 0.1},
        {"x": "a", "y": "c", "mi": 0.3, "trust": trust},
        {"x": "b", "y": "c", "mi": 0.2},
    ]
    assert str(matrix._strongest(SimpleNamespace(run=run, result={"long": long[:step]}), "nats")) == title + said


def test_start_pressed_together_with_another_table_runs_that_table():
    """Under load an upload and a click arrived as one: the run was of the table before."""
    at = opened(t="penguins", method="gaussian")
    at.selectbox(key="table:t").set_value("wine")
    at = start(at).click().run()
    run = server.store().run(at.session_state["infoscope.runs"]["table"][0])
    assert run.spec.data.table == "wine" and not at.exception


def test_an_upload_whose_callback_was_ended_by_a_click_is_opened_all_the_same(monkeypatch):
    """On a busy server Start was pressed while the file was read: the page stayed with the table before, without a word."""
    at, real, calls = opened(t="penguins", method="gaussian"), table_reading._open, []

    def ended_at_first(page, keep):
        calls.append(page)
        if len(calls) == 1:
            known = get_script_run_ctx().session_state.get_widget_states()
            raise RerunException(RerunData(widget_states=WidgetStates(widgets=known)))
        return real(page, keep)

    monkeypatch.setattr(table_reading, "_open", ended_at_first)
    at.file_uploader[0].upload(
        "own.csv", b"p,q\n" + b"\n".join(b"%d,%d" % (i, i % 7) for i in range(40)), "text/csv"
    ).run()
    at = start(at).click().run()
    run = server.store().run(at.session_state["infoscope.runs"]["table"][0])
    assert at.multiselect(key="table:columns").value == run.spec.data.x == ["p", "q"] and not at.exception
    at = at.run()
    assert len(calls) == 2


def test_of_very_many_names_a_few_stand_on_the_axis():
    names = [f"town {i:02d}" for i in range(40)]
    frame = pd.DataFrame({"town": np.repeat(names, 15), "a": np.random.default_rng(0).normal(size=600)})
    reference = save_upload(frame.to_csv(index=False).encode(), "towns.csv")
    axis = in_plane(reference, "town", "a")["layout"]["xaxis"]
    assert axis["ticktext"][0] == "town 00" and axis["ticktext"][-1] == "town 39" and len(axis["tickvals"]) == 6
