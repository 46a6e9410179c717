"""Tables in the owner's folder: samples of large ones are fair, and no name leads out of it."""

from __future__ import annotations

import gzip
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

import core
from core.data import big_tables, opening, table_folder
from core.data.tables import load_table


@pytest.fixture
def folder(tmp_path, monkeypatch):
    place = tmp_path / "tables"
    (place / "2024").mkdir(parents=True)
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(table_folder.VARIABLE, str(place))
    return place


FRAME = pd.DataFrame(
    {"n": range(20_000), "x": np.random.default_rng(0).normal(size=20_000).round(4), "w": ["a b", 'c"d'] * 10_000}
)


@pytest.mark.parametrize("form", ["csv", "gz", "semicolons", "parquet"])
def test_a_sample_is_of_whole_rows_drawn_evenly(folder, form):
    path = folder / "t"
    if form == "parquet":
        parquet.write_table(pa.Table.from_pandas(FRAME), path)
    else:
        text = FRAME.to_csv(
            index=False, sep=";" if form == "semicolons" else ",", decimal="," if form == "semicolons" else "."
        )
        path.write_bytes(gzip.compress(text.encode()) if form == "gz" else text.encode())
    seen = []
    drawn = big_tables.draw([path], lambda done, total: seen.append((done, total)), rows=2_000)
    table = core.read_table(drawn.data, **drawn.options)
    assert (drawn.rows, drawn.of, len(table.frame)) == (2_000, 20_000, 2_000)
    rows = table.frame["n"].to_numpy()
    pd.testing.assert_frame_equal(
        table.frame[["n", "x"]].astype(float), FRAME.loc[rows, ["n", "x"]].reset_index(drop=True).astype(float)
    )
    assert table.frame["w"].astype(str).tolist() == FRAME.loc[rows, "w"].tolist()
    # The mean of 2,000 of 20,000 ranks has a standard deviation of 5,774 / √2,000 = 129 at most.
    assert (np.diff(rows) > 0).all() and abs(rows.mean() - 9_999.5) < 4 * 129
    assert seen[-1][0] == seen[-1][1]


def test_few_rows_are_all_kept_and_those_that_do_not_fit_are_counted(folder):
    text = "a,b\n" + "".join(f"{i},{i}\n" if i != 5_000 else "1,2,3\n" for i in range(10_000))
    (folder / "2024" / "a.csv").write_text(text)
    (folder / "2024" / "b.csv").write_text(text)
    table = load_table(table_folder.open_from_folder("2024/*.csv"))
    assert (
        len(table.frame) == 19_998
        and table.name == "without 2 of another number of cells, 19,998 of 20,000 rows of *.csv"
    )
    (folder / "2024" / "c.csv").write_text("other,b\n1,2\n3,4\n")
    with pytest.raises(core.TableError, match=r"c\.csv has other columns than a\.csv"):
        table_folder.open_from_folder("2024/*.csv")


def test_a_file_beyond_the_limit_is_sampled_and_its_name_says_so(folder, monkeypatch):
    FRAME.to_csv(folder / "large.csv", index=False)
    monkeypatch.setattr(opening, "LIMIT", 100_000)
    monkeypatch.setattr(big_tables, "_CELLS", 6_000)
    key = table_folder.open_from_folder("large.csv")
    monkeypatch.undo()
    monkeypatch.setenv("INFOSCOPE_DATA", str(folder.parent / "data"))
    table = load_table(key)
    assert table.name == "2,000 of 20,000 rows of large.csv" and len(table.frame) == 2_000


@pytest.mark.parametrize(
    "name", ["../secret.csv", "/etc/passwd", "2024/../../secret.csv", "~/x.csv", "", "**/*.csv", "a\0b", "..\\x.csv"]
)
def test_no_name_leads_out_of_the_folder(folder, name):
    (folder.parent / "secret.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(core.TableError, match=r"no name below|no table"):
        table_folder.open_from_folder(name)


def test_links_and_hidden_files_are_not_followed(folder):
    secret = folder.parent / "secret.csv"
    secret.write_text("a,b\n1,2\n3,4\n")
    (folder / "link.csv").symlink_to(secret)
    (folder / "away").symlink_to(folder.parent)
    (folder / ".hidden.csv").write_text("a,b\n1,2\n")
    os.mkfifo(folder / "pipe.csv")
    (folder / "good.csv").write_text("a,b\n1,2\n3,4\n")
    for name in ("link.csv", "away/secret.csv", ".hidden.csv", "pipe.csv"):
        with pytest.raises(core.TableError, match="no table"):
            table_folder.open_from_folder(name)
    assert [path.name for path in table_folder.matching("*.csv")] == ["good.csv"]
    assert table_folder.listed() == ["good.csv"]


def test_without_a_folder_nothing_is_opened(monkeypatch):
    monkeypatch.delenv(table_folder.VARIABLE, raising=False)
    assert table_folder.listed() == []
    with pytest.raises(core.TableError, match="no folder of tables"):
        table_folder.open_from_folder("a.csv")
