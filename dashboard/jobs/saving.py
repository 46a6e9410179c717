"""Checkpoints that survive a full disk and a power cut, and results as plain JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

if TYPE_CHECKING:
    from torch import Tensor

    from core.method import Checkpoint, Method

__all__ = ["SafetensorError", "estimate", "save"]


def save(checkpoint: Checkpoint | None, path: Path) -> int | None:
    """Keep a checkpoint. Returns its step, or None where there is nothing to keep.

    Weights that are not finite never replace finite ones. Errors: OSError, SafetensorError; the old file is intact.
    """
    if checkpoint is None or not all(_sound(name, t) for name, t in checkpoint.tensors.items()):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.save(path)
    return checkpoint.index


def _sound(name: str, tensor: Tensor) -> bool:
    """Whether a tensor is worth keeping. Extras may be infinite: the least loss so far is, before the first look."""
    if not tensor.is_floating_point():
        return True
    return bool((~tensor.isnan() if name.startswith("extra.") else tensor.isfinite()).all())


def estimate(method: Method) -> dict[str, Any]:
    """What every estimator of mutual information has to say: mi in nats, its interval, how far to believe it."""
    said = {"mi": getattr(method, "mi_", None), "interval": getattr(method, "interval_", None)}
    trust = getattr(method, "trust_", None)
    if trust is not None:
        said["trust"] = {"level": trust.level, "reasons": list(trust.reasons)}
    return {name: value for name, value in said.items() if value is not None}
