"""How near the defaults come to what is known, and how long they take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from core import estimate_mi
from core.clusterers import IIC
from core.data.images import image_source
from core.data.problems import problem_source
from core.densities import MDN
from core.distributions import Distribution, make
from tests.benchmarks import _report

SEEDS = range(5)
N = 10_000


def mi(name: str, method: str, joint: Distribution, within: float, limit: float) -> list[Any]:
    """The worst of the seeds, each with a sample of its own."""
    errors, seconds = [], []
    for seed in SEEDS:
        found = estimate_mi(*joint.sample(N, seed), method, seed=seed)
        errors.append(abs(found.mi - joint.true_mi))
        seconds.append(found.seconds)
    return [
        f"{method}, {name}",
        f"{joint.true_mi:.3f} nats",
        f"error {max(errors):.4f}",
        f"≤ {within}",
        f"{max(seconds):.2f}",
        f"≤ {limit:g}",
    ]


def digits() -> list[Any]:
    """IIC on the bundled digits: accuracy after the Hungarian assignment, k-means on the pixels beside it."""
    began = time.perf_counter()
    iic = IIC().run(image_source("digits"))
    seconds = time.perf_counter() - began
    baseline = f"k-means {iic.scores_['kmeans_accuracy']:.3f}"
    return ["iic, digits", baseline, f"accuracy {iic.scores_['accuracy']:.3f}", "≥ 0.85", f"{seconds:.1f}", "≤ 60"]


def inverse() -> list[Any]:
    """MDN on the inverse problem, scored on fresh points."""
    began = time.perf_counter()
    mdn = MDN().run(problem_source("inverse", 1_000, 0))
    seconds = time.perf_counter() - began
    fresh = problem_source("inverse", N, 1)
    nll, oracle = -mdn.log_density(fresh.x, fresh.y).mean(), -fresh.log_density(fresh.x, fresh.y).mean()
    return ["mdn, inverse problem", f"true density {oracle:.3f}", f"NLL {nll:.3f}", "≤ 1.6", f"{seconds:.1f}", "≤ 10"]


def rows() -> Iterator[list[Any]]:
    yield mi("ρ = .5", "mine", make("gaussian", rho=0.5), 0.03, 10)
    yield mi("ρ = .8", "mine", make("gaussian", rho=0.8), 0.04, 10)
    yield mi("independent", "mine", make("independent"), 0.01, 10)
    yield mi("channel, d = 3", "mine", make("channel", dimension=3), 0.3, 10)
    yield mi("ρ = .8", "ksg", make("gaussian", rho=0.8), 0.03, 1)
    yield digits()
    yield inverse()


if __name__ == "__main__":
    _report.head("Accuracy and time of the defaults", f"n = {N:,}, seeds 0–4: the worst error and the longest time.")
    _report.table(["what", "known", "found", "target", "seconds", "target"], rows())
