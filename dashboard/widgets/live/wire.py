"""What goes over the wire: the whole figure at first, afterwards the difference to what was sent.

A trace with `meta="grows"` is a curve over an increasing x; what the store has thinned is sent as it is, and afterwards only
points beyond the last one: the lowest and the highest in each cell of a grid over x, so that no extreme is lost. Where the
browser holds too many, the curve is sent anew, so that its density is much the same from end to end. Anything else is sent
again where it changed, value by value; large arrays go as base64, heat maps of a running chart in 256 shades.
"""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

WHOLE = 500  # points of a curve: about one to two pixels
UPDATE = 40  # points that all curves of a chart gain in one update: 11 bytes each, so that it stays under 1 KB
_PACKED = 12  # from this length base64 is shorter than digits

Figure = dict[str, Any]


def message(figure: Figure, sent: Figure | None) -> tuple[dict[str, Any], Figure]:
    """(what to send, what the browser then has). Without `sent`, or with other traces, the whole figure is sent."""
    traces, layout = figure["data"], figure["layout"]
    if sent is None or [_kind(t) for t in traces] != [_kind(t) for t in sent["data"]]:
        has = [_whole(t) for t in traces]
        return {"figure": {"data": [_sendable(t) for t in has], "layout": pack(layout)}}, {
            "data": has,
            "layout": layout,
        }
    out: dict[str, Any] = {}
    has = []
    most = UPDATE // max(1, sum(t.get("meta") == "grows" for t in traces))
    for index, (new, old) in enumerate(zip(traces, sent["data"], strict=True)):
        new, change = _change(new, old, most)
        has.append(new)
        for verb, value in change.items():
            out.setdefault(verb, {})[str(index)] = value
    if moved := patch(layout, sent["layout"]):
        out["layout"] = moved
    return out, {"data": has, "layout": layout}


def patch(new: Figure, old: Figure) -> Figure:
    """What to lay over the old dict to get the new one; None where a key is gone."""
    out: Figure = dict.fromkeys(k for k in old if k not in new)
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            if inner := patch(value, old[key]):
                out[key] = inner
        elif key not in old or not same(value, old[key]):
            out[key] = pack(value)
    return out


def _kind(trace: Figure) -> tuple[Any, ...]:
    return trace.get("type", "scatter"), trace.get("name"), trace.get("xaxis"), trace.get("meta")


def _change(new: Figure, old: Figure, most: int) -> tuple[Figure, dict[str, Any]]:
    """(the trace as the browser will have it, {"grow": …, "set": …}) for one trace."""
    change: dict[str, Any] = {}
    if new.get("meta") == "grows":
        new, grown = _grow(new, old, most)
        if grown:
            change["grow"] = grown
    skip = {"cell"} | ({"x", "y"} if "grow" in change else set())
    keys = [k for k in {**old, **new} if k not in skip and not same(new.get(k), old.get(k))]
    if keys:
        change["set"] = {k: shades(new[k]) if k == "z" else pack(new.get(k)) for k in keys}
    return new, change


def _grow(new: Figure, old: Figure, most: int) -> tuple[Figure, list[Any]]:
    """Points beyond the last; none of them where the curve is sent anew."""
    x, y, had, cell = np.asarray(new["x"]), np.asarray(new["y"], float), old["x"], old["cell"]
    if cell is None or not len(had) or not len(x) or x[-1] < had[-1] or not _continues(x, y, had[-1], old["y"][-1]):
        return _whole(new), []
    new_x, new_y = x[x > had[-1]], y[x > had[-1]]
    while len(keep := _extremes(new_x, new_y, cell)) > max(2, most - 1):  # of any cell the lowest and the highest
        cell *= 2
    keep = np.union1d(keep, np.arange(len(new_x))[-1:])  # the newest, at which the words beside the curve are read off
    if len(had) + len(keep) > 2 * WHOLE:
        return _whole(new), []
    new_x, new_y = new_x[keep], new_y[keep]
    trace = {**new, "x": np.append(had, new_x), "y": np.append(old["y"], new_y), "cell": old["cell"]}
    return trace, [pack(new_x), pack(new_y)] if len(keep) else []


def _continues(x: np.ndarray, y: np.ndarray, last_x: float, last_y: float) -> bool:
    """Whether the point sent last still lies on the curve, where it is among its points: the unit may have changed."""
    at = int(np.searchsorted(x, last_x))
    return x[at] != last_x or bool(np.isclose(y[at], last_y, equal_nan=True))


def _whole(trace: Figure) -> Figure:
    """A curve with at most `WHOLE` points, and the width of the cells in which it will grow, a power of two."""
    if trace.get("meta") != "grows":
        return trace
    x, y = np.asarray(trace["x"]), np.asarray(trace["y"], float)
    if len(x) < 2:
        return {**trace, "x": x, "y": y, "cell": None}
    cell = 2.0 ** math.floor(math.log2(max(float(np.diff(x).min()), 2 * (x[-1] - x[0]) / WHOLE) or 1.0))
    if len(x) > WHOLE:  # no curve of the store
        while len(keep := _extremes(x, y, cell)) > WHOLE:
            cell *= 2
        x, y = x[keep], y[keep]
    return {**trace, "x": x, "y": y, "cell": cell}


def _extremes(x: np.ndarray, y: np.ndarray, cell: float) -> np.ndarray:
    """The places of the lowest and the highest point in each cell, rising."""
    first = np.flatnonzero(np.diff(np.floor(x / cell), prepend=-np.inf) > 0)
    parts = np.split(y, first[1:]) if len(first) else []
    low, high = (
        first + np.array([int(pick(np.where(np.isfinite(part), part, missing))) for part in parts], int)
        for pick, missing in ((np.argmin, np.inf), (np.argmax, -np.inf))
    )
    return np.union1d(low, high)


def _sendable(trace: Figure) -> Figure:
    return {k: pack(v) for k, v in trace.items() if k != "cell"}


def same(a: Any, b: Any) -> bool:
    """Equal, arrays and missing numbers (NaN) included."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape or a.dtype.kind != b.dtype.kind:
            return False
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def pack(value: Any) -> Any:
    """JSON with numbers in five digits; long arrays are {dtype, bdata, shape} as Plotly reads it, or evenly spaced
    whole numbers [first, step, count] under "even"."""
    if isinstance(value, dict):
        return {k: pack(v) for k, v in value.items()}
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iu" and len(value) > 3:
        steps = np.diff(value)
        if (steps == steps[0]).all():
            return {"even": [int(value[0]), int(steps[0]), len(value)]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.size >= _PACKED:
        narrow = {"f": "f4", "i": "i4", "u": "u1" if value.dtype.itemsize == 1 else "u4", "b": "u1"}[value.dtype.kind]
        packed = {"dtype": narrow, "bdata": _text(value.astype(f"<{narrow}"))}
        return packed | {"shape": ", ".join(map(str, value.shape))} if value.ndim > 1 else packed
    if isinstance(value, (list, tuple, np.ndarray)):
        return [pack(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.5g}") if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def shades(z: Any) -> Any:
    """A map of numbers in 256 shades between its least and its greatest: {"lo", "hi", "cols", "u1"}."""
    z = np.asarray(z, float)
    if z.size < _PACKED or not np.isfinite(z).all():
        return pack(z)
    lo, hi = float(z.min()), float(z.max())
    step = (hi - lo) / 255 or 1.0
    return {"lo": lo, "hi": hi, "cols": z.shape[1], "u1": _text(((z - lo) / step).round().astype(np.uint8))}


def _text(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
