"""Column names as they can be shown and told apart."""

from __future__ import annotations

import re


def distinct(header: list[str] | None, width: int, notices: list[str]) -> list[str]:
    """Distinct names that can be shown: blanks around them gone, control characters visible, 200 characters at most."""
    raw = [f"column {i + 1}" for i in range(width)] if header is None else header[:width]
    names: list[str] = []
    seen: set[str] = set()
    unnamed, renamed = [], []
    for place, given in enumerate(raw, 1):
        # A control character is drawn as its Unicode picture: it can neither break a line nor colour a terminal.
        name = re.sub(r"[\x00-\x08\x0a-\x1f]", lambda m: chr(0x2400 + ord(m[0])), given.strip(" ").replace("\x7f", "␡"))
        if not name.strip():
            name = f"column {place}"
            unnamed.append(name)
        base = name = name if len(name) <= 200 else name[:189] + "…"
        if base != given.strip(" ") and base not in unnamed:
            renamed.append(base)
        number = 2
        while name in seen:
            name = f"{base} ({number})"
            number += 1
        if name != base:
            renamed.append(name)
        seen.add(name)
        names.append(name)
    if unnamed and header is not None:
        notices.append(f"{len(unnamed)} column(s) without a name are called {_listed(unnamed)}.")
    if renamed:
        notices.append(
            f"{len(renamed)} column(s) were renamed because the name is a duplicate, too long or not printable: "
            f"{_listed(renamed)}."
        )
    return names


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(n if len(n) <= 40 else n[:39] + "…") for n in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
