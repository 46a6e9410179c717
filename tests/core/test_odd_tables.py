"""Files as exporters and people write them: each is read as it was meant, or what was done of it is said."""

from __future__ import annotations

import random
import time

import pytest

import core
from core.data import cells
from core.data.tables import Table, read_table

ROWS = 30


def lines(header: str, row) -> bytes:
    return (header + "\n" + "\n".join(row(i) for i in range(ROWS)) + "\n").encode()


READ = {  # file, kinds of its columns, the first of the smallest or None, words of a notice or None where none is due
    "carets separate": (lines("a^b", lambda i: f"{i}^{i / 2}"), "integer numeric", 0, None),
    "tildes separate": (lines("a~b", lambda i: f"{i}~{i / 2}"), "integer numeric", 0, None),
    "blanks separate quoted cells": (
        lines('"a" "b c"', lambda i: f'"n {i % 4}" {i}'),
        "categorical integer",
        None,
        None,
    ),
    "codes": (
        lines("c,y", lambda i: f"{('1', '01', '001')[i % 3]},{i}"),
        "categorical integer",
        None,
        "zeros in front",
    ),
    "zeros in front": (
        lines("c,y", lambda i: f"{'01' if i == 3 else i + 9},{i}"),
        "integer integer",
        1,
        "zeros in front",
    ),
    "addresses": (lines("a;y", lambda i: f"192.168.{100 + i}.101;{i},5"), "text numeric", None, "comma"),
    "Namibia": (
        lines("a,y", lambda i: f"{('DE', 'NA', 'FR', 'US')[i % 4]},{i}"),
        "categorical integer",
        None,
        "NA counts",
    ),
    "apostrophes": (lines("a,y", lambda i: f"{i + 1}'100.5,{i}"), "numeric integer", 1100.5, "apostrophes"),
    "thin spaces": (lines("a,y", lambda i: f"{i + 1}\u202f100,{i}"), "integer integer", 1100, "thin spaces"),
    "blanks between thousands": (lines("a;y", lambda i: f"{i + 1} 100,5;{i}"), "numeric integer", 1100.5, "blanks"),
    "U+0085": (lines("a,y", lambda i: f"u\x85{i % 2},{i}"), "categorical integer", None, None),
    "euros": (lines("a;y", lambda i: f"{600 + i},05 €;{i}"), "numeric integer", 600.05, "unit '€'"),
    "dollars": (lines("a,y", lambda i: f'"$1,{200 + i}",{i}'), "integer integer", 1200, "unit '$'"),
    "francs": (lines("a,y", lambda i: f"CHF {i + 1}'100.50,{i}"), "numeric integer", 1100.5, "unit 'CHF'"),
    "percent": (lines("a,y", lambda i: f"{i} %,{i}"), "integer integer", 0, "unit '%'"),
    "degrees": (lines("a,y", lambda i: f"{i}.5 °C,{i}"), "numeric integer", 0.5, "unit '°C'"),
    "several units": (lines("a,y", lambda i: f"{i} {('kg', 'g')[i % 2]},{i}"), "text integer", None, "several units"),
    "a unit that some lack": (
        lines("a,y", lambda i: f"{i}{' kg' * (i > 2)},{i}"),
        "integer integer",
        0,
        "without the unit",
    ),
    "a German time": (
        lines("d;y", lambda i: f"{1 + i % 12:02d}.01.2023 12:00;{i}"),
        "datetime integer",
        "2023-01-01T12:00:00",
        "day first",
    ),
    "typeset minus": (lines("a,y", lambda i: f"−{i}.5,{i}"), "numeric integer", -29.5, None),
    "a minus behind": (lines("a,y", lambda i: f"{i}.5-,{i}"), "numeric integer", -29.5, "minus behind"),
    "parentheses": (lines("a,y", lambda i: f"({i}.5),{i}"), "numeric integer", -29.5, "parentheses"),
    "full width": (lines("a,y", lambda i: f"１２{'０１２'[i % 3]},{i}"), "integer integer", 120, "another script"),
    "Fortran": (lines("a,y", lambda i: f"{i}.5D+02,{i}"), "numeric integer", 50, "exponent"),
    "a comma and an exponent": (lines("a;y", lambda i: f"1,5E+0{i % 9};{i}"), "numeric integer", 1.5, "comma"),
    "points and a comma": (lines("a;y", lambda i: f"{1 + i}.100,5;{i}"), "numeric integer", 1100.5, "dots"),
    "a decimal comma beside points": (lines("a,y", lambda i: f'"{i},5",{i}.25'), "numeric numeric", 0.5, "comma"),
    "mixed marks": (lines("a;y", lambda i: f"{i}{',.'[i % 2]}5;{i}"), "text integer", None, "not a number"),
    "hexadecimal": (lines("a,y", lambda i: f"0x{i + 16:X},{i}"), "text integer", None, "not a number"),
    "below the limit of detection": (
        lines("a,y", lambda i: f"{'<0.01' if i % 3 else i / 7},{i}"),
        "categorical integer",
        None,
        "<0.01",
    ),
    "thousands and millions": (lines("a,y", lambda i: f"{i}.5{'kM'[i % 2]},{i}"), "text integer", None, "not a number"),
    "times": (lines("a,y", lambda i: f"{i % 24:02d}:30,{i}"), "numeric integer", 1800, "in seconds"),
    "afternoons": (lines("a,y", lambda i: f"{1 + i % 12}:30 PM,{i}"), "numeric integer", 45_000, "in seconds"),
    "named months": (
        lines("a,y", lambda i: f"{1 + i % 28}-Jan-2023,{i}"),
        "datetime integer",
        "2023-01-01T00:00:00",
        None,
    ),
    "American dates": (
        lines("a;y", lambda i: f"Jan {1 + i % 28}, 2023;{i}"),
        "datetime integer",
        "2023-01-01T00:00:00",
        None,
    ),
    "years of two digits": (
        lines("a;y", lambda i: f"{1 + i % 28:02d}.01.23;{i}"),
        "datetime integer",
        "2023-01-01T00:00:00",
        "two digits",
    ),
    "dates without marks": (
        lines("a,y", lambda i: f"202301{1 + i % 28:02d},{i}"),
        "integer integer",
        20230101,
        "may be dates",
    ),
    "two orders": (
        lines("a,y", lambda i: f"{('13/01/2023', '01/13/2023')[i % 2]},{i}"),
        "categorical integer",
        None,
        "ambiguous",
    ),
    "minus 999": (
        lines("a,y", lambda i: f"{-999 if i % 9 == 0 else i / 7},{i}"),
        "numeric integer",
        -999,
        "mean missing",
    ),
    "Excel's own line": (b"sep=;\r\n" + lines("a;y", lambda i: f"{i};{i}"), "integer integer", 0, None),
    "Excel's own text": (lines("a,y", lambda i: f'="{i:05d}",{i}'), "text integer", None, "code"),
    "a title": (b"Report of 2023\n\n" + lines("a,y", lambda i: f"{i},{i}"), "integer integer", 0, "title"),
    "comments": (b"# by a tool\n# 2023\n" + lines("a,y", lambda i: f"{i},{i}"), "integer integer", 0, "comment"),
    "units below the names": (lines("a,y\nm,kg", lambda i: f"{i}.5,{i}"), "numeric integer", 0.5, "'m' in line 2"),
    "a total": (lines("a,y", lambda i: f"{i},{i}") + b"Total,435\n", "integer integer", 0, "'Total' in line 32"),
    "two byte-order marks": (b"\xef\xbb\xbf" * 2 + lines("a,y", lambda i: f"{i},{i}"), "integer integer", 0, None),
    "NumPy's header": (lines("# a,y", lambda i: f"{i},{i}"), "integer integer", 0, None),
    "ja and nein": (lines("a,y", lambda i: f"{('ja', 'nein')[i % 2]},{i}"), "categorical integer", None, None),
    "pairs of colons": (lines("a::b", lambda i: f"{i}::{i}"), "text", None, "choose the delimiter"),
    "a short row": (lines("a,y", lambda i: f"{i},{i}" if i != 7 else "7"), "integer integer", 0, "line 9"),
}


@pytest.mark.parametrize("short", [256, 0], ids=["python", "arrow"])
@pytest.mark.parametrize("case", READ)
def test_an_odd_file_is_read_as_meant_or_said(case, short, monkeypatch):
    monkeypatch.setattr(cells, "_SHORT", short)  # short columns and long ones are searched by different engines
    data, kinds, smallest, said = READ[case]
    table = read_table(data)
    assert [c.kind for c in table.columns] == kinds.split()
    assert table.columns[0].min == smallest
    if said is None:
        assert not table.notices
    else:
        assert any(said in notice for notice in table.notices), table.notices


@pytest.mark.parametrize(
    ("header", "row", "named"),
    [
        ("Anna,23,Lima", lambda i: f"Ben{i},{20 + i},{('Rome', 'Oslo')[i % 2]}", False),
        ("5.1,3.5,setosa", lambda i: f"{i / 10},{i / 7:.2f},{('setosa', 'virginica')[i % 2]}", False),
        ("2023-01-01,Lima", lambda i: f"2023-01-{i % 28 + 1:02d},Rome", False),
        ("Anna,Oslo", lambda i: f"Ben{i},{('Rome', 'Oslo')[i % 2]}", False),
        ("country,2019,2020,2021", lambda i: f"c{i},{i},{i},{i}", True),
        (",0,1", lambda i: f"{i},{i / 2},{i / 3}", True),
        ("a,b,c", lambda i: f"{'abc'[i % 3]},{i},{'abc'[i % 3]}", True),
    ],
)
def test_a_first_line_of_values_is_not_taken_for_names(header, row, named):
    table = read_table(lines(header, row))
    assert len(table.frame) == ROWS + (not named)
    assert any("There is no header" in n for n in table.notices) != named


def test_a_header_that_may_be_data_is_said_and_can_be_overruled():
    data = lines("Anna,Lima", lambda i: f"{('Ben', 'Eva')[i % 2]},Rome")
    assert any("choose no header" in n for n in read_table(data).notices)
    table = read_table(data, header=False)
    assert table.frame.iloc[0].tolist() == ["Anna", "Lima"] and not table.reading["header"]
    assert list(read_table(b"1,2\n3,4\n5,6\n", header=True).frame) == ["1", "2"]


def test_missing_words_stay_missing_where_they_are_no_codes():
    table = read_table(lines("sex,y", lambda i: f"{('M', 'F', 'NA')[i % 3]},{i}"))
    assert table["sex"].n_missing == ROWS / 3


def test_a_short_column_takes_no_longer_to_read_among_five_thousand():
    draw = random.Random(0)
    kinds = (lambda: f"{draw.random():.3f}", lambda: draw.choice(["high", "low"]), lambda: f"id{draw.random()}")

    def read(columns: int) -> tuple[Table, float]:
        rows = [",".join(f"g{i}" for i in range(columns))]
        rows += [",".join(kinds[i % 3]() for i in range(columns)) for _ in range(14)]
        begun = time.process_time()
        table = core.read_table("\n".join(rows).encode())
        return table, (time.process_time() - begun) / columns

    read(50)  # what is loaded at first
    _, few = read(1_000)
    table, many = read(5_000)
    assert many < 2 * few  # seconds of one core a column: beside other work both are more
    assert [c.kind for c in table.columns[:3]] == ["numeric", "categorical", "categorical"]
