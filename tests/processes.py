"""What processes cost, read from Linux's /proc."""

from __future__ import annotations

import os
from pathlib import Path


def cpu_seconds(root: int) -> dict[int, float]:
    """CPU seconds of a process and of all that are below it, by process number."""
    parents, seconds = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(path.parent.name)] = int(fields[1])
        seconds[int(path.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def below(pid: int) -> bool:
        return pid == root or (pid in parents and below(parents[pid]))

    return {pid: used for pid, used in seconds.items() if below(pid)}
