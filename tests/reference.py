"""The reference data (frozen tasks, pictures, bad files), named by one variable; tests that need it skip where it is not set."""

from __future__ import annotations

import os
from pathlib import Path

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
