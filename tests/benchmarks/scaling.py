"""Seconds of estimate_mi against the number of rows and of columns, with the slopes between logarithms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np

from core import estimate_mi
from core.distributions import make
from tests.benchmarks import _report

ROWS = (1_000, 3_000, 10_000, 30_000, 100_000)
COLUMNS = (1, 4, 16, 64)
METHODS = ("mine", "ksg")


def seconds(method: str, n: int, d: int) -> float:
    """Median of three estimates of the same data."""
    x, y = make("multivariate_gaussian", dimension=d, rho=0.5).sample(n, 0)
    return median(estimate_mi(x, y, method).seconds for _ in range(3))


def rows() -> Iterator[list[Any]]:
    for method in METHODS:
        by_n = [seconds(method, n, 1) for n in ROWS]
        yield [method, "n, d = 1", *_line(ROWS, by_n)]
        by_d = [seconds(method, 3_000, d) for d in COLUMNS]
        yield [method, "d, n = 3,000", *_line(COLUMNS, by_d)]


def _line(sizes: Sequence[int], took: list[float]) -> list[str]:
    slope = np.polyfit(np.log(sizes), np.log(took), 1)[0]
    return [", ".join(f"{size:,}: {value:.2g}" for size, value in zip(sizes, took, strict=True)), f"{slope:.2f}"]


if __name__ == "__main__":
    _report.head("Seconds against size", "Median of 3; slope of log seconds against log size over the whole range.")
    _report.table(["method", "against", "seconds", "slope"], rows())
