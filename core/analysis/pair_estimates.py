"""Pairs of columns estimated: here or, where a cluster's scheduler is named, on its workers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from core.analysis.column_pair import ColumnPair
from core.analysis.independence import Independence
from core.analysis.significance import Null
from core.columns import Remembered
from core.data.tables import Table
from core.method import Array
from core.neighbours import compile_search
from core.sentences import Listing, Sentence
from core.units import equivalent_correlation

_TASK = 16  # pairs that a worker of a cluster gets at a time
_TRIES = 5  # of a task whose worker is lost


class PairEstimates:
    """Rows of `MIMatrix.long` for pairs of the columns `values`, by an estimator; it travels to other machines.

    The same pair gives the same row wherever it is estimated: whatever is drawn follows from the seed and the columns.
    """

    def __init__(
        self,
        table: Table,
        values: Mapping[str, Array],
        method: str,
        cls: Any,
        parameters: dict[str, Any],
        seed: int | None,
    ) -> None:
        # Of the table only what is known of its columns counts here.
        self.table, self.values = dataclasses.replace(table, frame=table.frame.iloc[:0]), dict(values)
        self.method, self.cls, self.parameters, self.seed = method, cls, parameters, seed
        compile_search(len(self.values) ** 2 // 2, max(map(len, self.values.values()), default=0))
        self._chance, self.known = Independence(method, seed or 0), Remembered(self.values.values())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.table, self.values, self.method, self.cls, self.parameters, self.seed)

    def make(self, **more: Any) -> Any:
        """The estimator."""
        return self.cls(**(more | self.parameters), random_state=self.seed)

    def pair(self, x: str, y: str) -> ColumnPair:
        """Two of the columns."""
        return ColumnPair(self.table, x, y, self.values[x], self.values[y], self.method)

    def of(self, x: str, y: str) -> dict[str, Any]:
        """One row; a pair that cannot be estimated has NaN and says why."""
        pair = self.pair(x, y)
        if pair.refused:
            return pair.row
        with self.known.used():
            return self.row(pair, self.make(**pair.categories(self.method)).run(pair.source))

    def row(self, pair: ColumnPair, found: Any) -> dict[str, Any]:
        """What a fitted estimator says of a pair."""
        law = self._chance.of(found, pair.a, pair.b, found.mi_, pair.wholes, pair.names)
        low, high = found.interval_ or (np.nan, np.nan)
        return pair.row | {
            "mi": found.mi_,
            "correlation": equivalent_correlation(found.mi_),
            "low": low,
            "high": high,
            "p": _p(found, law),
            # Of critics it would be what these find in such columns, and not what others would.
            "noise": law.quantile() if law and found.quick else np.nan,
            "trust": found.trust_.level,
            "reasons": Listing(found.trust_.reasons, " "),
            **pair.beside(found.mi_),
        }


def _p(found: Any, law: Null | None) -> float:
    """NaN without a law. A critic that found nothing may have scored other partners lower still, which is no dependence."""
    if law is None:
        return np.nan
    return max(law.p(found.mi_), 0.0 if found.quick or found.mi_ > 0 else 0.5)


def on_cluster(scheduler: str, estimates: PairEstimates, wanted: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Rows in the order in which they are done, from the workers of a Dask cluster, each of which gets the columns once.

    What a worker was at when it was lost is given to another. Errors: ValueError where the package is not installed or
    nobody answers at this address.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        template = (
            "scheduler={scheduler!r} needs the package distributed, which is not installed: pip install distributed"
        )
        raise ValueError(Sentence(template, scheduler=scheduler)) from error
    try:
        client = Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(Sentence("no scheduler answers at {scheduler}", scheduler=scheduler)) from error
    with client:
        columns = client.scatter(estimates, broadcast=True)
        parts = [list(wanted[begin : begin + _TASK]) for begin in range(0, len(wanted), _TASK)]
        tasks = client.map(_some, parts, estimates=columns, pure=False, retries=_TRIES)
        try:
            for task in as_completed(tasks):
                yield from task.result()
        finally:
            client.cancel(tasks)


def _some(pairs: Sequence[tuple[str, str]], estimates: PairEstimates) -> list[dict[str, Any]]:
    return [estimates.of(*pair) for pair in pairs]
