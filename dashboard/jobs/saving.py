"""Checkpoints that survive a full disk and a power cut, and results as plain JSON."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError

if TYPE_CHECKING:
    from torch import Tensor

    from core.method import Checkpoint, Method

__all__ = ["SafetensorError", "estimate", "plain", "save"]


def save(checkpoint: Checkpoint | None, path: Path) -> int | None:
    """Write beside, flush to the disk, move into place. Returns its step, or None where there is nothing to keep.

    Weights that are not finite never replace finite ones. Errors: OSError, SafetensorError; the old file is intact.
    """
    if checkpoint is None or not all(_sound(name, t) for name, t in checkpoint.tensors.items()):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    try:
        checkpoint.save(beside)
        _flush(beside)
        os.replace(beside, path)
        if os.name != "nt":  # a folder cannot be flushed there
            _flush(path.parent)
    except BaseException:
        for left in (beside, path.with_suffix(".partial")):
            left.unlink(missing_ok=True)
        raise
    return checkpoint.index


def _sound(name: str, tensor: Tensor) -> bool:
    """Whether a tensor is worth keeping. Extras may be infinite: the least loss so far is, before the first look."""
    if not tensor.is_floating_point():
        return True
    return bool((~tensor.isnan() if name.startswith("extra.") else tensor.isfinite()).all())


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def estimate(method: Method) -> dict[str, Any]:
    """What every estimator of mutual information has to say: mi in nats, its interval, how far to believe it."""
    said = {"mi": getattr(method, "mi_", None), "interval": getattr(method, "interval_", None)}
    trust = getattr(method, "trust_", None)
    if trust is not None:
        said["trust"] = {"level": trust.level, "reasons": list(trust.reasons)}
    return {name: value for name, value in said.items() if value is not None}


def plain(value: Any) -> Any:
    """As JSON has it: arrays are lists, and numbers that are not finite are null."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray) or hasattr(value, "detach"):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
