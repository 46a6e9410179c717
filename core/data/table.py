"""A table as it was read: its columns, and what there is to say of them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.data.opening import TableError
from core.sentences import Sentence

_NEAR = 6  # columns that are named where one is not found

# What a column may hold, as people are told.
KINDS = tuple(map(Sentence, ("numeric", "integer", "boolean", "datetime", "categorical", "text", "empty", "constant")))


@dataclass(frozen=True)
class Column:
    """One column as it was read.

    kind: one of `KINDS`; constant is one value in two rows or more.
    min, max: numbers, ISO dates for datetime, None for words. n_unique does not count missing cells.
    """

    name: str
    kind: str
    n_missing: int
    n_unique: int
    min: float | int | str | None
    max: float | int | str | None


@dataclass(frozen=True, eq=False)
class Table:
    """What was read: `frame` (pandas, one dtype a kind), `columns` in its order, `notices` as sentences.

    reading: "encoding", "delimiter", "decimal", "header" and "sheet" as the file was read, told or worked out, so far as it
    has them; empty for a frame. sheets: those of a workbook.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    notices: tuple[str, ...] = ()
    name: str = ""
    reading: dict[str, Any] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        """The column of that name. Errors: TableError that lists the nearest that exist."""
        for column in self.columns:
            if column.name == name:
                return column
        names = [c.name for c in self.columns]
        near = ", ".join(repr(n[:40]) for n in difflib.get_close_matches(name, names, _NEAR, cutoff=0.0))
        near += ", …" if len(names) > _NEAR else ""
        raise TableError(
            Sentence(
                "there is no column {name!r} in {table}: choose one of {near}",
                name=name[:80],
                table=self.name,
                near=near,
            )
        )


def describe(name: str, values: pd.Series, kind: str) -> Column:
    """What a column of that kind holds."""
    missing, unique = _counted(values, kind)
    low: Any = None
    high: Any = None
    if kind in ("numeric", "integer", "datetime") and missing < len(values):
        low, high = values.min(), values.max()
        low, high = (low.isoformat(), high.isoformat()) if kind == "datetime" else (low.item(), high.item())
    if kind == "integer" and unique:
        low, high = int(low), int(high)  # float64 where some are missing
    if unique == 1 and len(values) > 1:
        kind = "constant"
    return Column(name, kind, missing, unique, low, high)


def _counted(values: pd.Series, kind: str) -> tuple[int, int]:
    """How many are missing, and how many different ones there are."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        found = np.unique(codes := np.asarray(values.cat.codes))
        return int((codes < 0).sum()), int((found >= 0).sum())
    if (
        isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiub"
    ):  # much faster where columns are many and short
        numbers = values.to_numpy()
        present = numbers[~np.isnan(numbers)] if numbers.dtype.kind == "f" else numbers
        return len(numbers) - len(present), len(pd.unique(present))
    return int(values.isna().sum()), int(values.nunique())
