"""The one way in which files are written, and in which Python's values become JSON."""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core import sentences
from core.sentences import Sentence


def write(path: Path, data: bytes | str) -> None:
    """Write beside, flush to the disk, move into place: a crash or a full disk leaves the old file or the new one.

    Errors: OSError.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Its name is this thread's own: no other writes there.
    beside = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.partial")
    try:
        beside.write_bytes(data.encode() if isinstance(data, str) else data)
        _flush(beside)
        os.replace(beside, path)
        if os.name != "nt":  # a folder cannot be flushed there
            _flush(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def plain(value: Any, sentence: Any = Sentence.to_dict) -> Any:
    """JSON's own types: arrays are lists, numbers that are not finite are null, sentences are what `sentence` makes of them."""
    if isinstance(value, Sentence):
        kept = sentence(value)
        return {k: plain(v, sentence) for k, v in kept.items()} if isinstance(kept, dict) else kept
    if isinstance(value, Mapping):
        return {str(k): plain(v, sentence) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v, sentence) for v in value]
    if isinstance(value, (np.ndarray, np.generic)) or hasattr(value, "detach"):
        return plain(value.tolist(), sentence)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def english(value: Any, indent: int | None = None) -> str:
    """JSON for people and other programs: sentences, also those that a result keeps in parts, are their English text."""
    whole = plain(from_json(to_json(value)), sentence=str.__str__)
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=indent)


def to_json(value: Any) -> str:
    """JSON that keeps sentences translatable; `from_json` gives them back."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)


def from_json(text: str | bytes) -> Any:
    """What `to_json` wrote, or any other JSON. Errors: ValueError."""
    return json.loads(text, object_hook=sentences.revive)
