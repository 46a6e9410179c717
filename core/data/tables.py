"""Tables, from files and frames, turned into the Source that a method takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.arrays import hardly_varies
from core.data import frames
from core.data.bundled_tables import BUNDLED, BundledTable, bundled_path
from core.data.complete_rows import say_left_out
from core.data.likely_encoding import ENCODINGS
from core.data.opening import TableError
from core.data.reading import read_table
from core.data.table import Column, Table, describe
from core.data.table_uploads import describe_upload, discard, locate, reread, save_upload, uploads
from core.method import Array, Source
from core.method.source import LEVELS
from core.sentences import Sentence

USABLE = ("numeric", "integer", "boolean", "datetime", "categorical")  # kinds of columns that enter a method
NAMED = ("categorical", "boolean")  # those whose values are names
NUMBERS = ("numeric", "integer", "boolean")  # those whose values can be followed in time


def table_of(values: Any) -> Table:
    """What a program holds as a table, a pandas frame first of all, as a Table; kinds by the dtypes. It is not changed.

    values: a frame of pandas, polars or Arrow, a dict of columns, an array (n, d), a list of rows. Names become text;
    one that is there twice is numbered. Errors: TableError for anything else.
    """
    frame, notices = frames.frame_of(values)
    series, described = {}, []
    for name, column in frame.items():
        series[str(name)], kind = frames.typed(column, notices)
        described.append(describe(str(name), series[str(name)], kind))
    return Table(pd.DataFrame(series), tuple(described), tuple(notices), "table")


def load_table(reference: str) -> Table:
    """A bundled table by name, an upload by its id, or a file by a path that has a separator or a suffix.

    Only pass a path on from somebody who may read this machine's files: never one from a link.
    Errors: TableError.
    """
    path, options, name = locate(reference)
    return read_table(path, name=name, **options)


def hardly_varying(name: str, values: Array) -> list[str]:
    """A notice of a column that methods which standardise take for a constant one; nothing for any other."""
    if not hardly_varies(values):
        return []
    template = (
        "Column {name!r} varies by less than 10⁻¹² of its size and may count as constant: subtract its mean first."
    )
    return [Sentence(template, name=name)]


def columns_source(table: str, x: list[str], y: list[str], coded: bool = False) -> Source:
    """x (n, dx) and y (n, dy) of the rows in which no chosen column is missing, float64.

    Booleans become 0 and 1, categories their places in sorted order, dates days since 1970. coded: whether the source names
    the columns of names, for methods that take them as such.
    Errors: TableError that names the column.
    """
    read = load_table(table)
    chosen = [*x, *y]
    for side in (x, y):
        if len(set(side)) < len(side):
            twice = next(n for n in side if side.count(n) > 1)
            raise TableError(Sentence("column {twice!r} is chosen twice on the same side: choose it once", twice=twice))
    notices = list(read.notices)
    notices += [
        Sentence("Column {n!r} is on both sides: it is compared with the same column, itself.", n=n)
        for n in x
        if n in y
    ]
    codes = {n for n in chosen if coded and read[n].kind in NAMED}
    indicated = {n for n in codes if read[n].kind == "categorical" and 2 < read[n].n_unique <= LEVELS}
    numbers = {n: as_numbers(read, n, [] if n in indicated else notices) for n in dict.fromkeys(chosen)}
    notices += [_by_name(read, n) for n in dict.fromkeys(chosen) if n in indicated]
    complete = ~np.any([np.isnan(v) for v in numbers.values()], axis=0)
    say_left_out(complete, read.name, notices)
    for name, values in numbers.items():
        kept = values[complete]
        if (kept == kept[0]).all():
            raise TableError(
                Sentence(
                    "column {name!r} is constant: it has one value in all {n_kept} rows used; choose another",
                    name=name,
                    n_kept=len(kept),
                )
            )
        notices += hardly_varying(name, kept)
    block = lambda names: np.column_stack([numbers[n][complete] for n in names])  # noqa: E731
    return Source(
        block(x),
        block(y),
        x_names=tuple(x),
        y_names=tuple(y),
        x_codes=tuple(i for i, n in enumerate(x) if n in codes),
        y_codes=tuple(i for i, n in enumerate(y) if n in codes),
        notices=tuple(notices),
        rows=np.flatnonzero(complete),
    )


def as_numbers(table: Table, name: str, notices: list[str]) -> Array:
    """One column as (n,) float64, nan where missing; what codes mean is added to notices. Errors: TableError."""
    column = table[name]
    values = table.frame[name]
    if column.kind == "empty":
        raise TableError(Sentence("column {name!r} is empty: all its values are missing; choose another", name=name))
    if column.kind == "text":
        raise TableError(
            Sentence(
                "column {name!r} is text with {n_unique} different values: choose one with numbers or few categories",
                name=name,
                n_unique=column.n_unique,
            )
        )
    if isinstance(values.dtype, pd.CategoricalDtype):
        levels = _levels(table, name)
        notices.append(
            Sentence("Column {name!r} is categorical and enters as codes ({levels}).", name=name, levels=levels)
        )
        codes = values.cat.codes.to_numpy(dtype=np.float64)
        return np.where(codes < 0, np.nan, codes)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        microseconds = values.to_numpy().astype("datetime64[us]")
        days = microseconds.astype(np.int64) / 86_400e6
        return np.where(np.isnat(microseconds), np.nan, days)
    if column.kind == "integer" and values.abs().max() > 2**53:
        notices.append(
            Sentence(
                "Column {name!r} holds integers beyond 2^53: neighbouring ones become equal as numbers.", name=name
            )
        )
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _by_name(table: Table, name: str) -> str:
    """How the categories of a column enter where their order is to mean nothing."""
    return Sentence(
        "Column {name!r} is categorical ({levels}): critics take a column of 0 and 1 for each category, other methods the codes.",
        name=name,
        levels=_levels(table, name),
    )


def _levels(table: Table, name: str) -> str:
    """Code = category, for the first few."""
    levels = table.frame[name].cat.categories
    return ", ".join(f"{i} = {v[:20]}" for i, v in enumerate(levels[:4])) + (", …" if len(levels) > 4 else "")


__all__ = [
    "BUNDLED",
    "ENCODINGS",
    "USABLE",
    "BundledTable",
    "Column",
    "Table",
    "TableError",
    "as_numbers",
    "bundled_path",
    "columns_source",
    "describe_upload",
    "discard",
    "load_table",
    "locate",
    "read_table",
    "reread",
    "save_upload",
    "uploads",
]
