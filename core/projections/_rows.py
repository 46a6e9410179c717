"""What projections share: pictures become rows, and a picture shows at most 2,000 of them."""

from __future__ import annotations

import numpy as np

from core.arrays import evenly
from core.method import Array, Source

SHOWN = 2000


def picture(coordinates: Array, source: Source | None) -> dict[str, Array]:
    """ "coordinates" (m, 2) of at most 2,000 rows, spread evenly, their "rows" in the data, and "labels" if there are."""
    rows = evenly(np.arange(len(coordinates)), SHOWN)
    out = {"coordinates": coordinates[rows], "rows": rows}
    if source is not None and source.labels is not None:
        out["labels"] = np.asarray(source.labels)[rows]
    return out
