"""Which links between columns remain once the others are known, one at a time: the first two rounds of the PC algorithm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

Pair = frozenset[str]
Tested = tuple[float, float]  # the figure in nats, and p


class Link(NamedTuple):
    """Two columns: their MI (nats) and p; what separates them, if anything does, and the weakest figure given one other."""

    x: str
    y: str
    mi: float
    p: float
    stays: bool | None  # None where not all tests were made
    given: str | None = None
    mi_given: float | None = None
    p_given: float | None = None


class Skeleton:
    """A link is tested given each column that depends on either end, until one of these separates the two.

    alone: the MI and p of every pair, by its names; level: p above which a pair counts as independent. Which links are
    asked about is fixed by the pairs alone, so the order of the columns does not matter (PC-stable).

    References: Spirtes, Glymour & Scheines (2000), Causation, Prediction, and Search; Colombo & Maathuis (2014), JMLR 15, 3741.
    """

    def __init__(self, columns: list[str], alone: Mapping[Pair, Tested], level: float) -> None:
        self.columns, self.alone, self.level = columns, alone, level
        self.found: dict[tuple[Pair, str], Tested] = {}

    def ask(self, test: Callable[[str, str, str], Tested]) -> Iterator[tuple[str, str, str]]:
        """Make the tests that are still wanted: test(x, y, given) is made and its names are yielded."""
        for x, y in combinations(self.columns, 2):
            for given in self.wanted(x, y):
                key = (frozenset((x, y)), given)
                if key not in self.found:
                    self.found[key] = test(x, y, given)
                    yield x, y, given
                if self.found[key][1] > self.level:
                    break

    def wanted(self, x: str, y: str) -> list[str]:
        """The columns that may separate two, those first that share the most with both."""
        if not self._depend(x, y):
            return []
        others = [k for k in self.columns if k not in (x, y) and (self._depend(x, k) or self._depend(y, k))]
        return sorted(others, key=lambda k: -min(self._mi(x, k), self._mi(y, k)))

    @property
    def left(self) -> int:
        """How many tests may still be wanted."""
        return sum(self._left(x, y) for x, y in combinations(self.columns, 2))

    def links(self) -> list[Link]:
        """Every pair that is known, those that depend and are not separated first, each part by its MI."""
        found = [self._link(x, y) for x, y in combinations(self.columns, 2) if frozenset((x, y)) in self.alone]
        return sorted(found, key=lambda link: (link.stays is False, -link.mi))

    def _link(self, x: str, y: str) -> Link:
        mi, p = self._tested(x, y)
        made = {k: f for k in self.wanted(x, y) if (f := self.found.get((frozenset((x, y)), k))) is not None}
        if not made:  # a pair of which no p is known, as of series that drift, stays open
            return Link(x, y, mi, p, None if self._left(x, y) or p != p else p <= self.level)
        weakest = max(made, key=lambda k: (made[k][1], -made[k][0]))
        value, p_given = made[weakest]
        stays = False if p_given > self.level else None if self._left(x, y) else True
        return Link(x, y, mi, p, stays, weakest, value, p_given)

    def _left(self, x: str, y: str) -> int:
        pair, wanted = frozenset((x, y)), self.wanted(x, y)
        made = [self.found[pair, k] for k in wanted if (pair, k) in self.found]
        return 0 if any(p > self.level for _, p in made) else len(wanted) - len(made)

    def _tested(self, x: str, y: str) -> Tested:
        return self.alone.get(frozenset((x, y)), (float("nan"), float("nan")))

    def _mi(self, x: str, y: str) -> float:
        return self._tested(x, y)[0]

    def _depend(self, x: str, y: str) -> bool:
        return self._tested(x, y)[1] <= self.level
