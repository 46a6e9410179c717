"""What every kind of data gives: its rows, its labels' names, what people call it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from core.method import Array, Source, TableSource, TaskSource

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Brought(NamedTuple):
    """A file that was uploaded: its name, and the Python expression that gives the reference again from a path `file`."""

    name: str
    expression: str
    imports: str = ""


class Reference(BaseModel):
    """Where a run's data are to be found. Methods raise ValueError in one sentence where they are gone."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[str]
    gives: ClassVar[str] = "rows"  # what a method has to be able to take

    @property
    def named(self) -> Any:
        """What the data are called in the program: the field that is called as the kind."""
        return getattr(self, self.kind)

    def check(self, family: str) -> None:
        """That a family can do something with these data. Errors: ValueError."""

    def source(self, seed: int, family: str) -> Source | TableSource | TaskSource:
        """The rows, drawn or read anew."""
        raise NotImplementedError

    def title(self) -> str:
        """What people call the data; the reference itself where that is not known any more."""
        return str(self.named)

    def description(self) -> str:
        """The data in a few words, with what was taken of them."""
        return self.title()

    def label_names(self) -> tuple[str, ...]:
        """What the numbers in `Source.labels` stand for, by number; empty where nobody has said."""
        return ()

    def true_mi(self) -> float | None:
        """I(X; Y) in nats, where it is known."""
        return None

    def origin(self, rows: Array) -> pd.DataFrame:
        """A line for each of these row numbers: the number counted from 1, and what the user's own data have there."""
        return pd.DataFrame({"row": rows + 1})

    def columns(self, rows: Array) -> pd.DataFrame:
        """What may be shown beside the label of each of these rows: a table's other columns."""
        return pd.DataFrame(index=range(len(rows)))

    def names(self, rows: Array) -> list[str]:
        """What each row is called: the name of its own file, or of a node; empty where rows have no names."""
        return []

    def sides(self) -> tuple[str, str]:
        """What x and y are called on axes."""
        return "x", "y"

    def entered(self) -> dict[str, str]:
        """Column → what its axis says, where the numbers are not the column's own."""
        return {}

    def learned_by(self) -> str | None:
        """The id of the run whose features these are; None for data that no run has left."""
        return None

    def brought(self) -> Brought | None:
        """The file to be given to a script that runs elsewhere; None where the program has the data itself."""
        return None


def beside(own: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """The user's columns, then ours; one of ours that is called as one of theirs is told apart by an underscore."""
    names = {}
    for name in ours.columns:
        names[name] = name
        while names[name] in own.columns:
            names[name] += "_"
    return pd.concat([own, ours.rename(columns=names).set_axis(own.index)], axis=1)
