"""How far a command is, a few times a second, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.method import Method, Step


def counted(what: str) -> Callable[[int, int], None]:
    """A listener to progress that says on standard error, four times a second, how far it is."""
    last = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= 0.25:
            last = time.monotonic()
            print(f"{done} of {total} {what}", file=sys.stderr, flush=True)

    return progress


def reported(steps: Iterator[Step], method: Method, begun: float) -> Iterator[Step]:
    """The steps, with a line on standard error once a second: how far, how long still, the latest numbers."""
    last, start, first = begun, 0.0, 0
    for step in steps:
        yield step
        now, total = time.monotonic(), method.total
        if not first:
            start, first = now, step.index
        if now - last >= 1.0 or step.index == total:
            last = now
            done = step.index - first
            # What comes before the first step, imports and the data, comes once.
            left = f", {(now - start) / done * (total - step.index):.0f} s left" if done else ""
            numbers = "  ".join(f"{name} {value:.4g}" for name, value in step.info.items())
            print(f"step {step.index} of {total}{left}  {numbers}", file=sys.stderr, flush=True)
