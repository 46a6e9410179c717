"""The rows of a table that have every one of some columns, for questions whose figures must all be of the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.analysis.conditional_test import Side
from core.data.tables import NAMED, Table, TableError, as_numbers
from core.method import Array
from core.sentences import Sentence

_FEWEST = 50  # rows that have all columns


def complete(table: Table, names: list[str]) -> tuple[Table, dict[str, Array]]:
    """The rows that have every column, and these columns. Errors: TableError for too few rows, and for a constant column."""
    columns = {name: np.asarray(as_numbers(table, name, []), dtype=float).ravel() for name in names}
    whole = np.isfinite(np.column_stack(list(columns.values()))).all(axis=1)
    n = int(whole.sum())
    if n < _FEWEST:
        said = "{n} rows have all {k} columns; at least {fewest} are needed: leave out a column with many gaps"
        raise TableError(Sentence(said, n=n, k=len(names), fewest=_FEWEST))
    columns = {name: column[whole] for name, column in columns.items()}
    for name, column in columns.items():
        if np.ptp(column) == 0:
            said = "in the {n:,} rows that have all columns {name} is constant: leave it out"
            raise TableError(Sentence(said, n=n, name=name[:60]))
        if table[name].kind in NAMED and len(np.unique(column)) > max(2, n // 10):
            said = "{name} has {k} names in {n:,} rows, too many to know anything given them: leave it out"
            raise TableError(Sentence(said, name=name[:60], k=len(np.unique(column)), n=n))
    return replace(table, frame=table.frame.loc[whole].reset_index(drop=True)), columns


def entered(sides: Mapping[str, Side]) -> list[str]:
    """What is to be said of columns that hold names."""
    names = [name for name, side in sides.items() if side.names]
    said = "Names enter as a column of 0 and 1 for each of them: {columns}."
    return [Sentence(said, columns=", ".join(names))] if names else []
