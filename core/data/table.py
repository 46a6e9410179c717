"""A table as it was read: its columns, and what there is to say of them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

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

    reading: "encoding", "delimiter" and "decimal" as the file was read, told or worked out; empty for a frame.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    notices: tuple[str, ...] = ()
    name: str = ""
    reading: dict[str, str] = field(default_factory=dict)

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
