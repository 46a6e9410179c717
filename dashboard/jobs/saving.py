"""What stays of a run: checkpoints that survive a full disk and a power cut, the model, and the features of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from core.sentences import Sentence

if TYPE_CHECKING:
    from torch import Tensor

    from core.method import Checkpoint, Method, Source
    from core.spec import Spec

__all__ = ["SafetensorError", "estimate", "learned", "save"]


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


def learned(method: Method, source: Source, spec: Spec, id: str, step: int, epoch: float | None) -> Iterator[Sentence]:
    """What was learned stays beside the run: the model, and the features of its rows. Yields what people are told of it."""
    from core import saved
    from core.data.features import Features
    from core.paths import run_folder

    folder = run_folder(id)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        saved.save(method, folder / saved.FILE)
    except OSError as error:  # the result is worth more than the model
        yield Sentence("The model could not be written: {error}.", error=error)
    of = {"data": spec.data.model_dump(exclude_none=True), "seed": spec.seed}
    try:
        features = Features.learned(method, source, **of, step=step, epoch=epoch)
        if features is not None:
            features.save(id)
    except Exception as error:  # a plug-in may fail in any way, and the result is worth more than its features
        yield Sentence("The features could not be kept: {error}.", error=error)
    else:
        yield from () if features is None else features.notices()


def estimate(method: Method) -> dict[str, Any]:
    """What every estimator of mutual information has to say: mi in nats, its interval, how far to believe it."""
    said = {"mi": getattr(method, "mi_", None), "interval": getattr(method, "interval_", None)}
    trust = getattr(method, "trust_", None)
    if trust is not None:
        said["trust"] = {"level": trust.level, "reasons": list(trust.reasons)}
    return {name: value for name, value in said.items() if value is not None}
