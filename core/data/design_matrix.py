"""Rows of a table as samples to be grouped: numbers as they are, categories as columns of 0 and 1, in their order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.complete_rows import say_left_out
from core.data.tables import LEVELS, USABLE, Table, TableError, as_numbers, hardly_varying, load_table
from core.method import Array, Source
from core.sentences import Sentence

CLASSES = 100  # of a column of labels
_NAMES = ("integer", "boolean", "categorical", "numeric", "constant")


def samples_source(table: str, x: list[str], labels: str | None = None) -> Source:
    """x (n, d) float64 of the rows in which nothing chosen is missing, in the order of the table; `labels` (n,) int64.

    A category with k > 2 values becomes k columns of 0 and 1, with two values one column; dates become days since 1970.
    `labels` names a column that is only reported on: it may not be among x.
    Errors: TableError that names the column.
    """
    read = load_table(table)
    _check(read, x, labels)
    notices = list(read.notices)
    blocks = {name: _block(read, name, notices) for name in x}
    classes = None if labels is None else _codes(read, labels)[0]
    parts = [values for values, _ in blocks.values()] + ([] if classes is None else [classes[:, None]])
    complete = ~np.isnan(np.hstack(parts)).any(1)
    say_left_out(complete, read.name, notices)
    for name, (values, _) in blocks.items():
        if (values[complete] == values[complete][:1]).all():
            raise TableError(
                Sentence("column {name!r} is constant: it has one value in all rows used; choose another", name=name)
            )
        if values.shape[1] == 1:
            notices += hardly_varying(name, values[complete, 0])
    return Source(
        np.hstack([values[complete] for values, _ in blocks.values()]),
        labels=None if classes is None else classes[complete].astype(np.int64),
        x_names=tuple(word for _, words in blocks.values() for word in words),
        y_names=() if labels is None else (labels,),
        notices=tuple(notices),
        rows=np.flatnonzero(complete),
    )


def label_names(table: str, labels: str) -> tuple[str, ...]:
    """What the numbers in `labels` stand for, by number. Errors: TableError."""
    read = load_table(table)
    _check(read, [], labels)
    return _codes(read, labels)[1]


def sample_columns(table: Table) -> list[str]:
    """The columns by which rows can be grouped: those that `samples_source` takes."""
    return [c.name for c in table.columns if c.kind in USABLE and not (c.kind == "categorical" and c.n_unique > LEVELS)]


def label_columns(table: Table) -> list[str]:
    """The columns that can be labels: few different values, more than one."""
    return [c.name for c in table.columns if c.kind in _NAMES and 2 <= c.n_unique <= CLASSES]


def _check(read: Table, x: list[str], labels: str | None) -> None:
    if twice := next((name for name in x if x.count(name) > 1), None):
        raise TableError(Sentence("column {twice!r} is chosen twice: choose it once", twice=twice))
    if labels is None:
        return
    column = read[labels]
    if labels in x:
        raise TableError(
            Sentence(
                "labels={labels!r} is among the columns x too: what is grouped would hold the answer; take it out",
                labels=labels,
            )
        )
    if labels not in label_columns(read):
        raise TableError(
            Sentence(
                "labels={labels!r} is {kind} with {n_unique:,} different values: "
                "choose a column of 2 to {classes} whole numbers or categories",
                labels=labels,
                kind=column.kind,
                n_unique=column.n_unique,
                classes=CLASSES,
            )
        )


def _block(read: Table, name: str, notices: list[str]) -> tuple[Array, tuple[str, ...]]:
    """One column as (n, k) numbers, nan where missing, and the names of the k."""
    column = read[name]
    values = read.frame[name]
    if not isinstance(values.dtype, pd.CategoricalDtype) or column.n_unique <= 2:
        return as_numbers(read, name, notices)[:, None], (name,)
    levels = [str(level) for level in values.cat.categories]
    if len(levels) > LEVELS:
        raise TableError(
            Sentence(
                "column {name!r} has {n_levels} categories, more than {levels}: choose one with fewer, or with numbers",
                name=name,
                n_levels=len(levels),
                levels=LEVELS,
            )
        )
    codes = values.cat.codes.to_numpy()
    block = (codes[:, None] == np.arange(len(levels))).astype(np.float64)
    block[codes < 0] = np.nan
    notices.append(
        Sentence(
            "Column {name!r} is categorical and enters as {n_levels} columns of 0 and 1, one a category.",
            name=name,
            n_levels=len(levels),
        )
    )
    return block, tuple(f"{name} = {level}" for level in levels)


def _codes(read: Table, name: str) -> tuple[Array, tuple[str, ...]]:
    """A column's values as places among its different values, nan where missing, and these values as words."""
    values = read.frame[name]
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, words = values.cat.codes.to_numpy(), [str(level) for level in values.cat.categories]
    else:
        found, different = pd.factorize(values, sort=True)
        codes, words = found, [f"{value:g}" if isinstance(value, float) else str(value) for value in different]
    return np.where(codes < 0, np.nan, codes.astype(np.float64)), tuple(words)
