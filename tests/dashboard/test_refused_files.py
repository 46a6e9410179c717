"""A file that is not opened: what the upload box says of it, and for how long."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from core.data.tables import TableError, save_upload
from dashboard import state
from dashboard.pickers import table_reading
from tests.dashboard.test_tables_page import opened, words

BROKEN = b"a,b\n" + b"".join(b"%d,%d,%d,%d\n" % (i, i % 7, i % 5, i % 3) for i in range(40))


@pytest.fixture
def session(tmp_path, monkeypatch):
    """What a viewer's session keeps, and the file in the upload box."""
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path / "store"))
    st.cache_data.clear()
    kept: dict = {}
    monkeypatch.setattr(state, "choose", kept.__setitem__)
    monkeypatch.setattr(state, "chosen", kept.get)
    monkeypatch.setattr(table_reading, "begin_anew", lambda page: kept.update({f"{page}.refused": None}))
    monkeypatch.setattr(state, "set_widget", lambda key, value: None)
    return kept


def box(monkeypatch, id: str, name: str, data: bytes) -> None:
    file = SimpleNamespace(file_id=id, name=name, getvalue=lambda: data)
    monkeypatch.setattr(state, "widget", lambda key: file if key == "table:file" else None)


def test_the_error_of_a_file_that_was_put_right_does_not_come_back(session, monkeypatch):
    box(monkeypatch, "1", "broken.csv", BROKEN)
    table_reading._take("table")
    assert "data, without names" in session["table.refused"]
    assert table_reading._open("table", lambda: save_upload(BROKEN, "broken.csv", header=False))
    table_reading._take("table")  # told of once more, as a browser does that was busy
    assert session["table.refused"] is None
    box(monkeypatch, "2", "broken.csv", BROKEN)
    table_reading._take("table")
    assert session["table.refused"]


def test_beside_a_bad_file_stands_that_the_table_before_is_still_open(session, monkeypatch):
    box(monkeypatch, "1", "broken.csv", BROKEN)
    table_reading._take("table")
    said: list[str] = []
    monkeypatch.setattr(table_reading.st, "error", lambda text, icon: said.append(text.replace("\\", "")))
    monkeypatch.setattr(table_reading, "_boxes", lambda *a: None)
    table_reading._refused("table")
    assert "see “How broken.csv is read”" in said[0] and said[0].endswith("The table chosen below stays open.")
    assert ".." not in said[0]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(range(90)), b"\x89PNG\r\n" + bytes(300)])
def test_no_other_reading_is_offered_where_none_can_help(session, monkeypatch, data):
    box(monkeypatch, "1", "file.csv", data)
    table_reading._take("table")
    said: list[str] = []
    monkeypatch.setattr(table_reading.st, "error", lambda text, icon: said.append(text.replace("\\", "")))
    table_reading._refused("table")
    assert "another way" not in said[0] and said[0].endswith("The table chosen below stays open.")


def test_what_is_said_of_a_file_goes_with_it_to_another_question():
    at = opened(t="penguins")
    at.session_state["infoscope.chosen"]["table.refused"] = "file.csv is empty"
    assert "file.csv is empty" in words(at.run())
    before = box_id(at)
    at = at.pills(key="table:m").set_value("two_clusterings").run()
    assert "file.csv is empty" not in words(at) and box_id(at) != before  # another box, without the file's name


def box_id(at) -> str:
    """Which box for files a browser shows: another one is empty."""
    return at.get("file_uploader")[0].proto.id


def test_the_box_is_empty_once_another_table_is_chosen_and_what_was_said_of_its_file_is_gone():
    at = opened(t="penguins", m="two_clusterings")
    at.session_state["infoscope.chosen"]["table.refused"] = "file.csv is empty"
    at, before = at.run(), box_id(at)
    assert box_id(at) == before
    at = at.selectbox(key="table:t").select("wine").run()
    assert box_id(at) != before and "file.csv is empty" not in words(at)


@pytest.mark.parametrize(
    ("head", "advice"),
    [
        (b"\x89PNG\r\n", "a PNG image, not a table: a table is CSV or similar text"),
        (b"%PDF-1.7", "a PDF document, not a table: a table is CSV or similar text"),
        (b"\xd0\xcf\x11\xe0", "save it as CSV and open that"),
        (b"7z\xbc\xaf\x27\x1c", "unpack it and open the table inside"),
    ],
)
def test_the_advice_for_a_foreign_file_can_be_followed(session, head, advice):
    with pytest.raises(TableError) as error:
        save_upload(head + bytes(300), "file.csv")
        table_reading.load(save_upload(head + bytes(300), "file.csv"))
    assert advice in str(error.value)
