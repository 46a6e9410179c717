"""What a spec says of its data: each kind is one class, which gives its rows, its labels' names and a description."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from core.data import references
from core.data.tables import save_upload
from core.paths import VARIABLE
from core.sentences import Sentence

ROOT = Path(__file__).parents[2]
WINE = {"table": "wine", "x": ["ash", "hue"], "labels": "cultivar"}


def test_nothing_asks_of_which_kind_a_reference_is():
    """Kinds are known to their classes, and to the pickers that offer them."""
    kinds = {cls.__name__ for cls in references.KINDS.values()}
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
                named = {n.id for n in ast.walk(node.args[1]) if isinstance(n, ast.Name)}
                assert not named & kinds, f"{path}:{node.lineno}"


def test_references_know_no_spec():
    for path in (ROOT / "core" / "data").rglob("*.py"):
        assert "core.spec" not in path.read_text("utf-8"), path


def test_a_table_says_its_columns_its_labels_and_the_lines_of_its_rows():
    table = references.parse(WINE)
    assert table.description() == "Italian wines: ash, hue" and table.description().said(_marked).startswith(
        "⟦⟦Italian"
    )
    assert len(table.label_names()) == 3 and table.true_mi() is None
    lines = table.origin(np.array([4, 0]))
    assert list(lines["row"]) == [5, 1] and {"ash", "cultivar"} <= set(lines)
    assert table.brought() is None


def _marked(one, many, n):
    return f"⟦{one}⟧"


def test_a_pair_of_columns_says_what_its_axes_are():
    pair = references.parse({"table": "weather", "x": ["date"], "y": ["temp_max"]})
    assert pair.sides() == ("date", "temp_max")
    assert pair.entered()["date"] == "date (days since 1970)" and isinstance(pair.entered()["date"], Sentence)


def test_what_was_uploaded_says_how_a_script_finds_it(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    upload = save_upload(b"a;b\n1;2\n3;5\n", "mine.csv", delimiter=";")
    brought = references.parse({"table": upload, "x": ["a"]}).brought()
    assert brought.name == "mine.csv" and brought.expression == (
        "save_upload(file.read_bytes(), file.name, delimiter=';')"
    )
    assert references.parse({"images": "/gone/pictures"}).brought().name == "/gone/pictures"


def test_what_is_drawn_knows_its_information():
    drawn = references.parse({"distribution": {"name": "gaussian", "rho": 0.8}})
    assert drawn.true_mi() == pytest.approx(-0.5 * np.log(1 - 0.8**2))
    assert drawn.sides() == ("x", "y") and drawn.label_names() == ()
