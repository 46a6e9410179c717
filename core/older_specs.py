"""Specs as versions before wrote them: only what had been changed, the rest was today's default."""

from __future__ import annotations

import json

# A default that has changed since: what a stored run means that does not name it.
_WAS = {
    **{("estimators", method): {"negatives": 4} for method in ("mine", "nwj", "jsd", "smile")},
    ("estimators", "infonce"): {"negatives": 255},
}


def completed(spec: str) -> str:
    """The JSON of a stored spec with the defaults of then written into it; others as they are."""
    given = json.loads(spec)
    was = _WAS.get((given.get("family"), given.get("method")), {})
    return json.dumps(given | {"parameters": was | given.get("parameters", {})}) if was else spec
