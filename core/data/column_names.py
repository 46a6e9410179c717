"""Column names as they can be shown and told apart."""

from __future__ import annotations

import re

from core.sentences import Sentence


def distinct(header: list[str] | None, width: int, notices: list[str]) -> list[str]:
    """Distinct names that can be shown: blanks around them gone, control characters visible, 200 characters at most."""
    raw = [f"column {i + 1}" for i in range(width)] if header is None else header[:width]
    bases: list[str] = []
    unnamed, renamed = [], []
    for place, given in enumerate(raw, 1):
        # A control character is drawn as its Unicode picture: it can neither break a line nor colour a terminal.
        name = re.sub(r"[\x00-\x08\x0a-\x1f]", lambda m: chr(0x2400 + ord(m[0])), given.strip(" ").replace("\x7f", "␡"))
        if not name.strip():
            name = f"column {place}"
            unnamed.append(name)
        name = name if len(name) <= 200 else name[:189] + "…"
        if name != given.strip(" ") and name not in unnamed:
            renamed.append(name)
        bases.append(name)
    names = numbered(bases)
    renamed += [name for name, base in zip(names, bases, strict=True) if name != base]
    if unnamed and header is not None:
        notices.append(
            Sentence(
                "{n} column without a name is called {unnamed}.",
                many="{n} columns without a name are called {unnamed}.",
                n=len(unnamed),
                unnamed=listed(unnamed),
            )
        )
    if renamed:
        notices.append(
            Sentence(
                "{n} column was renamed because its name is a duplicate, too long or not printable: {renamed}.",
                many="{n} columns were renamed because their names are duplicates, too long or not printable: {renamed}.",
                n=len(renamed),
                renamed=listed(renamed),
            )
        )
    return names


def numbered(bases: list[str]) -> list[str]:
    """All different: a name that was there before gets (2), (3), … behind it."""
    names: dict[str, None] = {}
    for base in bases:
        name, number = base, 2
        while name in names:
            name, number = f"{base} ({number})", number + 1
        names[name] = None
    return list(names)


def listed(names: list[str]) -> str:
    """The first three, in quotation marks, and how many more there are."""
    shown = ", ".join(repr(n if len(n) <= 40 else n[:39] + "…") for n in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
