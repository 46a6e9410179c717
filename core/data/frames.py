"""Tables as programs hold them, pandas, polars, Arrow, arrays, dicts of columns, as a pandas frame with one name a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from core.arrays import as_float, plain, real, shown
from core.data import column_types
from core.data.column_names import listed, numbered
from core.data.opening import TableError
from core.sentences import Sentence


def frame_of(values: Any) -> tuple[pd.DataFrame, list[str]]:
    """The frame, its names text and all different, and what there is to say. Errors: TableError for what is no table."""
    try:
        frame = _frame(values)
    except (ValueError, TypeError, RuntimeError, pa.ArrowException) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(
            Sentence(
                "this {name} is not a table of columns of equal length: {error}",
                name=type(values).__name__,
                error=error,
            )
        ) from error
    given = [str(name) for name in frame.columns]
    names = numbered(given)
    renamed = [name for name, old in zip(names, given, strict=True) if name != old]
    notices: list[str] = []
    if renamed:
        notices.append(
            Sentence(
                "{n} column has the name of another and is called {names}.",
                many="{n} columns have the name of another and are called {names}.",
                n=len(renamed),
                names=listed(renamed),
            )
        )
    return frame.set_axis(names, axis=1), notices


def _frame(values: Any) -> pd.DataFrame:
    if isinstance(values, pd.DataFrame):
        return values
    if isinstance(values, pd.Series):
        return values.to_frame("column 1" if values.name is None else values.name)
    if hasattr(values, "__arrow_c_stream__"):  # Arrow's tables, polars' frames and others'
        # Without pandas' own remarks, by which a column would vanish into the index.
        return pa.table(values).replace_schema_metadata(None).to_pandas(types_mapper=pd.ArrowDtype)
    if isinstance(values, Mapping):
        return _of_columns(values)
    if isinstance(values, (list, tuple)) and values and all(isinstance(part, pd.Series) for part in values):
        return pd.concat([part.reset_index(drop=True) for part in values], axis=1)
    if isinstance(values, (list, tuple)) and values and all(isinstance(part, Mapping) for part in values):
        return pd.DataFrame(list(values))
    return _of_array(values)


def _of_columns(values: Mapping[Any, Any]) -> pd.DataFrame:
    columns = {name: plain(column) for name, column in values.items()}
    lengths = {
        str(name): len(c) if hasattr(c, "__len__") and not isinstance(c, str) else 0 for name, c in columns.items()
    }
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name[:40]!r} {n:,}" for name, n in list(lengths.items())[:6])
        raise TableError(
            Sentence("the columns have different numbers of values ({counts}): give each the same", counts=counts)
        )
    return pd.DataFrame(columns)


def _of_array(values: Any) -> pd.DataFrame:
    values = values.toarray() if hasattr(values, "toarray") else plain(values)  # scipy's sparse matrices; tensors
    if not isinstance(values, (np.ndarray, list, tuple)):
        raise TableError(
            Sentence(
                "{values} is not a table: give a frame, a dict of columns or an array (n, d), "
                "or read a file with core.read_table",
                values=shown(values),
            )
        )
    try:
        array = values if isinstance(values, np.ndarray) else np.asarray(values)
    except ValueError as error:
        raise TableError(
            Sentence("the rows of this list are not of equal length: fill or cut the short ones")
        ) from error
    if array.dtype.names:
        return pd.DataFrame(values)
    if array.ndim not in (1, 2):
        raise TableError(
            Sentence("an array of shape {shape} is not a table: give (n, d), a row a case", shape=array.shape)
        )
    frame = pd.DataFrame(array)
    return frame.set_axis([f"column {i + 1}" for i in range(frame.shape[1])], axis=1)


def typed(values: pd.Series, notices: list[str]) -> tuple[pd.Series, str]:
    """One column and its kind, by its dtype; words with few levels become categories."""
    api, values = pd.api.types, _native(values, notices)
    if not values.notna().any():
        return values, "empty"
    if api.is_bool_dtype(values.dtype):
        return values, "boolean"
    if api.is_datetime64_any_dtype(values.dtype):
        return values, "datetime"
    if api.is_numeric_dtype(values.dtype) and not api.is_complex_dtype(values.dtype):
        kind = "integer" if api.is_integer_dtype(values.dtype) else "numeric"
        infinite = np.isinf(values.to_numpy(dtype=float, na_value=np.nan))
        if infinite.any():
            notices.append(
                Sentence(
                    "Column {name!r}: {n} infinite or too large value counts as missing.",
                    many="Column {name!r}: {n} infinite or too large values count as missing.",
                    name=values.name,
                    n=int(infinite.sum()),
                )
            )
        return values.where(~infinite), kind
    words = values.astype("str").where(values.notna())
    if words.nunique() <= max(column_types.LEVELS, len(words) // 10):
        return words.astype("category"), "categorical"
    return words, "text"


def _native(values: pd.Series, notices: list[str]) -> pd.Series:
    """In a dtype of NumPy's or of pandas' own: Arrow's types, time zones, periods, durations, Python's numbers."""
    name = values.name
    if isinstance(values.dtype, pd.ArrowDtype):
        values = _from_arrow(values)
    if isinstance(values.dtype, pd.PeriodDtype):
        values = values.dt.to_timestamp()
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
        notices.append(Sentence("Column {name!r}: times are read in UTC.", name=name))
    if pd.api.types.is_timedelta64_dtype(values.dtype):
        values = values.dt.total_seconds()
        notices.append(Sentence("Column {name!r}: durations are read in seconds.", name=name))
    if values.dtype == object:
        values = _from_objects(values)
    return values.rename(name)


def _from_arrow(values: pd.Series) -> pd.Series:
    array = pa.array(values)
    if pa.types.is_decimal(array.type):
        array = array.cast(pa.float64())
    mapper = {pa.bool_(): pd.BooleanDtype(), pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
    return array.to_pandas(date_as_object=False, types_mapper=mapper.get)


def _from_objects(values: pd.Series) -> pd.Series:
    """Numbers that merely stand in a column of objects; a mixture with words stays as it is."""
    present = values.notna()
    if not present.any() or not all(real(value) for value in values[present]):
        return values.infer_objects()
    better = values.infer_objects()
    if better.dtype != object:
        return better
    return pd.Series([as_float(v) if there else np.nan for v, there in zip(values, present, strict=True)])


def as_strings(values: pd.Series) -> tuple[pa.ChunkedArray, np.ndarray]:
    """The cells as a text file would hold them, null where missing, and the number of each row."""
    words = pa.array(
        _native(values, []).astype("str").where(values.notna().to_numpy()), pa.large_string(), from_pandas=True
    )
    return pa.chunked_array([words]), np.arange(1, len(values) + 1)
