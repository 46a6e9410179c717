"""Rows in which nothing chosen is missing: how many were left out, and whether enough remain."""

from __future__ import annotations

from core.data.opening import TableError
from core.method import Array
from core.sentences import Sentence


def say_left_out(complete: Array, table: str, notices: list[str]) -> None:
    """Adds to the notices how many rows are not complete (n,). Errors: TableError where fewer than two are."""
    if dropped := int((~complete).sum()):
        notices.append(
            Sentence(
                "{dropped} of {n_complete} rows are left out because a chosen value is missing in them.",
                dropped=dropped,
                n_complete=len(complete),
            )
        )
    if complete.sum() < 2:
        raise TableError(
            Sentence(
                "{name}: {n} row holds a value in every chosen column, too few: "
                "at least 2 are needed, so choose columns with fewer missing values",
                many="{name}: {n} rows hold a value in every chosen column, too few: "
                "at least 2 are needed, so choose columns with fewer missing values",
                name=table,
                n=int(complete.sum()),
            )
        )
