"""Steps per second of a run with a viewer, against the same run with nobody looking."""

from __future__ import annotations

import os
import tempfile
import time
from statistics import median

from core.paths import VARIABLE
from core.spec import Spec
from dashboard.jobs import Client, Store, connect
from tests.benchmarks import _report
from tests.processes import cpu_seconds

PAIRS = 3
SPEC = {
    "family": "estimators",
    "method": "mine",
    "parameters": {"iterations": 2_000, "patience": 0},
    "data": {"distribution": {"name": "gaussian"}, "n": 10_000},
}


def speed(client: Client, store: Store, viewed: bool) -> tuple[float, float]:
    """Steps a second by the worker's stopwatch, and a CPU second of worker and supervisor; the second forgives a busy
    machine. A viewer asks twice a second for all that a page shows."""
    before, sample = cpu_seconds(client._process.pid), (0, 0.0)
    run = client.submit(Spec.parse(SPEC))
    while (state := store.run(run)) is None or state.active:
        if viewed:
            client.watch(run, ["critic"])
            store.snapshot(run)
            store.view(run, "critic")
        if state and state.status == "running" and state.step:
            used = sum(seconds - before.get(pid, 0.0) for pid, seconds in cpu_seconds(client._process.pid).items())
            sample = (state.step, used)
        time.sleep(0.5)
    if state.status != "finished":
        raise RuntimeError(f"the run is {state.status}: {state.message}")
    return state.step / state.seconds, sample[0] / sample[1]


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        client, store = connect(workers=1, threads=1), Store()
        try:
            speed(client, store, False)  # loads what is loaded once
            for _ in range(PAIRS):
                alone, viewed = speed(client, store, False), speed(client, store, True)
                rows.append([*alone, *viewed, viewed[0] / alone[0], viewed[1] / alone[1]])
        finally:
            client.close()
    names = ["headless: steps/s", "steps/CPU s", "viewed: steps/s", "steps/CPU s", "ratio by clock", "ratio by CPU"]
    _report.table(names, rows)
    clock, cpu = median(row[4] for row in rows), median(row[5] for row in rows)
    print(f"\nMedian ratio {clock:.2f} by the clock, {cpu:.2f} by CPU time (target ≥ 0.90).")


if __name__ == "__main__":
    _report.head(
        "Steps per second, headless and viewed",
        f"MINE, {SPEC['parameters']['iterations']:,} steps, one worker with one thread; the viewer polls the curves and "
        f"the critic's surface every 0.5 s. {PAIRS} pairs, one after the other.",
    )
    main()
