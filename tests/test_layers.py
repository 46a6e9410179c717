"""Imports run one way, read off the source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "core").rglob("*.py"))
DASHBOARD = sorted((ROOT / "dashboard").rglob("*.py"))
METHOD_FOLDERS = {"estimators", "clusterers", "encoders", "projections", "densities", "pitfalls", "sweeps"}
SHARED = {"learning", "analysis", "evaluation", "data", "information", "distributions"}  # what methods are made of
REFERENCES = {"data", "distributions"}  # which a spec names, and resolves when it is run


def imported(path: Path) -> set[str]:
    """All modules that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _ids(paths):
    return [pytest.param(p, id=str(p.relative_to(ROOT))) for p in paths]


@pytest.mark.parametrize("path", _ids(CORE))
def test_core_knows_no_streamlit_no_plotly_and_no_dashboard(path):
    assert not {name for name in imported(path) if name.split(".")[0] in {"streamlit", "plotly", "dashboard", "tests"}}


@pytest.mark.parametrize("path", _ids(p for p in CORE if p.parent.name in METHOD_FOLDERS and p.name[0] != "_"))
def test_a_method_does_not_import_another(path):
    siblings = {f"core.{folder}" for folder in METHOD_FOLDERS}
    for name in imported(path):
        parts = name.split(".")
        if (
            ".".join(parts[:2]) in siblings and len(parts) > 2
        ):  # "from core.x import y" is listed as core.x and core.x.y
            assert parts[2].startswith("_"), f"{path.name} imports {name}"


ABOVE_METHODS = (("__init__.py",), ("__main__.py",), ("shell",))  # they reach for everything, and nothing for them


@pytest.mark.parametrize("path", _ids(p for p in CORE if p.relative_to(ROOT / "core").parts[:1] not in ABOVE_METHODS))
def test_core_imports_inwards(path):
    """Methods, sweeps and pitfalls → what they share → the contract; what names methods finds them by `discover`."""
    place = path.relative_to(ROOT / "core").parts
    names = {n.split(".")[1] for n in imported(path) if n.startswith("core.")}
    assert "shell" not in names
    if place[0] in SHARED:
        assert not names & METHOD_FOLDERS
    elif place == ("spec.py",):
        assert not names & (METHOD_FOLDERS | SHARED - REFERENCES)
    elif len(place) == 1 or place[0] == "method":
        assert not names & (METHOD_FOLDERS | SHARED)


ABOVE = {  # what a room must not know: whatever stands above it
    "jobs": {"streamlit", "charts", "state", "text", "pages", "widgets", "pickers", "screens", "app"},
    "charts": {"streamlit", "jobs", "state", "text", "pages", "widgets", "pickers", "screens", "app"},
    "text": {"pages", "widgets", "pickers", "screens", "app"},
    "widgets": {"pickers", "screens", "app"},
    "pickers": {"screens", "app"},
    "screens": {"app"},
}


@pytest.mark.parametrize("path", _ids(p for p in DASHBOARD if p.relative_to(ROOT / "dashboard").parts[0] in ABOVE))
def test_a_room_of_the_dashboard_knows_nothing_above_it(path):
    room = path.relative_to(ROOT / "dashboard").parts[0]
    names = {n.removeprefix("dashboard.").split(".")[0] for n in imported(path)}
    assert not names & ABOVE[room]


@pytest.mark.parametrize("path", _ids(p for p in DASHBOARD if "screens" in p.parts))
def test_no_page_imports_a_page(path):
    own = path.relative_to(ROOT / "dashboard" / "screens").parts[0]
    pages = {n.split(".")[2] for n in imported(path) if n.startswith("dashboard.screens.")}
    assert pages <= {own}


@pytest.mark.parametrize("path", _ids(DASHBOARD))
def test_only_state_names_session_keys(path):
    text = path.read_text(encoding="utf-8")
    assert path.name == "state.py" or "session_state" not in text


def test_an_underscore_before_a_module_says_that_a_family_does_not_offer_it():
    """Only where a folder is read for its methods: elsewhere it would say nothing."""
    never_read = {"data", "learning", "evaluation", "analysis", "information", "method", "shell"}
    hidden = [p for p in CORE if p.name[0] == "_" and p.name != "__init__.py" and p.parent != ROOT / "core"]
    assert hidden and not [p for p in hidden if p.relative_to(ROOT / "core").parts[0] in never_read]
