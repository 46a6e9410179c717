"""Links between columns that remain once others are known, and dotted those that vanish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import dependence, palette
from dashboard.charts._figure import Figure

_DOTTED = {"color": palette.QUIET, "width": 1.4, "dash": "dot"}
_ROOM = 2.0  # radii to either side


def skeleton(
    names: Sequence[object],
    kept: Any,
    values: Any,
    vanished: Any,
    texts: Sequence[str] = (),
    gone: Sequence[str] = (),
    title: str = "",
) -> Figure:
    """kept (m, 2): links that remain, values (m,): their MI given the others, texts (m,): of each. vanished (v, 2): pairs
    that depend, but not once another column is known; gone (v,): which one."""
    kept, vanished = (np.asarray(edges, int).reshape(-1, 2) for edges in (kept, vanished))
    values = np.asarray(values, float)
    top = float(values.max()) if len(values) else 0.0
    out = dependence.circle(names, kept, values, np.arange(len(names)), top, texts, title)
    columns = out["data"][-1]
    lines = dependence.curves(np.column_stack([columns["x"], columns["y"]]), vanished)
    dotted = dependence.joined(lines, Sentence("vanishes once another column is known"), _DOTTED)
    out["data"] = [dotted, *out["data"], dependence.handles(lines, vanished, gone)]
    out["layout"]["xaxis"]["range"] = [-_ROOM, _ROOM]  # few columns: their names stand upright beside them
    out["layout"]["meta"]["alt"] = Sentence(
        "{k} columns on a circle, {m} lines that remain and {v} dotted ones that vanish.",
        k=len(names),
        m=len(kept),
        v=len(vanished),
    )
    return out
