"""The house style, checked by the tools that know it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 250  # lines of a file
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"]


@pytest.mark.parametrize("tool", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join)
def test_the_tools_find_nothing(tool):
    found = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, (found.stdout + found.stderr)[-3000:]


def test_no_file_is_longer_than_250_lines():
    files = [
        p for room in ("core", "dashboard") for kind in ("py", "js", "css") for p in (ROOT / room).rglob(f"*.{kind}")
    ]
    assert {"view.js", "explorer.css"} <= {p.name for p in files}
    lines = {str(p.relative_to(ROOT)): p.read_text(encoding="utf-8").count("\n") for p in files}
    assert len(lines) > 200
    assert {name: n for name, n in lines.items() if n > LONGEST} == {}


@pytest.mark.parametrize(("room", "median", "ninetieth"), [("core", 6, 17), ("dashboard", 8, 21)])
def test_functions_are_as_short_as_they_were(room, median, ninetieth):
    """Lines from def to the end: the median, and the 90th percentile."""
    trees = [ast.parse(p.read_text(encoding="utf-8")) for p in (ROOT / room).rglob("*.py")]
    functions = [n for tree in trees for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    lines = [n.end_lineno - n.lineno + 1 for n in functions]
    assert np.median(lines) <= median and np.quantile(lines, 0.9) <= ninetieth


def test_the_formatter_lays_out_every_line():
    files = [p for room in ("core", "dashboard", "tests") for p in (ROOT / room).rglob("*.py")]
    mark = "# fmt" + ":"
    assert [p.name for p in files if mark in p.read_text(encoding="utf-8")] == []


def _text_files() -> list[Path]:
    files = [p for folder in ("core", "dashboard", "tests") for p in (ROOT / folder).rglob("*.py")]
    return [*files, ROOT / "README.md", ROOT / "pyproject.toml", ROOT / ".ci" / "run", *REQUIREMENTS]


def test_no_file_names_a_folder_of_this_machine():
    folders = {str(folder) for folder in (ROOT, ROOT.parent, Path.home()) if len(folder.parts) > 1}
    named = [(p.name, f) for p in _text_files() for f in folders if f"{f}/" in p.read_text(encoding="utf-8")]
    assert named == []


def test_requirements_name_no_place_to_get_them_from():
    lines = [line for path in REQUIREMENTS for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 5
    assert [line for line in lines if "://" in line or (line.startswith("-") and line[:2] not in ("-r", "-e"))] == []
