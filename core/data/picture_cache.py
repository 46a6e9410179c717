"""Decoded pictures on the disk: plain arrays that a second run maps into memory at once."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.data.published_sets import Pictures
from core.paths import data_folder

_VERSION = 2  # of what is written; another one is written anew
_ARRAYS = ("x", "labels", "test_x", "test_labels")
_WORDS = ("classes", "notices", "files")


def cached(key: str, make: Callable[[], Pictures]) -> Pictures:
    """What `make` returned when it was first asked for under this key. Pixels are mapped read-only, not copied."""
    folder = data_folder() / "cache" / "pictures" / f"{key}-{_VERSION}"
    if (found := _read(folder)) is not None:
        return found
    pictures = make()
    try:
        _write(folder, pictures)
    except OSError:  # a full disk costs the second run its head start, not this run its pictures
        return pictures
    return _read(folder) or pictures


def is_cached(key: str) -> bool:
    """Whether the pictures of this key are there already."""
    return (data_folder() / "cache" / "pictures" / f"{key}-{_VERSION}" / "about.json").is_file()


def _read(folder: Path) -> Pictures | None:
    try:
        about = json.loads((folder / "about.json").read_text("utf-8"))
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in about["arrays"]}
        classes, notices, files = (tuple(about[name]) for name in _WORDS)
        return Pictures(**arrays, classes=classes, notices=notices, files=files)
    except (OSError, EOFError, ValueError, KeyError, TypeError):  # cut short: it is read anew
        return None


def _write(folder: Path, pictures: Pictures) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix="partial-", dir=folder.parent))
    try:
        arrays = {name: getattr(pictures, name) for name in _ARRAYS if getattr(pictures, name) is not None}
        for name, values in arrays.items():
            np.save(beside / f"{name}.npy", values, allow_pickle=False)
        about = {"arrays": list(arrays), **{name: getattr(pictures, name) for name in _WORDS}}
        (beside / "about.json").write_text(json.dumps(about), "utf-8")
        if folder.exists():  # unreadable, or another process was faster
            shutil.rmtree(folder, ignore_errors=True)
        os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
