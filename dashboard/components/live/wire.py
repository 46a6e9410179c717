"""What goes over the wire: the whole figure at first, afterwards the difference to what was sent.

A trace with `meta="grows"` is a curve over an increasing x: only points beyond the last x sent are sent, thinned, and
once the browser holds twice `WHOLE` points the curve is replaced by a thinned whole one. Anything else is sent again
where it changed, value by value; large arrays go as base64, heat maps of a running chart in 256 shades.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

WHOLE = 500  # points of a curve: about one to a pixel
NEW = 8  # points a curve gains in one update, so that four curves stay under 1 KB
_PACKED = 32  # from this length base64 is shorter than digits

Figure = dict[str, Any]


def message(figure: Figure, sent: Figure | None) -> tuple[dict[str, Any], Figure]:
    """(what to send, what the browser then has). Without `sent`, or with other traces, the whole figure is sent."""
    traces, layout = figure["data"], figure["layout"]
    if sent is None or [_kind(t) for t in traces] != [_kind(t) for t in sent["data"]]:
        has = [_whole(t) for t in traces]
        return {"figure": {"data": [pack(t) for t in has], "layout": pack(layout)}}, {"data": has, "layout": layout}
    out: dict[str, Any] = {}
    has = []
    for index, (new, old) in enumerate(zip(traces, sent["data"], strict=True)):
        new, change = _change(new, old)
        has.append(new)
        for verb, value in change.items():
            out.setdefault(verb, {})[str(index)] = value
    if moved := {k: v for k, v in layout.items() if not same(v, sent["layout"].get(k))}:
        out["layout"] = pack(moved)
    if gone := [k for k in sent["layout"] if k not in layout]:
        out["layout"] = out.get("layout", {}) | dict.fromkeys(gone)
    return out, {"data": has, "layout": layout}


def _kind(trace: Figure) -> tuple[Any, ...]:
    return trace.get("type", "scatter"), trace.get("name"), trace.get("xaxis"), trace.get("meta")


def _change(new: Figure, old: Figure) -> tuple[Figure, dict[str, Any]]:
    """(the trace as the browser will have it, {"grow": …, "set": …}) for one trace."""
    change: dict[str, Any] = {}
    if new.get("meta") == "grows":
        new, grown = _grow(new, old)
        if grown:
            change["grow"] = grown
    keys = [k for k in {**old, **new} if not ("grow" in change and k in "xy") and not same(new.get(k), old.get(k))]
    if keys:
        change["set"] = {k: shades(new[k]) if k == "z" else pack(new.get(k)) for k in keys}
    return new, change


def _grow(new: Figure, old: Figure) -> tuple[Figure, list[Any]]:
    """Points beyond the last x that was sent; none where the curve began anew or has to be thinned again."""
    x, y, had = np.asarray(new["x"]), np.asarray(new["y"], float), old["x"]
    if not len(had) or not len(x) or x[0] > had[-1] or x[-1] < had[-1] or len(had) > 2 * WHOLE:
        return _whole(new), []
    beyond = np.flatnonzero(x > had[-1])
    beyond = beyond[thin(len(beyond), NEW)]
    trace = {**new, "x": np.append(had, x[beyond]), "y": np.append(old["y"], y[beyond])}
    return trace, [pack(x[beyond]), pack(y[beyond])] if len(beyond) else []


def _whole(trace: Figure) -> Figure:
    if trace.get("meta") != "grows":
        return trace
    x, y = np.asarray(trace["x"]), np.asarray(trace["y"], float)
    keep = thin(len(x), WHOLE)
    return {**trace, "x": x[keep], "y": y[keep]}


def thin(n: int, most: int) -> np.ndarray:
    """At most `most` of n places, evenly, first and last among them."""
    return np.arange(n) if n <= most else np.linspace(n - 1 if most == 1 else 0, n - 1, most).round().astype(int)


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
    """JSON with numbers in five digits; from 32 numbers on, an array is {dtype, bdata, shape} as Plotly reads it."""
    if isinstance(value, dict):
        return {k: pack(v) for k, v in value.items()}
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
