"""`python -m core run SPEC.json`: a run from its spec, its result kept in a folder where one is named."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from core import files
from core.method import Checkpoint, Method, Source, Step
from core.shell.progress import reported


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from core.spec import Spec

    spec, folder = Spec.parse(_text(arguments.spec)), _writable(arguments.out) if arguments.out else None
    if spec.threads:
        import torch

        torch.set_num_threads(spec.threads)
    method, source, begun = spec.build(), spec.source(), time.monotonic()
    last, stopped = _last_step(method, source, begun)
    checkpoint = method.checkpoint()
    method.finish()
    result = {
        "result": method.result(),
        "stopped": stopped,
        "steps": last.index,
        "last": last.info,
        "seconds": time.monotonic() - begun,
        "true_mi": spec.data.true_mi(),
        "notices": source.notices,
        "spec": json.loads(spec.to_json()),
    }
    if folder:
        arguments.after = _write(folder, result, checkpoint)
    return result


def _last_step(method: Method, source: Source, begun: float) -> tuple[Step, bool]:
    """The step that the run came to, and whether Ctrl-C ended it there."""
    last: Step | None = None
    try:
        for last in reported(method.steps(source), method, begun):  # noqa: B007 — the last one counts
            pass
    except KeyboardInterrupt:
        if last is None:
            raise
        return last, True
    return last or Step(0, {}), False


def _text(path: str) -> str:
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error


def _writable(out: str) -> Path:
    """The folder, made where it is missing and tried by a file. Errors: ValueError, before anything is computed."""
    folder = Path(out).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"result.json.{os.getpid()}.partial"
        probe.write_bytes(b"")
        probe.unlink()
    except (OSError, ValueError) as error:
        is_file = isinstance(error, (FileExistsError, NotADirectoryError))
        why = "it is a file" if is_file else getattr(error, "strerror", None) or error
        raise ValueError(f"--out {out} is not a folder that can be written to ({why}): name another") from error
    return folder


def _write(folder: Path, result: dict[str, Any], checkpoint: Checkpoint | None) -> str:
    """result.json and, where the method has one, checkpoint.safetensors; why not, where they cannot be written."""
    try:
        if checkpoint is not None:
            checkpoint.save(folder / "checkpoint.safetensors")
        files.write(folder / "result.json", files.english(result, indent=1))
    except Exception as error:  # a full disk, a folder that is gone: what was computed is printed all the same
        return f"the result could not be kept in {folder}: {getattr(error, 'strerror', None) or error}"
    return ""
