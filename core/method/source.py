"""What a run is given: rows and what is known of them, a table and some of its columns, or tasks to draw rows of."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
LEVELS = 30  # of a category that enters as columns of 0 and 1


@dataclass(frozen=True, eq=False)
class Source:
    """Where a method's data come from: fixed arrays, or a sampler of fresh draws beside a fixed held-out sample.

    x: (n, dx), or pictures (n, c, h, w). y: (n, dy) or None. `draw(n, seed)` gives n fresh pairs; when it is set,
    training uses draws alone, and x, y are rows that no step ever trains on. `labels` (n,) are for reports, never for
    training. `pointwise(x, y)` is the true log p(x, y) / p(x)p(y) in nats, where it is known;
    `log_density(x, y)` is the true log p(y | x). `rows` (n,) are the places of x's rows in the set or table they are
    taken from, counted from 0. `x_codes`, `y_codes` are the columns whose numbers are codes of names: their order and distances
    mean nothing.
    """

    x: Array
    y: Array | None = None
    draw: Callable[[int, int], tuple[Array, Array]] | None = None
    labels: Array | None = None
    pointwise: Callable[[Array, Array], Array | None] | None = None
    log_density: Callable[[Array, Array], Array] | None = None
    x_names: tuple[str, ...] = ()
    y_names: tuple[str, ...] = ()
    x_codes: tuple[int, ...] = ()
    y_codes: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()
    rows: Array | None = None
    test: Source | None = None  # rows kept apart by whoever made the data: never trained on, never chosen by

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class TableSource:
    """A table (core.Table) and the columns of it that a sweep takes; each part of the sweep has rows of its own."""

    table: Any
    columns: tuple[str, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TaskSource:
    """Distributions (core.distributions) by the names of their tasks, and how many rows a sweep draws of each."""

    tasks: tuple[tuple[str, Any], ...]
    n: int
    notices: tuple[str, ...] = ()


def indicated(values: Array, codes: Collection[int]) -> tuple[int, ...]:
    """Those columns of (n, d) among the codes of names that have few enough to become a column of 0 and 1 each; two names are
    as good as a number."""
    return tuple(j for j in codes if 2 < len(np.unique(values[:, j])) <= LEVELS)
