"""The front door: mutual information of two arrays, with an interval and a verdict on how far to believe it."""

from __future__ import annotations

import difflib
import numbers
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core import discover, params
from core.evaluation.trust import Trust
from core.method import Array, MIEstimator, Source, Step


@dataclass(frozen=True)
class Estimate:
    """I(X; Y) = `mi` nats, its 95 % `interval` (None where a method has none), and how far to believe it."""

    mi: float
    interval: tuple[float, float] | None
    trust: Trust
    method: str
    seconds: float
    history: tuple[Step, ...] = field(repr=False, default=())


def estimate_mi(
    x: Any, y: Any, method: str = "mine", *, seed: int = 0, device: str = "auto", **parameters: Any
) -> Estimate:
    """Estimate I(X; Y) = E[log p(x, y) / p(x)p(y)] in nats from n pairs of rows.

    x, y: (n,) or (n, d) arrays, lists, tables or columns of numbers (booleans count as 0 and 1); they may differ in
    width. `method` names an estimator, `parameters` are its own, `seed` makes the run repeatable.

    Errors: ValueError that names the argument, the row and the value. Rows with missing values are refused, not
    dropped.

        estimate = estimate_mi(x, y)
        estimate.mi, estimate.interval, estimate.trust.level
    """
    estimator = _estimator(method, seed, device, parameters)
    x, y = _rows(x, "x"), _rows(y, "y")
    if len(x) != len(y):
        raise ValueError(f"x has {len(x):,} rows and y has {len(y):,}: row i of x and row i of y must belong together")
    if len(x) < 2:
        raise ValueError(f"x and y have {len(x)} row{'' if len(x) == 1 else 's'}: an estimate needs at least 2")
    began = time.perf_counter()
    estimator.drain(Source(x, y))
    interval = getattr(estimator, "interval_", None)
    return Estimate(
        mi=float(estimator.mi_),
        interval=None if interval is None else (float(interval[0]), float(interval[1])),
        trust=estimator.trust_,
        method=method,
        seconds=time.perf_counter() - began,
        history=tuple(estimator.history_),
    )


def _estimator(method: str, seed: int, device: str, parameters: dict[str, Any]) -> MIEstimator:
    known = discover.names("estimators")
    if method not in known:
        near = difflib.get_close_matches(str(method).lower(), known, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        raise ValueError(f"method={method!r} is unknown: {hint}")
    if "random_state" in parameters:
        raise ValueError("random_state is not a parameter here: write it as seed")
    cls = discover.load("estimators", method)
    return cls(**params.check(cls, parameters | {"random_state": seed, "device": device}))


def _rows(values: Any, name: str) -> Array:
    """(n, d) float64. Errors: ValueError in one sentence."""
    try:
        array = np.ma.filled(values.astype(float), np.nan) if np.ma.isMaskedArray(values) else np.asarray(values)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is not an array of numbers: {error}") from error
    if array.ndim not in (1, 2) or 0 in array.shape[1:]:
        raise ValueError(f"{name} has the shape {array.shape}: it must be (n,) or (n, d) with at least one column")
    array = array.reshape(len(array), *array.shape[1:] or (1,))
    if array.dtype.kind == "O":
        array = _from_objects(array, name)
    if array.dtype.kind == "c":
        raise ValueError(f"{name} holds complex numbers: give real and imaginary part as two columns")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} holds {_kind(array)}, not numbers: turn it into numbers first")
    array = array.astype(np.float64)
    bad = ~np.isfinite(array)
    if bad.any():
        row, column = (int(i) for i in np.argwhere(bad)[0])
        where = f"row {row}" + (f", column {column}" if array.shape[1] > 1 else "")
        values_are = "1 value that is" if bad.sum() == 1 else f"{bad.sum():,} values that are"
        raise ValueError(
            f"{name} has {values_are} missing or infinite, the first "
            f"({array[row, column]}) at {where} (counted from 0): drop or fill those rows"
        )
    return array


def _from_objects(array: Array, name: str) -> Array:
    """Python objects → float64, what a table calls missing as NaN; text that looks like a number is not guessed at."""
    out = np.empty(array.shape)
    for (row, column), value in np.ndenumerate(array):
        if value is None or type(value).__name__ in ("NAType", "NaTType"):
            out[row, column] = np.nan
        elif isinstance(value, (numbers.Real, np.bool_)) or type(value).__name__ == "Decimal":
            out[row, column] = float(value)
        else:
            raise ValueError(f"{name} holds {value!r:.60} at row {row} (counted from 0), which is not a real number")
    return out


def _kind(array: Array) -> str:
    return {"U": "text", "S": "bytes", "M": "dates", "m": "durations"}.get(array.dtype.kind, str(array.dtype))
