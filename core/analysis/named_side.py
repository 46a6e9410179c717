"""A side of names as people hand it over: one column of text, categories or booleans, as codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.arrays import plain
from core.data.tables import as_numbers, table_of
from core.method import Array
from core.sentences import Sentence

_NAMES = ("string", "categorical", "boolean")  # what pandas calls columns whose values are names


def codes_of(values: Any, name: str) -> Array | None:
    """The places (n,) of one column's names in sorted order, NaN where missing; None for what holds no names, and for
    text that looks like numbers, which is not guessed at. Errors: ValueError for text that hardly repeats, an identifier."""
    column = _single(values)
    if column is None or (kind := pd.api.types.infer_dtype(column, skipna=True)) not in _NAMES:
        return None
    if kind == "string" and pd.to_numeric(column.dropna(), errors="coerce").notna().all():
        return None
    table = table_of(column.rename(name))
    (found,) = table.columns
    if found.kind == "text" or (found.kind == "categorical" and found.n_unique == len(column)):
        template = (
            "{name} is text with {n_unique:,} different values in {n:,} rows: names tell something only where they "
            "repeat; leave an identifier out, or give fewer categories"
        )
        raise ValueError(Sentence(template, name=name, n_unique=found.n_unique, n=len(column)))
    return as_numbers(table, name, [])


def _single(values: Any) -> pd.Series | None:
    """What is one column, of its own types: a list may hold text beside numbers, which NumPy would make text as well."""
    if isinstance(values, pd.DataFrame):
        return values.iloc[:, 0] if values.shape[1] == 1 else None
    if isinstance(values, (pd.Series, pd.Index, pd.Categorical)):
        return pd.Series(values)
    if isinstance(values, (list, tuple)):
        return pd.Series(values, dtype=object)
    if np.ma.isMaskedArray(values) or hasattr(values, "toarray"):
        return None
    array = np.asarray(plain(values))
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    return pd.Series(array) if array.ndim == 1 and array.dtype.kind in "OUb" else None
