"""Numbers as people hand them over: lists, arrays, tensors, tables, Arrow columns; as NumPy arrays, or refused in one sentence."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np
from scipy.special import ndtri

from core.columns import once
from core.sentences import Sentence

Array = np.ndarray

_EXACT = 2**53  # whole numbers up to here are all different in double precision


def plain(values: Any) -> Any:
    """A tensor as an array of its values, whatever its device and whether it requires a gradient; all else as it is."""
    if not (hasattr(values, "detach") and hasattr(values, "cpu")):
        return values
    values = values.detach().cpu()
    # NumPy has none of torch's short floats but float16.
    return (values.float() if values.is_floating_point() and "bfloat16" in str(values.dtype) else values).numpy()


def rows(values: Any, name: str, finite: bool = True) -> Array:
    """(n,) or (n, d) numbers as (n, d) float64. Errors: ValueError in one sentence that begins with `name`, also for a
    value that is missing or infinite where all must be finite."""
    array = _array(values, name)
    if array.ndim == 0:
        raise ValueError(
            Sentence(
                "{name} is {values}: give an array, a list or a column of numbers", name=name, values=shown(values)
            )
        )
    if array.ndim > 2 or 0 in array.shape[1:]:
        raise ValueError(
            Sentence(
                "{name} has the shape {shape}: it must be (n,) or (n, d) with at least one column",
                name=name,
                shape=array.shape,
            )
        )
    array = array.reshape(len(array), *array.shape[1:] or (1,))
    if array.dtype.kind in "iuO":
        _refuse_merged(array, name)
    if array.dtype.kind == "O":
        array = _from_objects(array, name)
    if array.dtype.kind == "c":
        raise ValueError(
            Sentence("{name} holds complex numbers: give real and imaginary part as two columns", name=name)
        )
    if array.dtype.kind not in "biuf":
        raise ValueError(
            Sentence("{name} holds {array}, not numbers: turn it into numbers first", name=name, array=_kind(array))
        )
    array = array.astype(np.float64)
    if finite:
        _refuse_missing(array, name)
    return array


def column_names(values: Any) -> tuple[str, ...]:
    """What a frame or a named column calls its columns; empty for what has no names."""
    for called in ("column_names", "columns"):  # of Arrow's tables, and of all other frames
        if (names := getattr(values, called, None)) is not None:
            return tuple(map(str, names))
    name = getattr(values, "name", None)
    return (str(name),) if isinstance(name, (str, int)) else ()


def real(value: Any) -> bool:
    """Whether a Python object is a real number of some kind; text that looks like one is none."""
    return isinstance(value, (numbers.Real, np.bool_, Decimal))


def as_float(value: Any) -> float:
    """A real number as a float, ±∞ where it is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _array(values: Any, name: str) -> Array:
    try:
        if hasattr(values, "toarray"):  # scipy's sparse matrices
            values = values.toarray()
        return np.ma.filled(values.astype(float), np.nan) if np.ma.isMaskedArray(values) else np.asarray(plain(values))
    except ValueError as error:
        raise ValueError(
            Sentence("{name} is not rows of equally many numbers: fill or cut the short ones", name=name)
        ) from error
    except (TypeError, RuntimeError) as error:
        raise ValueError(Sentence("{name} is not an array of numbers: {error}", name=name, error=error)) from error


def _refuse_missing(array: Array, name: str) -> None:
    bad = ~np.isfinite(array)
    if not bad.any():
        return
    row, column = (int(i) for i in np.argwhere(bad)[0])
    where = Sentence("row {row}", row=row)
    if array.shape[1] > 1:
        where = Sentence("row {row}, column {column}", row=row, column=column)
    raise ValueError(
        Sentence(
            "{name} has {n} value that is missing or infinite ({first}) at {where} (counted from 0): drop or fill that row",
            many="{name} has {n:,} values that are missing or infinite, the first ({first}) at {where} (counted from 0): "
            "drop or fill those rows",
            name=name,
            n=int(bad.sum()),
            first=array[row, column],
            where=where,
        )
    )


def _refuse_merged(array: Array, name: str) -> None:
    """Whole numbers beyond 2^53 of which double precision makes equal ones; those that stay apart are welcome."""
    if array.dtype.kind != "O" and (not array.size or -_EXACT <= array.min() <= array.max() <= _EXACT):
        return
    for j, column in enumerate(array.T):
        far = [v for v in column.tolist() if isinstance(v, int) and not -_EXACT <= v <= _EXACT]
        if far and len({as_float(v) for v in far}) < len(set(far)):
            raise ValueError(
                Sentence(
                    "{name} holds whole numbers beyond 2^53, such as {value}, and different ones of them become equal in double "
                    "precision: subtract {least} from {where} first",
                    name=name,
                    value=far[0],
                    least=min(far),
                    where=name
                    if array.shape[1] == 1
                    else Sentence("column {number} of {side}", number=j + 1, side=name),
                )
            )


def _from_objects(array: Array, name: str) -> Array:
    """Python objects → float64, what a table calls missing as NaN; text that looks like a number is not guessed at."""
    out = np.empty(array.shape)
    for (row, column), value in np.ndenumerate(array):
        if value is None or type(value).__name__ in ("NAType", "NaTType"):
            out[row, column] = np.nan
        elif not real(value):
            raise ValueError(
                Sentence(
                    "{name} holds {value!r:.60} at row {row} (counted from 0), which is not a real number",
                    name=name,
                    value=value,
                    row=row,
                )
            )
        else:
            out[row, column] = as_float(value)
            if np.isinf(out[row, column]) and value not in (np.inf, -np.inf):
                raise ValueError(
                    Sentence(
                        "{name} holds a number beyond ±1.8e308 at row {row} (counted from 0), too large for double "
                        "precision: divide the column, or take its logarithm",
                        name=name,
                        row=row,
                    )
                )
    return out


def _kind(array: Array) -> str:
    return {"U": "text", "S": "bytes", "M": "dates", "m": "durations"}.get(array.dtype.kind, str(array.dtype))


def shown(value: Any) -> str:
    """A value as a message names it: itself where it is simple, otherwise what kind of thing it is."""
    simple = value is None or isinstance(value, (str, bytes, numbers.Number))
    return f"{value!r:.60}" if simple else f"a {type(value).__name__}"


def stacked(X: Any) -> Any:
    """Tensors, and lists of pictures, as arrays; anything else as it is."""
    X = plain(X)
    return np.asarray(X) if isinstance(X, (list, tuple)) and len(X) and np.ndim(X[0]) > 1 else X


def flat(X: Any) -> Any:
    """Pictures (n, h, w) or (n, c, h, w) as rows (n, …); anything else as it is."""
    X = stacked(X)
    return X.reshape(len(X), -1) if getattr(X, "ndim", 2) > 2 else X


def unit_of(values: Array, axis: int | None = None) -> Any:
    """The largest power of two not above the largest |value|, 1 where all are 0: to divide by it is exact, and what is
    divided so can be squared without leaving double precision."""
    largest = np.abs(values).max(axis)
    # 0.5 ≤ mantissa < 1, so 2^exponent itself might be infinite.
    return np.where(largest > 0, np.ldexp(1.0, np.frexp(largest)[1] - 1), 1.0)


def mean_and_deviation(columns: Array) -> tuple[Array, Array]:
    """Of each column of (n, d), float64, at any scale; the deviation is 0 where there is nothing but rounding in it."""
    unit = unit_of(columns, 0)
    scaled = columns / unit
    deviation = scaled.std(0, dtype=np.float64)
    return scaled.mean(0, dtype=np.float64) * unit, np.where(deviation > 1e-12, deviation, 0.0) * unit


@once
def normal_scores(column: Array) -> Array:
    """Φ⁻¹(rank / (n + 1)) of values (n,), equal ones at the average of their ranks."""
    _, at, counts = np.unique(column, return_inverse=True, return_counts=True)
    return ndtri((np.cumsum(counts) - (counts - 1) / 2) / (len(column) + 1))[at]


def hardly_varies(column: Array) -> bool:
    """Whether (n,) numbers differ, but by so little of their size (10⁻¹²) that standardising takes it for rounding."""
    return bool(np.ptp(column) > 0 and not mean_and_deviation(column[:, None])[1].any())


def standardised(values: Array, mean: Array, deviation: Array) -> Array:
    """(values − mean) / deviation; halved first, because the difference of two large numbers may overflow."""
    return (values / 2 - mean / 2) / deviation * 2


def evenly(rows: Array, most: int) -> Array:
    """At most so many of the rows, from beginning to end: people's own pictures come sorted by class."""
    return rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)]


def principal_axes(gram: Array, k: int) -> Array:
    """The k leading eigenvectors of a Gram or covariance matrix (d, d) as columns, (d, ≤ k), the leading one first."""
    return np.linalg.eigh(gram)[1][:, ::-1][:, :k]


def principal_components(rows: Array, k: int) -> Array:
    """The first k principal components of rows (n, d), unscaled, (n, ≤ k)."""
    centred = rows.astype(np.float64) - rows.mean(0)
    if centred.shape[1] > len(centred):  # the same coordinates from the smaller side
        values, axes = np.linalg.eigh(centred @ centred.T)
        return (axes * np.sqrt(values.clip(0)))[:, ::-1][:, :k]
    return centred @ principal_axes(centred.T @ centred, k)
