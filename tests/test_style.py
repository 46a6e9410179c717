"""The house style, checked by the tools that know it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("tool", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join)
def test_the_tools_find_nothing(tool):
    found = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, (found.stdout + found.stderr)[-3000:]


def test_no_file_names_a_machine_or_a_registry():
    words = ("/work/", "pypi.org", "npmjs", "registry.npm")
    files = [
        p for folder in ("core", "dashboard", "tests") for p in (ROOT / folder).rglob("*.py") if p != Path(__file__)
    ]
    files += [ROOT / "README.md", ROOT / "requirements.txt", ROOT / "pyproject.toml", ROOT / ".ci" / "run"]
    assert [(p.name, w) for p in files for w in words if w in p.read_text(encoding="utf-8")] == []
