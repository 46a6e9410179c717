"""Compressed files, workbooks, JSON, Parquet and Arrow: known by their first bytes, read whole or refused in one sentence."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

import core
from core.data import columnar_files, opening, workbooks
from core.data.tables import load_table, read_table, save_upload

N = 40
FRAME = pd.DataFrame(
    {
        "x": np.random.default_rng(0).normal(size=N).round(6),
        "n": range(N),
        "word": ["u", "v"] * (N // 2),
        "day": pd.date_range("2023-01-01", periods=N),
        "code": [f"{i:04d}" for i in range(N)],
    }
)
CSV = FRAME.to_csv(index=False).encode()
KINDS = ["numeric", "integer", "categorical", "datetime", "text"]


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def written(write) -> bytes:
    out = io.BytesIO()
    write(out)
    return out.getvalue()


def workbook(**sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    return written(book.save)


def rows_of(frame: pd.DataFrame) -> list[list]:
    return [list(frame), *(list(row) for row in frame.astype(object).itertuples(index=False))]


ARROW = pa.Table.from_pandas(FRAME)
JSON = "\n".join(json.dumps(row, default=lambda d: str(d)[:10]) for row in FRAME.to_dict("records")).encode()
FORMATS = {
    "gzip": gzip.compress(CSV),
    "bzip2": bz2.compress(CSV),
    "xz": lzma.compress(CSV),
    "zip": zipped(**{"a.csv": CSV, "__MACOSX/._a.csv": b"x"}),
    "Parquet": written(lambda out: parquet.write_table(ARROW, out)),
    "Feather": written(lambda out: feather.write_feather(ARROW, out)),
    "JSON lines": JSON,
    "a list of JSON": b"[" + JSON.replace(b"\n", b",\n") + b"]",
    "Excel": workbook(data=rows_of(FRAME)),
    "gzipped Parquet": gzip.compress(written(lambda out: parquet.write_table(ARROW, out))),
}


@pytest.mark.parametrize("name", ["t.csv", "t.data"])
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_same_table_whatever_it_is_called(form, name):
    table = read_table(FORMATS[form], name=name)
    assert [c.kind for c in table.columns] == KINDS
    assert table.frame["x"].tolist() == FRAME["x"].tolist() and table.frame["code"].tolist() == FRAME["code"].tolist()
    assert table["day"].max == "2023-02-09T00:00:00" and table["n"].max == N - 1
    assert table.name == name and not [n for n in table.notices if "code" not in n]


def test_an_index_that_pandas_wrote_is_a_column_and_none_is_lost():
    indexed = FRAME.set_index("word")
    data = written(lambda out: parquet.write_table(pa.Table.from_pandas(indexed), out))
    assert set(read_table(data).frame) == set(FRAME)
    assert set(core.mi_matrix(pa.Table.from_pandas(indexed[["x", "n"]]), method="gaussian").mi) == {"x", "n", "word"}


def test_a_sheet_is_chosen_and_the_others_are_named():
    data = workbook(notes=[], first=[["a", "b"], [1, 2], [3, 4]], second=[["c"], [5], [6]])
    table = read_table(data, name="t.xlsx")
    assert list(table.frame) == ["a", "b"] and table.sheets == ("notes", "first", "second")
    assert any("'first' is read" in n and "'second'" in n for n in table.notices)
    other = read_table(data, name="t.xlsx", sheet="second")
    assert other.frame["c"].tolist() == [5, 6] and not other.notices and other.reading["sheet"] == "second"
    with pytest.raises(core.TableError, match="no sheet 'third': choose one of"):
        read_table(data, sheet="third")
    with pytest.raises(core.TableError, match="no Excel workbook"):
        read_table(CSV, sheet="first")


def test_a_sheet_as_people_make_it():
    rows = [["Report"], [None, None], ["x", "share", "", "when"], *([i, i / 8, None, f"{i}:30"] for i in range(12))]
    table = read_table(workbook(s=rows), name="t.xlsx")
    assert [c.name for c in table.columns] == ["x", "share", "when"]
    assert table["share"].max == 11 / 8 and table["when"].kind == "numeric"
    assert any("title" in n for n in table.notices) and any("without a name and a value" in n for n in table.notices)


def test_formulas_that_were_never_computed_are_said():
    rows = [["x", "y"], *([i, f"=A{i + 2}*2"] for i in range(12))]
    assert any("formula" in n for n in read_table(workbook(s=rows), name="t.xlsx").notices)


def test_objects_within_objects_become_columns():
    lines = "\n".join(
        json.dumps({"a": {"b": i, "c": None}, "l": [1, 2], "late" if i else "first": True}) for i in range(9)
    )
    table = read_table(lines.encode(), name="t.jsonl")
    assert list(table.frame) == ["a.b", "a.c", "l", "first", "late"]
    assert table["a.b"].kind == "integer" and table["late"].n_missing == 1


BOMB = 220 * 2**20


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (gzip.compress(bytes(30_000_000)), "compressed with gzip, and the file in it is empty"),
        (gzip.compress(b"1,2\n" * (BOMB // 4), 1), "compressed with gzip and too large"),
        (gzip.compress(CSV)[:-30], "gzip and damaged"),
        (gzip.compress(gzip.compress(CSV)), "archive in an archive"),
        (zipped(**{"a.zip": zipped(**{"b.csv": CSV})}), "archive in an archive"),
        (zipped(**{"a.csv": CSV, "b.csv": CSV}), "a zip of 2 files"),
        (zipped(**{"a.csv": CSV})[:-40], "zip that is damaged"),
        (zipped(**{"word/document.xml": b"<a/>"}), "a Word document"),
        (zipped(**{"a.exe": CSV}), "file type that is not allowed"),
        (zipped(**{"xl/workbook.xml": b"<a/>"}), "Excel workbook that is damaged"),
        (FORMATS["Excel"][:-100], "damaged"),
        (FORMATS["Parquet"][:-20], "Parquet file that is damaged"),
        (b"PAR1" + bytes(200) + b"PAR1", "Parquet file that is damaged"),
        (FORMATS["Feather"][:300], "Arrow file that is damaged"),
        (b'{"a": 1}\n{"a": \n', "JSON that is no table: line 2"),
        (b'{"a": 1}\n[1, 2]\n', "entry 2 is no object"),
        (b'{"a": 1}\n' + b'{"a":' * 100_000, "JSON that is no table: line 2"),
        (b'{"a": "\xff"}\n', "a byte in line 1 is not UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "old Excel workbook .* or one that is locked"),
        (workbook(a=[], b=[]), "empty"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(data, told):
    with pytest.raises(core.TableError, match=told) as caught:
        read_table(data, name="t.csv")
    assert "\n" not in str(caught.value)


def test_a_locked_zip_says_so():
    data = bytearray(zipped(**{"a.csv": CSV}))
    for place in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        data[place] |= 1  # the flag of a password
    with pytest.raises(core.TableError, match="locked with a password"):
        read_table(bytes(data), name="t.zip")


def test_few_bytes_that_stand_for_many_cells_are_refused(monkeypatch):
    monkeypatch.setattr(columnar_files, "CELLS", 100)
    with pytest.raises(core.TableError, match="the limit is 100 cells"):
        read_table(FORMATS["Parquet"])
    monkeypatch.setattr(workbooks, "UNPACKED", 1000)
    with pytest.raises(core.TableError, match="too large"):
        read_table(FORMATS["Excel"])
    monkeypatch.setattr(opening, "LIMIT", 1000)
    with pytest.raises(core.TableError, match="limit"):
        read_table(FORMATS["gzip"][:900])


KIND_FILE = b"id,n,when,late,free\n" + b"".join(
    b"%d,%d,%02d/%02d/2023,%d,%s\n"
    % (i % 3, i, 1 + i % 12, 1 + i % 11, 20230101 + i % 28, b"12 kg" if i % 2 else b"3 g")
    for i in range(30)
)


def test_a_columns_kind_can_be_told():
    told = {"id": "category", "n": "text", "when": "date", "late": "date"}
    table = read_table(KIND_FILE, kinds=told)
    assert [c.kind for c in table.columns] == ["categorical", "text", "datetime", "datetime", "categorical"]
    assert table.frame["when"][1] == pd.Timestamp("2023-02-02") and table["late"].min == "2023-01-01T00:00:00"
    american = read_table(KIND_FILE, kinds={"when": "date, month first"})
    assert american.frame["when"][11] == pd.Timestamp("2023-12-01") and table.frame["when"][11] == pd.Timestamp(
        "2023-01-12"
    )
    numbers = read_table(
        b"x,y\n" + b"".join(b"%s,1\n" % (b"%d" % i if i % 3 else b"bad") for i in range(30)), kinds={"x": "number"}
    )
    assert numbers["x"].kind == "integer" and numbers["x"].n_missing == 10
    assert any("10 values that are not numbers" in n for n in numbers.notices)


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        (("125000.0", "15000.0", "200000.0"), ["15000", "125000", "200000"]),
        (("2.5", "10.0", "-1.5"), ["-1.5", "2.5", "10.0"]),
        (("7", "007", "12"), ["007", "7", "12"]),
        (("1.0", "1.00", "0.0"), ["0.0", "1.0", "1.00"]),  # still two names
        (("10", "9", "a"), ["10", "9", "a"]),
    ],
)
def test_numbers_that_are_told_to_be_names_stand_by_their_size(words, levels):
    data = "x,y\n" + "".join(f"{word},{i}\n" for i, word in enumerate(words * 9))
    assert list(read_table(data.encode(), kinds={"x": "category"}).frame["x"].cat.categories) == levels


def test_a_kind_that_cannot_be_is_refused_by_name():
    with pytest.raises(core.TableError, match="'free' cannot be read as date"):
        read_table(KIND_FILE, kinds={"free": "date"})
    with pytest.raises(core.TableError, match="no column 'nope'"):
        read_table(KIND_FILE, kinds={"nope": "date"})
    with pytest.raises(core.TableError, match=r"kinds='colour' for column 'n'.*category"):
        read_table(KIND_FILE, kinds={"n": "colour"})
    with pytest.raises(core.TableError, match="header='yes'"):
        read_table(KIND_FILE, header="yes")


def test_columns_with_types_take_a_kind_too():
    table = read_table(FORMATS["Parquet"], kinds={"n": "category", "code": "number", "day": "text"})
    assert [c.kind for c in table.columns] == ["numeric", "categorical", "categorical", "text", "integer"]
    assert table.frame["n"].cat.categories[0] == "0"


def test_an_upload_keeps_how_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path))
    key = save_upload(KIND_FILE, "t.csv", kinds={"id": "category"}, header=True)
    assert key != save_upload(KIND_FILE, "t.csv")
    assert load_table(key)["id"].kind == "categorical"
    with pytest.raises(core.TableError, match="not read with colour"):
        save_upload(KIND_FILE, "t.csv", colour="red")
