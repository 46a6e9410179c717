"""Who is next: round robin over viewers, in the order of submission within each."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import count

from core.sentences import Sentence


class FairQueue:
    """Entries wait under their viewer; the viewer who was served longest ago goes next."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Hashable, str]] = []
        self._served: dict[str, int] = {}
        self._clock = count(1)

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, entry: Hashable) -> bool:
        return any(entry == waiting for waiting, _ in self._waiting)

    def add(self, entry: Hashable, viewer: str) -> None:
        """At the end of the viewer's own line."""
        self._waiting.append((entry, viewer))

    def remove(self, entry: Hashable) -> None:
        """Out of the line, wherever it stands."""
        self._waiting = [pair for pair in self._waiting if pair[0] != entry]

    def pop(self) -> Hashable:
        """The next entry. Errors: IndexError when nobody waits."""
        entry, viewer = self._next(self._waiting, self._served)
        self._waiting.remove((entry, viewer))
        self._served[viewer] = next(self._clock)
        return entry

    def order(self) -> Iterator[Hashable]:
        """All entries in the order in which they would be served, if nobody came."""
        waiting, served, clock = list(self._waiting), dict(self._served), count(2**62)
        while waiting:
            entry, viewer = self._next(waiting, served)
            waiting.remove((entry, viewer))
            served[viewer] = next(clock)
            yield entry

    @staticmethod
    def _next(waiting: list[tuple[Hashable, str]], served: dict[str, int]) -> tuple[Hashable, str]:
        if not waiting:
            raise IndexError(Sentence("the queue is empty"))
        return min(waiting, key=lambda pair: served.get(pair[1], 0))  # min keeps the first of equals
