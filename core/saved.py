"""Finished models on disk: weights as safetensors, and beside them in the header what is needed to build the method.

No file can run code: the header names a family and a method that this program knows, and the rest is numbers.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from core import discover
from core.method import Checkpoint, Method
from core.paths import run_folder
from core.sentences import Sentence

FILE = "model.safetensors"  # its name in a run's folder
_FORMAT = 1


def save(method: Method, path: Path) -> bool:
    """Write what a finished method needs to answer again; False where it has nothing of the kind. Errors: OSError."""
    kept = method.get_state()
    if kept is None:
        return False
    about = {
        "format": _FORMAT,
        "family": method.family,
        "method": discover.name_of(type(method)),
        "parameters": method.get_params(deep=False),
        "versions": {name: version(name) for name in ("torch", "numpy")},
    }
    Checkpoint(kept.index, kept.tensors, {"model": about, "fitted": kept.meta}).save(Path(path))
    return True


def load(path: Path) -> Any:
    """The method that `save` wrote, fitted, on the CPU. Errors: ValueError in one sentence that names the file."""
    saved, name = Checkpoint.load(Path(path)), Path(path).name
    about = saved.meta.get("model") if isinstance(saved.meta, dict) else None
    if not isinstance(about, dict) or about.get("format") != _FORMAT:
        raise ValueError(
            Sentence("{name} is no saved model of this program: choose a file that Save model has written", name=name)
        )
    try:
        cls = discover.load(about["family"], about["method"])
        method = cls(**{**about["parameters"], "device": "cpu"})
        method.check_parameters()
        return method.set_state(Checkpoint(saved.index, saved.tensors, saved.meta["fitted"]))
    except (LookupError, AttributeError, TypeError, ValueError, RuntimeError, StopIteration, OverflowError) as error:
        why = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise ValueError(Sentence("{name} does not hold a whole model: {why}", name=name, why=why)) from error


def of_run(identifier: str) -> Any:
    """The model that a finished run has left. Errors: ValueError where there is none."""
    path = run_folder(identifier) / FILE
    if not path.is_file():
        raise ValueError(
            Sentence(
                "run {identifier} has left no model: choose a run that has finished, of a method that trains",
                identifier=identifier,
            )
        )
    return load(path)
