"""What a form folds is drawn once it is opened: for tests that look at its fields."""

from __future__ import annotations

from typing import Any


def unfolded(at: Any) -> Any:
    """The page with all parts of its form open, those inside others too."""
    opened: set[str] = set()
    while more := {e.proto.id.split("-", 2)[2] for e in at.expander if "-fold." in e.proto.id} - opened:
        for key in more:
            at.session_state[key] = True
        opened |= more
        at = at.run()
    return at
