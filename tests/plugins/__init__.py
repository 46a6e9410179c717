"""Methods that are dropped in as files by tests, and the data folder that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core import discover
from core.paths import VARIABLE


@contextmanager
def folder_with(path: Path, family: str, name: str, text: str) -> Iterator[Path]:
    """`path` as the data folder, with one plug-in in it."""
    plugins = path / "plugins" / family
    plugins.mkdir(parents=True)
    (plugins / f"{name}.py").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(path))
        discover.forget()
        yield path
    discover.forget()
