"""Time until the held-out estimate stays within 5 % of the truth on the additive Gaussian channel (options: some of d)."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from core import discover
from core.distributions import make
from core.method import Source
from tests.benchmarks import _report

METHODS = ("mine", "nwj", "jsd", "infonce", "smile")
NATS = 6 * math.log(2)  # the channel's 2 bits in each of three dimensions
N = 10_000
# Twenty columns ask for a wider critic and more steps; nothing else differs from the defaults.
WIDE = {"hidden": 256, "iterations": 1_500}
CASES: dict[int, tuple[float, dict[str, Any]]] = {
    1: (0.2, {}),
    3: (0.2, {}),
    20: (3.0 / math.expm1(2 * NATS / 20), WIDE),
}


def reach(method: str, source: Source, truth: float, parameters: dict[str, Any]) -> list[str]:
    """Seconds and step from which on every look is within 5 %, the last look, and the final estimate from more pairs."""
    estimator = discover.load("estimators", method)(patience=0, **parameters)
    began, since, last = time.perf_counter(), None, math.nan
    for step in estimator.steps(source):
        if "mi_held_out" in step.info:
            last = step.info["mi_held_out"]
            inside = abs(last - truth) <= 0.05 * truth
            since = (since or (time.perf_counter() - began, step.index)) if inside else None
    final = estimator.finish().mi_
    reached = [f"{since[0]:.1f}", str(since[1])] if since else ["not reached", ""]
    return [*reached, f"{last:.3f}", f"{final:.3f}"]


def rows(dimensions: Iterable[int]) -> Iterator[list[Any]]:
    for dimension in dimensions:
        noise, parameters = CASES[dimension]
        channel = make("channel", power=3.0, noise=noise, dimension=dimension)
        x, y = channel.sample(N, 0)
        for kind, draw in (("fresh", channel.sample), ("fixed", None)):
            for method in METHODS:
                found = reach(method, Source(x, y, draw=draw), channel.true_mi, parameters)
                yield [dimension, f"{channel.true_mi:.3f}", kind, method, *found]


if __name__ == "__main__":
    _report.head(
        "Time to within 5 % of the truth, Gaussian channel, P = 3",
        f"Fixed: {N:,} rows, 5 folds; fresh: new draws each step, {N:,} rows held out. Defaults without early stopping; "
        f"d = 20: N = {CASES[20][0]:.2f}, hidden=256, iterations=1500. Seconds include the looks at held-out rows.",
    )
    _report.table(
        ["d", "truth (nats)", "data", "method", "seconds", "step", "last look", "final (nats)"],
        rows(map(int, sys.argv[1:] or CASES)),
    )
