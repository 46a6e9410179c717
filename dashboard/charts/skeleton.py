"""Links between columns that remain once others are known, and dotted those that vanish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import dependence, palette
from dashboard.charts._figure import Figure

_ROOM = 2.0  # radii to either side


def skeleton(
    names: Sequence[object],
    kept: Any,
    values: Any,
    vanished: Any,
    untested: Any = (),
    texts: Sequence[Sequence[str]] = ((), (), ()),
    title: str = "",
) -> Figure:
    """kept (m, 2): links that remain, values (m,): their MI given the others. vanished (v, 2): pairs that depend, but not once
    another column is known. untested (u, 2): pairs of which neither is known. texts: what the pointer says of each of them."""
    kept, vanished, untested = (np.asarray(edges, int).reshape(-1, 2) for edges in (kept, vanished, untested))
    values = np.asarray(values, float)
    top = float(values.max()) if len(values) else 0.0
    out = dependence.circle(names, kept, values, np.arange(len(names)), top, texts[0], title)
    columns = out["data"][-1]
    for edges, told, said, dash in (
        (vanished, texts[1], Sentence("vanishes once another column is known"), "dot"),
        (untested, texts[2], Sentence("could not be tested"), "dash"),
    ):
        lines = dependence.curves(np.column_stack([columns["x"], columns["y"]]), edges)
        thin = dependence.joined(lines, said, {"color": palette.QUIET, "width": 1.4, "dash": dash})
        out["data"] = [thin, *out["data"], dependence.handles(lines, edges, told)]
    out["layout"]["xaxis"]["range"] = [-_ROOM, _ROOM]  # few columns: their names stand upright beside them
    out["layout"]["meta"]["alt"] = Sentence(
        "{k} columns on a circle, {m} lines that remain, {v} dotted ones that vanish and {u} dashed ones that could not be tested.",
        k=len(names),
        m=len(kept),
        v=len(vanished),
        u=len(untested),
    )
    return out
