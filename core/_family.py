"""The `__init__` of a family's folder: its classes by their own names, loaded when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core import discover
from core.sentences import Sentence


def lazily(family: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for a family's package."""

    def get(name: str) -> Any:
        if not name.startswith("_"):
            for module in discover.names(family):
                if module.replace("_", "") == name.lower().replace("_", ""):
                    return discover.load(family, module)
        raise AttributeError(
            Sentence(
                "core.{family} has no {name!r}; it has {names}",
                family=family,
                name=name,
                names=", ".join(discover.names(family)),
            )
        )

    def names() -> list[str]:
        return [discover.load(family, name).__name__ for name in discover.names(family)]

    return get, names
