"""Shows `core.read_table` to the corpus of bad files: its report of one file, in the corpus's words."""

from __future__ import annotations

from typing import Any

import core


def load(path: str) -> dict[str, Any]:
    """What was read of one file, or the sentence that refused it; any other exception is the corpus's crash."""
    try:
        table = core.read_table(path)
    except core.TableError as error:
        return {"status": "error", "messages": [str(error)]}
    columns = [vars(column) for column in table.columns]
    return {"status": "ok", "messages": list(table.notices), "n_rows": len(table.frame), "columns": columns}
