"""The numbers behind a picture, and the picture in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts._figure import Figure


def describe(figure: Figure) -> str:
    """The text alternative of a figure."""
    return str(figure["layout"]["meta"]["alt"])


def table(figure: Figure) -> dict[str, list[Any]]:
    """The points of a figure as columns of equal length: trace, x, y, for maps z, and the ends of error bars low, high.

    Names stand where the axis has names for its places. Empty figures give empty columns. `headings` names the columns.
    """
    layout = figure["layout"]
    columns: dict[str, list[Any]] = {"trace": [], "x": [], "y": []}
    if any("z" in t for t in figure["data"]):
        columns["z"] = []
    if any("error_y" in t for t in figure["data"]):
        columns |= {"low": [], "high": []}
    for trace in (t for t in figure["data"] if t.get("meta") != "veil"):  # over cells that are there already
        x, y, z = _points(trace)
        columns["trace"] += [_plain(trace.get("name", ""))] * len(x)
        columns["x"] += _named(x, layout["xaxis"], layout["meta"].get("x_names"))
        columns["y"] += _named(y, layout["yaxis"], layout["meta"].get("y_names"))
        if "z" in columns:
            columns["z"] += z
        if "low" in columns:
            low, high = _bars(trace, len(x))
            columns["low"] += low
            columns["high"] += high
    return columns


def headings(figure: Figure) -> dict[str, str]:
    """For each column of `table` a name that a reader of the file understands: what its axis says, with the unit."""
    layout = figure["layout"]
    x, y = (_title(layout[f"{k}axis"], k) for k in "xy")
    if y == x:
        x, y = f"{x} (x)", f"{y} (y)"
    z = next((_title(t.get("colorbar", {}), "") for t in figure["data"] if t.get("colorbar")), "")
    ends = {
        "low": Sentence("{what}, lower end of the interval", what=y),
        "high": Sentence("{what}, upper end of the interval", what=y),
    }
    return {"trace": Sentence("series"), "x": x, "y": y, "z": z if z not in ("", x, y) else Sentence("value")} | ends


def _title(axis: Figure, default: str) -> str:
    return _plain(axis.get("title", {}).get("text", "")) or default


def _bars(trace: Figure, n: int) -> tuple[list[Any], list[Any]]:
    if "error_y" not in trace:
        return [None] * n, [None] * n
    y, bar = np.asarray(trace["y"], float), trace["error_y"]
    return (y - bar.get("arrayminus", bar["array"])).tolist(), (y + bar["array"]).tolist()


def _points(trace: Figure) -> tuple[list[Any], list[Any], list[Any]]:
    if "z" not in trace:
        x, y = (np.asarray(trace[k]).tolist() for k in "xy")
        return x, y, [None] * len(x)
    z = np.asarray(trace["z"])
    x, y = (np.asarray(trace.get(k, np.arange(n))) for k, n in (("x", z.shape[1]), ("y", z.shape[0])))
    return np.tile(x, len(y)).tolist(), np.repeat(y, len(x)).tolist(), z.ravel().tolist()


def _named(values: list[Any], axis: Figure, whole: list[str] | None) -> list[Any]:
    """Places by their names: the whole ones where labels are shortened or thinned out."""
    if whole is not None:
        return [_plain(whole[int(v)]) for v in values]
    if "ticktext" not in axis:
        return values
    names = dict(zip(np.asarray(axis["tickvals"]).tolist(), map(_plain, axis["ticktext"]), strict=True))
    return [names.get(v, v) for v in values]


def _plain(text: Any) -> str:
    return str(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
