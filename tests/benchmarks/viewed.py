"""Steps per second of a run with a viewer, against the same run with nobody looking."""

from __future__ import annotations

import os
import tempfile
import time
from statistics import median

from core.places import VARIABLE
from tests.benchmarks import _report

PAIRS = 3
SPEC = {
    "family": "estimators",
    "method": "mine",
    "parameters": {"iterations": 2_000, "patience": 0},
    "data": {"distribution": {"name": "gaussian"}, "n": 10_000},
}


def speed(client, store, viewed: bool) -> float:  # type: ignore[no-untyped-def]
    """Steps per second of training, by the worker's own stopwatch. A viewer asks twice a second for all that a page shows."""
    from core.spec import Spec

    run = client.submit(Spec.parse(SPEC))
    while (state := store.run(run)) is None or state.active:
        if viewed:
            client.look(run, ["critic", "scores"])
            store.snapshot(run)
            store.view(run, "critic")
        time.sleep(0.5)
    if state.status != "finished":
        raise RuntimeError(f"the run is {state.status}: {state.message}")
    return state.step / state.seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        from dashboard.jobs import Store, connect

        client, store = connect(workers=1, threads=1), Store()
        try:
            speed(client, store, False)  # loads what is loaded once
            rows = []
            for _ in range(PAIRS):
                alone, viewed = speed(client, store, False), speed(client, store, True)
                rows.append([alone, viewed, viewed / alone])
        finally:
            client.close()
    _report.table(["headless", "viewed", "ratio"], [[f"{a:.0f}", f"{b:.0f}", f"{r:.2f}"] for a, b, r in rows])
    print(f"\nMedian ratio {median(r for _, _, r in rows):.2f} (target ≥ 0.90).")


if __name__ == "__main__":
    _report.head(
        "Steps per second, headless and viewed",
        f"MINE, {SPEC['parameters']['iterations']:,} steps, one worker with one thread; the viewer polls curves and two "
        f"pictures every 0.5 s. {PAIRS} pairs, one after the other.",
    )
    main()
