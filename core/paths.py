"""The one folder for everything that outlives a process: runs, uploads, downloads, plug-ins."""

from __future__ import annotations

import os
from pathlib import Path

from core.sentences import Sentence

VARIABLE = "INFOSCOPE_DATA"


def data_folder() -> Path:
    """`$INFOSCOPE_DATA`, or the user's data folder of this operating system."""
    from platformdirs import user_data_path

    named = os.environ.get(VARIABLE)
    return Path(named).expanduser().resolve() if named else user_data_path("infoscope", appauthor=False)


def run_folder(identifier: str) -> Path:
    """Where a run keeps its files. Errors: ValueError for what is no run's id."""
    if not (identifier.isalnum() and identifier.isascii() and len(identifier) <= 64):
        raise ValueError(Sentence("{identifier!r} is not the id of a run", identifier=identifier[:80]))
    return data_folder() / "runs" / identifier
