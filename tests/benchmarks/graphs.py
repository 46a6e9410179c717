"""What features of nodes are worth: fifty probes on each published graph and on a block model, beside what is published.

python -m tests.benchmarks.graphs [--seeds 0 1] [--only cora] [--learners dgi]: a row for each graph and learner. Cora and Citeseer are
looked for where the program keeps its downloads and in the folder that INFOSCOPE_PICTURES names. CPU seconds are those of
training; fifty probes of the features, of the untrained network and of the raw features come on top.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from core import discover
from core.data.graphs import GRAPHS, here
from core.data.references import parse
from core.spec import Spec
from tests.benchmarks._report import head, table

PUBLISHED = {("cora", "dgi"): "82.3 ± 0.6", ("citeseer", "dgi"): "71.8 ± 0.7"}  # arXiv:1809.10341, table 2
TARGETS = {("cora", "dgi"): 0.82, ("citeseer", "dgi"): 0.71, ("blocks", "dgi"): 0.95}
DATA: tuple[dict[str, Any], ...] = ({"graph": "karate"}, {"graph": "blocks"}, {"graph": "cora"}, {"graph": "citeseer"})
COLUMNS = ["graph", "learner", "seed", "probes", "untrained", "raw", "published", "target", "steps", "s", "CPU-s"]


def learners() -> list[str]:
    """The methods that learn from graphs."""
    return [name for name in discover.names("encoders") if "graph" in discover.load("encoders", name).takes]


def run(data: dict[str, Any], method: str, seed: int = 0) -> dict[str, Any]:
    """One run to its end on one thread: "probes", "steps", "seconds" and "cpu" of its training."""
    spec = Spec.parse({"family": "encoders", "method": method, "data": data, "seed": seed, "device": "cpu"})
    learner, source = spec.build(), spec.source()
    wall, cpu = time.perf_counter(), time.process_time()
    steps = sum(1 for _ in learner.steps(source))
    spent = {"steps": steps, "seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return learner.finish().result() | spent


def row(data: dict[str, Any], method: str, seed: int) -> list[object]:
    """A run as a row of the table."""
    name = data["graph"]
    if not here(name):
        return [name, method, seed, "not on this machine", *[""] * 7]
    found = run(data, method, seed)
    said = {side: found["probes"][side]["linear"] for side in ("features", "random", "pixels")}
    shares = [f"{100 * v['test']:.1f} ± {100 * v['sd']:.1f}" for v in said.values()]
    target = TARGETS.get((name, method))
    met = "" if target is None else f"{'met' if said['features']['test'] >= target else 'MISSED'} (≥ {target:.0%})"
    spent = [found["steps"], f"{found['seconds']:.0f}", f"{found['cpu']:.0f}"]
    return [parse(data).title(), method, seed, *shares, PUBLISHED.get((name, method), ""), met, *spent]


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--only", nargs="+", choices=list(GRAPHS), default=list(GRAPHS))
    parser.add_argument("--learners", nargs="+", choices=learners(), default=learners())
    given = parser.parse_args(arguments)
    chosen = [data for data in DATA if data["graph"] in given.only]
    head("Features of nodes", "Mean ± standard deviation of fifty probes of one run, in per cent.")
    table(COLUMNS, (row(data, method, seed) for data in chosen for method in given.learners for seed in given.seeds))


if __name__ == "__main__":
    main()
