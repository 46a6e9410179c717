"""What busy neighbours cost: MINE alone and beside two processes that never rest, for a caller with one and two threads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from core import device, estimate_mi
from core.distributions import make
from tests.benchmarks import _report

N, STEPS, BUSY = 10_000, int(sys.argv[1]) if len(sys.argv) > 1 else 400, 2


def seconds(threads: int) -> float:
    """One run in a process whose torch has so many threads."""
    with device.threads(threads):
        x, y = make("gaussian", rho=0.8).sample(N, 0)
        return estimate_mi(x, y, "mine", iterations=STEPS, patience=0, device="cpu").seconds


@contextmanager
def neighbours(n: int) -> Iterator[None]:
    """Processes that use a whole core each, if they get it."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def main() -> None:
    seconds(1)  # loads what is loaded once
    rows = []
    for threads in (1, 2):
        alone = seconds(threads)
        with neighbours(BUSY):
            beside = seconds(threads)
        rows.append([threads, alone, beside, beside / alone])
    _report.table(["threads of the caller", "alone, s", f"beside {BUSY} busy processes, s", "ratio"], rows)


if __name__ == "__main__":
    _report.head(
        "MINE beside busy processes",
        f"n = {N:,}, {STEPS:,} steps. A fair share of two cores among three gives a ratio of 1.5.",
    )
    main()
