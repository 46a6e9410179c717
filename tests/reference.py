"""The reference data (frozen tasks, pictures, bad files), named by one variable; tests that need it skip where it is not set."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "INFOSCOPE_REFERENCE"


def reference(part: str) -> Path:
    """The folder or file of that name in the reference data, or a skip that says why."""
    root = os.environ.get(VARIABLE)
    if not root:
        pytest.skip(f"{VARIABLE} is not set: this test needs the reference data ({part})")
    path = Path(root).resolve() / part
    if not path.exists():
        pytest.skip(f"the reference data at {VARIABLE} has no {part}")
    return path


def bad_files(folder: Path, **only: Any) -> dict[str, Any]:
    """What is wrong with the answer to each of the corpus's bad files, made anew in the folder: nothing, if it is falsy."""
    spec = importlib.util.spec_from_file_location("corpus", reference("corpus") / "corpus.py")
    assert spec is not None and spec.loader is not None
    corpus = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(corpus)
    corpus.make(str(folder / "files"))
    # In this process: check() changes the working folder, so that a file that writes would be seen where it looks.
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        adapter = Path(__file__).with_name("core") / "corpus_adapter.py"
        return corpus.check(str(folder / "files"), str(adapter), **only, verbose=False)
