"""What every benchmark prints: the command, the machine in words, versions, and a Markdown table."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any


def head(title: str, note: str = "") -> None:
    """Before the table: what is measured, where, and how to measure it again."""
    threads = os.environ.get("OMP_NUM_THREADS")
    command = f"{f'OMP_NUM_THREADS={threads} ' * bool(threads)}python -m tests.benchmarks.{' '.join([Path(sys.argv[0]).stem, *sys.argv[1:]])}"
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "numpy", "scikit-learn", "streamlit"))
    print(f"\n**{title}**\n")
    print(f"`{command}` on {machine()}; Python {platform.python_version()}, {packages}.")
    print(f"\n{note}\n" if note else "", flush=True)


def machine() -> str:
    """Cores, processor, accelerator, and how busy it was."""
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    load = f", load {os.getloadavg()[0]:.1f} before the start" if hasattr(os, "getloadavg") else ""
    return f"{cores} cores of {_processor()}, {device}, {torch.get_num_threads()} threads{load}"


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows are printed as they are measured."""
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns), flush=True)
    for row in rows:
        print("| " + " | ".join(f"{v:.3g}" if isinstance(v, float) else str(v) for v in row) + " |", flush=True)


def parts(title: str, note: str, known: Mapping[str, Callable[[], Iterable[Sequence[Any]]]]) -> None:
    """The table of the parts that the command names, or of all: what, figure, target, seconds."""
    chosen = sys.argv[1:] or list(known)
    if unknown := [name for name in chosen if name not in known]:
        sys.exit(f"there is no part {unknown[0]!r}; choose of {', '.join(known)}")
    head(title, note)
    table(["what", "figure", "target", "seconds"], (row for name in chosen for row in known[name]()))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
