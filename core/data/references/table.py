"""Columns of a table."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from core.data.references.base import Brought, Name, Reference, beside
from core.method import Array, Source, TableSource
from core.sentences import Listing, Sentence

_PAIRED = ("estimators", "densities", "sweeps")  # families that relate columns to each other
_NAMED = 3  # columns that are named in a description; of more the number is said


class TableData(Reference):
    """Columns of a table: a bundled one by name, an uploaded one by its id, or a file's path.

    A sweep over pairs takes the columns x among themselves and leaves y empty. What groups rows takes x alone, and may
    name a column of labels, which is used for reports only.
    """

    kind = "table"
    table: Name
    x: list[Name] = Field(min_length=1, max_length=500)
    y: list[Name] = Field([], max_length=500)
    labels: Name | None = None

    def check(self, family: str) -> None:
        if family == "estimators" and not self.y:
            raise ValueError(Sentence("y is empty: name at least one column of the table for y"))
        if self.labels and (self.y or family in _PAIRED):
            raise ValueError(
                Sentence(
                    "labels={labels!r} has no use here: labels go with columns x alone, to be grouped",
                    labels=self.labels,
                )
            )
        if family == "clusterers" and self.y:
            raise ValueError(Sentence("y={y!r} has no use here: a clusterer groups the columns x alone", y=self.y))

    def source(self, seed: int, family: str) -> Source | TableSource:
        from core.data.design_matrix import samples_source
        from core.data.tables import columns_source, load_table

        if self.y:
            return columns_source(self.table, self.x, self.y, coded=family == "estimators")
        if family == "sweeps":
            return TableSource(load_table(self.table), tuple(self.x))
        return samples_source(self.table, self.x, self.labels)

    def title(self) -> str:
        from core.data.tables import BUNDLED, locate

        if self.table in BUNDLED:
            return Sentence(BUNDLED[self.table].title)
        try:
            return locate(self.table)[2]
        except ValueError:
            return self.table

    def description(self) -> str:
        sides = Listing([_columns(names) for names in (self.x, self.y) if names], " → ")
        return Sentence("{table}: {columns}", table=self.title(), columns=sides)

    def label_names(self) -> tuple[str, ...]:
        from core.data.design_matrix import label_names

        return label_names(self.table, self.labels) if self.labels else ()

    def origin(self, rows: Array) -> pd.DataFrame:
        from core.data.tables import load_table

        own = load_table(self.table).frame.iloc[rows].reset_index(drop=True)
        return beside(own, super().origin(rows))

    def columns(self, rows: Array) -> pd.DataFrame:
        from core.data.tables import load_table

        frame = load_table(self.table).frame.iloc[rows]
        return frame[[name for name in frame.columns if name != self.labels]]

    def sides(self) -> tuple[str, str]:
        return ", ".join(self.x), ", ".join(self.y)

    def entered(self) -> dict[str, str]:
        from core.data.tables import load_table

        said = {"datetime": "{name} (days since 1970)", "categorical": "{name} (code)", "boolean": "{name} (0 or 1)"}
        columns = load_table(self.table).columns
        return {c.name: Sentence(said[c.kind], name=c.name) for c in columns if c.kind in said}

    def brought(self) -> Brought | None:
        from core.data.tables import BUNDLED, TableError, locate

        if self.table in BUNDLED:
            return None
        try:
            _, options, name = locate(self.table)
        except TableError:  # the upload is gone; whoever has the file can still run the script
            options, name = {}, self.table
        told = "".join(f", {k}={v!r}" for k, v in options.items())
        expression = f"save_upload(file.read_bytes(), file.name{told})"
        return Brought(name, expression, "from core.data.tables import save_upload\n")


def _columns(names: list[str]) -> str:
    if len(names) > _NAMED:
        return Sentence("{n} column", many="{n} columns", n=len(names))
    return ", ".join(names)
