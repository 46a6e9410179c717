"""One group of a table's columns against another: what they share together, and what each single column has of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from core import files
from core.analysis.conditional_test import Side
from core.analysis.estimate import estimator_class
from core.analysis.permutations import permutation_test
from core.arrays import evenly
from core.data.tables import NAMED
from core.evaluation.trust.serial import in_series
from core.method import Array, Checkpoint, Source, Step, Sweep, TableSource
from core.params import Range
from core.sentences import Sentence
from core.sweeps._complete import complete, entered

_METHODS: tuple[tuple[str, dict[str, Any]], ...] = (("ksg", {}), ("gaussian", {}), ("auto", {"budget": "10s"}))
_BY = "ksg"  # what single columns and the test are judged by
_TESTED = 2_000  # rows of the test
_MOST = 40  # columns
Row = dict[str, Any]


@dataclass
class _Board:
    """The run: both groups as the estimators take them, and what was found so far."""

    names: list[str]
    sides: list[Array]  # (n, d) of each column
    x: Array
    y: Array
    source: Source
    n: int
    left_out: int
    notices: list[str]
    estimates: list[Row] = field(default_factory=list)
    parts: list[Row] = field(default_factory=list)
    p: float | None = None
    tested: bool = False


@dataclass(eq=False, repr=False, kw_only=True)
class Groups(Sweep):
    """I(X; Y) of two groups of columns by several estimators, and for each column X_i what it tells of the other group alone,
    I(X_i; Y), and what would be lost without it, I(X; Y) − I(X without X_i; Y) = I(X_i; Y | the others of its group).

    The first `split` columns are X, the others Y. A column that tells much alone and loses nothing is repeated by others; one
    that tells nothing alone and loses much says something only together with them. All figures are of the rows that have
    every column; p is of a permutation test.
    """

    title: ClassVar[str] = "Group against group"
    reference: ClassVar[str] = "Kraskov, Stögbauer and Grassberger (2004), arXiv:cond-mat/0305641"
    views: ClassVar[tuple[str, ...]] = ("parts",)

    split: Annotated[int, Range(1, _MOST - 1), "How many of the columns are the first group."] = 1
    permutations: Annotated[int, Range(19, 2_000, log=True), "Shuffled copies of the permutation test."] = 100
    most: Annotated[int, Range(100, 50_000, log=True), "Rows that are used at most, spread evenly."] = 5_000

    def steps(  # type: ignore[override]  # of a table
        self, source: TableSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """A Step for each estimator ("mi" in nats), for each column ("lost"), and one for the test ("p")."""
        self.check_parameters()
        self._run = board = self._board(source)
        if start:
            for name in ("estimates", "parts", "p", "tested"):
                setattr(board, name, start.meta[name])
        for method, parameters in _METHODS[len(board.estimates) :]:
            board.estimates.append(self._estimated(board.source, method, parameters))
            yield self._step({"mi": board.estimates[-1]["mi"]})
        for i in range(len(board.parts), len(board.names)):
            board.parts.append(self._part(board, i))
            yield self._step({} if board.parts[-1]["lost"] is None else {"lost": board.parts[-1]["lost"]})
        if not board.tested:
            board.p, board.tested = self._tested(board), True
            yield self._step({} if board.p is None else {"p": board.p})

    def _board(self, source: TableSource) -> _Board:
        names = list(dict.fromkeys(source.columns))
        if not self.split < len(names) <= _MOST:
            said = "{n} different columns were given, {split} of them for the first group: each group needs one, and both have at most {most}"
            raise ValueError(Sentence(said, n=len(names), split=self.split, most=_MOST))
        table, columns = complete(source.table, names)
        sides = {name: Side.of(column, table[name].kind in NAMED) for name, column in columns.items()}
        n, notices = len(table.frame), entered(sides)
        rows = evenly(np.arange(n), self.most)
        if len(rows) < n:
            said = "Of {n:,} rows {most:,}, spread evenly, are used."
            notices.append(Sentence(said, n=n, most=len(rows)))
        values = [sides[name].values[rows] for name in names]
        x, y = np.hstack(values[: self.split]), np.hstack(values[self.split :])
        given = Source(
            x, y, x_names=_names(names[: self.split], values), y_names=_names(names[self.split :], values[self.split :])
        )
        return _Board(names, values, x, y, given, len(rows), len(source.table.frame) - n, notices)

    def _estimated(self, source: Source, method: str, parameters: dict[str, Any]) -> Row:
        found = estimator_class(method)(random_state=self.seed(), **parameters).run(source)
        low, high = found.interval_ or (np.nan, np.nan)
        trust = {"trust": found.trust_.level, "reasons": list(found.trust_.reasons)}
        return files.plain({"method": method, "mi": found.mi_, "low": low, "high": high} | trust, lambda said: said)

    def _part(self, board: _Board, i: int) -> Row:
        """What a column tells alone, and what its group loses without it: None where it is its group."""
        own = range(self.split) if i < self.split else range(self.split, len(board.names))
        other = board.y if i < self.split else board.x
        others = [board.sides[j] for j in own if j != i]
        of = lambda x: float(estimator_class(_BY)(random_state=self.seed()).alone(x, other))  # noqa: E731
        whole = next(row["mi"] for row in board.estimates if row["method"] == _BY)
        lost = whole - of(np.hstack(others)) if others else None
        return {"column": board.names[i], "first": i < self.split, "alone": of(board.sides[i]), "lost": lost}

    def _tested(self, board: _Board) -> float | None:
        x, y = board.x, board.y
        begin = max(0, (board.n - _TESTED) // 2)  # series keep their order: a stretch of them
        rows = (
            np.arange(begin, min(board.n, begin + _TESTED)) if in_series(x, y) else evenly(np.arange(board.n), _TESTED)
        )
        try:
            return permutation_test(x[rows], y[rows], _BY, self.permutations, seed=self.seed()).p_value
        except ValueError as error:  # series that are worth too few rows
            board.notices.append(Sentence("No p-value: {why}.", why=error.args[0]))
            return None

    def _step(self, info: dict[str, float]) -> Step:
        return Step(self._done, info)

    @property
    def _done(self) -> int:
        board = self._under_way()
        return len(board.estimates) + len(board.parts) + board.tested

    @property
    def total(self) -> int:
        """The estimators, the columns and the test."""
        return len(_METHODS) + (len(self._current.names) if self._current is not None else 2) + 1

    def checkpoint(self) -> Checkpoint | None:
        """What was found so far."""
        board = self._under_way()
        return Checkpoint(
            self._done, {}, {name: getattr(board, name) for name in ("estimates", "parts", "p", "tested")}
        )

    def finish(self) -> Self:
        """Set `estimates_`, `parts_` and `p_` from as much as was reached. Errors: ValueError where the run did not begin."""
        board = self._under_way()
        self.estimates_, self.parts_, self.p_ = board.estimates, board.parts, board.p
        return self

    def result(self) -> dict[str, Any]:
        """Both groups, the estimates, the columns, p, and of which rows they are."""
        board = self._under_way()
        x, y = board.names[: self.split], board.names[self.split :]
        said: dict[str, Any] = {"x": x, "y": y, "n": board.n, "left_out": board.left_out}
        said |= {"estimates": self.estimates_, "parts": self.parts_, "p": self.p_, "copies": self.permutations}
        if self.estimates_:
            best = self.estimates_[-1]
            said["headline"] = Sentence(
                "{x} and {y}: {mi:.3f} nats", x=", ".join(x[:3]), y=", ".join(y[:3]), mi=best["mi"]
            )
        return said | {"notices": board.notices}

    def view(self, name: str) -> dict[str, Array]:
        """ "parts": alone and lost (k,) of the columns in nats, NaN where they are not known; mi (m,) of the estimators so far."""
        if name != "parts":
            return super().view(name)
        board = self._shown_run(name)
        rest = [np.nan] * (len(board.names) - len(board.parts))
        column = lambda key: np.array([row[key] for row in board.parts] + rest, dtype=float)  # noqa: E731
        return {
            "alone": column("alone"),
            "lost": column("lost"),
            "mi": np.array([row["mi"] for row in board.estimates], dtype=float),
        }


def _names(names: list[str], values: list[Array]) -> tuple[str, ...]:
    """A name for each column of the arrays: names of categories have several."""
    return tuple(name for name, side in zip(names, values, strict=False) for _ in range(side.shape[1]))
