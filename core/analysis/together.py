"""Pairs of columns whose critics are trained side by side: which of them at a time, and with which settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event
from typing import Any

import numpy as np

from core.analysis.column_pair import ColumnPair
from core.method.source import indicated

PAIRS = 16  # in one batched network: more hardly make it faster, and a run is to be stopped within a second
_FLOATS = 20_000_000  # that the sides of a group hold at most, 80 MB
_ALIKE = 1.1  # complete rows of the pairs of a group: the folds of all are as long as those of the shortest
# One column a side needs less than the estimators' own settings, which are made for several. Chosen on Gaussian pairs,
# squares and circles of 10,000 rows; beside elu, relu takes half the time there and is nearer the truth.
LIGHT: dict[str, Any] = {
    "hidden": 32,
    "folds": 3,
    "iterations": 250,
    "batch_size": 256,
    "learning_rate": 0.01,
    "activation": "relu",
}
_CANDIDATES = 128  # a batch of InfoNCE, which then sees up to ln 128 = 4.9 nats, and says so where it comes near


def light(cls: Any) -> dict[str, Any]:
    """The settings of an estimator that trains, for pairs of single columns; whoever calls it may set others."""
    return {**LIGHT, "batch_size": _CANDIDATES} if cls.by_row else LIGHT


def trained(pairs: Sequence[ColumnPair], make: Callable[[], Any], jobs: int) -> Iterator[tuple[float, list[Any]]]:
    """How many pairs further the training is, and (pair, fitted estimator) of those that are done with it.

    Several groups at a time, each on one thread: beside other work two threads of one network wait for each other longer
    than they work.
    """
    from core import device  # loads torch

    news, halt = SimpleQueue[Any](), Event()

    def train(group: list[ColumnPair]) -> None:
        run = make().side_by_side([pair.source for pair in group])
        for _ in run.steps():
            if halt.is_set():
                return
            news.put((len(group) / run.method.total, []))
        news.put((0.0, list(zip(group, run.finish(), strict=True))))

    with device.threads(1), ThreadPoolExecutor(jobs) as pool:
        left = [pool.submit(train, group) for group in groups(pairs)]
        for future in left:
            future.add_done_callback(news.put)
        try:
            open_ = len(left)
            while open_:
                said = news.get()
                if isinstance(said, Future):
                    said.result()  # raises what went wrong
                    open_ -= 1
                else:
                    yield said
        finally:
            halt.set()
            pool.shutdown(wait=True, cancel_futures=True)


def groups(pairs: Sequence[ColumnPair]) -> Iterator[list[ColumnPair]]:
    """Pairs of about the same number of rows, in groups."""
    group: list[ColumnPair] = []
    for pair in sorted(pairs, key=lambda pair: (pair.n, _width(pair))):
        full = len(group) >= PAIRS or (len(group) + 1) * pair.n * _width(pair) > _FLOATS
        if group and (full or pair.n > _ALIKE * group[0].n):
            yield group
            group = []
        group.append(pair)
    if group:
        yield group


def _width(pair: ColumnPair) -> int:
    """Columns of both sides as a critic has them."""
    sides = ((pair.a, pair.source.x_codes), (pair.b, pair.source.y_codes))
    return sum(len(np.unique(side)) if indicated(side[:, None], codes) else 1 for side, codes in sides)
