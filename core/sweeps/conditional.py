"""What two columns share once others are known, and which links among all of them remain given one other at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from core import files
from core.analysis.conditional_test import Side, conditional_test
from core.analysis.matrix import Pairs
from core.analysis.several import conditional_mi
from core.analysis.skeleton import Skeleton, Tested
from core.arrays import evenly
from core.data.tables import NAMED
from core.evaluation.trust.serial import in_series
from core.method import Array, Checkpoint, Step, Sweep, TableSource
from core.params import Range
from core.sentences import Sentence
from core.sweeps._complete import complete, entered


@dataclass
class _Board:
    """The run: columns as sides of all rows, the pairs, the skeleton, and I(X; Y | others)."""

    names: list[str]
    left_out: int
    sides: dict[str, Side]
    rows: Array
    pairs: Pairs
    skeleton: Skeleton
    notices: list[str]
    given: dict[str, Any] | None = None

    @property
    def tests(self) -> list[dict[str, Any]]:
        """The conditional tests that were made, in their order."""
        made = (
            dict(zip("xy", sorted(pair), strict=True)) | {"given": z, "mi": mi, "p": p}
            for (pair, z), (mi, p) in self.skeleton.found.items()
        )
        return list(made)


@dataclass(eq=False, repr=False, kw_only=True)
class Conditional(Sweep):
    """The first two columns are X and Y, the others Z: I(X; Y) beside I(X; Y | Z), and the skeleton of all of them.

    All figures are of the rows that have every column. A link of the skeleton remains where the two columns depend and no
    other column, taken alone, separates them at the level; tests are nearest neighbours' against rows exchanged near what is
    given. Links are not causes, and a common cause that is not among the columns leaves one.
    """

    title: ClassVar[str] = "Given other columns"
    reference: ClassVar[str] = (
        "Frenzel and Pompe (2007), Phys. Rev. Lett. 99, 204101; Runge (2018), arXiv:1709.01447; "
        "Colombo and Maathuis (2014), JMLR 15, 3741"
    )
    views: ClassVar[tuple[str, ...]] = ("links",)
    known_at_most: ClassVar[int] = 10  # columns: neighbours see little in more directions

    level: Annotated[float, Range(0.001, 0.2), "p above which two columns count as independent."] = 0.05
    most: Annotated[int, Range(100, 20_000, log=True), "Rows of a conditional test at most, spread evenly."] = 1_000

    def steps(  # type: ignore[override]  # of a table
        self, source: TableSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """A Step for each pair ("mi"), one for I(X; Y | Z) ("given"), then one for each conditional test ("mi_given")."""
        self.check_parameters()
        meta = start.meta if start else {"rows": [], "given": None, "tests": []}
        self._run = board = self._board(source, meta["rows"])
        alone = board.skeleton.alone = {frozenset((row["x"], row["y"])): (row["mi"], row["p"]) for row in meta["rows"]}
        for row in board.pairs:
            alone[frozenset((row["x"], row["y"]))] = (row["mi"], row["p"])
            yield self._step("mi", row["mi"])
        board.given = meta["given"]
        for test in meta["tests"]:
            board.skeleton.found[frozenset((test["x"], test["y"])), test["given"]] = (test["mi"], test["p"])
        if board.given is None:
            board.given = self._given(board)
            yield self._step("given", board.given["mi"])
        for x, y, given in board.skeleton.ask(lambda x, y, given: self._test(board, x, y, [given])):
            yield self._step("mi_given", board.skeleton.found[frozenset((x, y)), given][0])

    def _board(self, source: TableSource, done: list[dict[str, Any]]) -> _Board:
        names = list(dict.fromkeys(source.columns))
        if not 3 <= len(names) <= self.known_at_most + 2:
            said = "{n} different columns were given; x, y and from 1 to {most} others are needed"
            raise ValueError(Sentence(said, n=len(names), most=self.known_at_most))
        table, columns = complete(source.table, names)
        n, whole = len(table.frame), len(source.table.frame)
        pairs = Pairs(table, names, seed=self.seed(), done=done)
        sides = {name: Side.of(column, table[name].kind in NAMED) for name, column in columns.items()}
        notices = entered(sides)
        if any(in_series(a.values, b.values) for a in sides.values() for b in sides.values() if a is not b):
            said = "Neighbouring rows resemble each other, as in time series: conditional tests take them for independent and leave too many links."
            notices.append(Sentence(said))
        return _Board(
            names, whole - n, sides, evenly(np.arange(n), self.most), pairs, Skeleton(names, {}, self.level), notices
        )

    def _given(self, board: _Board) -> dict[str, Any]:
        """I(X; Y | Z) with interval and trust on all rows, p on as many as a test takes; none where X and Y alone have none."""
        x, y, *others = board.names
        sides = [board.sides[name] for name in (x, y, *others)]
        found = conditional_mi(sides[0].values, sides[1].values, np.hstack([side.values for side in sides[2:]]))
        low, high = found.interval or (float("nan"), float("nan"))
        said = {"mi": found.mi, "low": low, "high": high, "trust": found.trust.level}
        untested = np.isnan(board.skeleton.alone[frozenset((x, y))][1])  # series that drift
        p = float("nan") if untested else self._test(board, x, y, others)[1]
        return said | {"reasons": list(found.trust.reasons), "p": p}

    def _test(self, board: _Board, x: str, y: str, given: list[str]) -> Tested:
        places = [board.names.index(name) for name in (x, y, *given)]
        sides = [board.sides[name].at(board.rows) for name in (x, y, *given)]
        return conditional_test(sides[0], sides[1], sides[2:], np.random.default_rng([self.seed(), *places]))

    def _step(self, name: str, value: float) -> Step:
        return Step(self._done, {name: value} if np.isfinite(value) else {})

    @property
    def _done(self) -> int:
        board = self._under_way()
        return len(board.pairs.rows) + (board.given is not None) + len(board.skeleton.found)

    @property
    def total(self) -> int:
        """What is done, and what may still be wanted: tests fall away with each link that is separated."""
        if (board := self._current) is None:
            return 1
        pairs = len(board.pairs)
        if len(board.skeleton.alone) < pairs:
            return pairs + 1 + pairs * (len(board.names) - 2)
        return self._done + (board.given is None) + board.skeleton.left

    def checkpoint(self) -> Checkpoint | None:
        """The pairs, the figure and the tests so far."""
        board = self._under_way()
        return Checkpoint(self._done, {}, {"rows": board.pairs.rows, "given": board.given, "tests": board.tests})

    def finish(self) -> Self:
        """Set `links_` and, where they were reached, `alone_` and `given_`: I(X; Y) and I(X; Y | Z). Errors: ValueError where
        the run did not begin."""
        board = self._under_way()
        row = next((row for row in board.pairs.rows if {row["x"], row["y"]} == {*board.names[:2]}), None)
        self.alone_, self.given_ = row and files.plain(row), board.given and files.plain(board.given)
        self.links_ = [files.plain(link._asdict()) for link in board.skeleton.links()]
        return self

    def result(self) -> dict[str, Any]:
        """Both figures, the links, and of which rows they are."""
        board = self._under_way()
        n, (x, y, *others) = len(board.pairs.table.frame), board.names
        said: dict[str, Any] = {"x": x, "y": y, "given": others, "n": n, "left_out": board.left_out}
        said |= {"tested": len(board.rows), "alone": self.alone_, "conditional": self.given_, "links": self.links_}
        if self.given_ is not None:
            of = {"x": x, "y": y, "mi": self.given_["mi"]}
            said["headline"] = Sentence("{x}, {y} given others: {mi:.3f} nats", **of)
        return said | {"notices": board.notices}

    def view(self, name: str) -> dict[str, Array]:
        """ "links": mi (k, k) in nats, NaN where it is not known; stays (k, k), 1 for a link, 0 for none, NaN while it is open."""
        if name != "links":
            return super().view(name)
        board = self._shown_run(name)
        mi, stays = (np.full((len(board.names),) * 2, np.nan) for _ in range(2))
        for row in board.pairs.rows:
            at = [board.names.index(row[side]) for side in "xy"]
            mi[at[0], at[1]] = mi[at[1], at[0]] = row["mi"]
        for link in board.skeleton.links():
            if link.stays is not None:
                i, j = board.names.index(link.x), board.names.index(link.y)
                stays[i, j] = stays[j, i] = float(link.stays)
        return {"mi": mi, "stays": stays}
