"""Columns of a table along time: what one tells of the other after some rows, of itself, and whether their phases go together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np

from core.analysis.lags import (
    FEWEST,
    Figure,
    band_of,
    moves_along,
    p_values,
    phase_synchrony,
    shared_by,
    transferred_by,
)
from core.analysis.time_order import filled, series_of
from core.evaluation.trust.serial import FEWEST as WORTH
from core.evaluation.trust.serial import effective_rows
from core.method import Array, Checkpoint, Step, Sweep, TableSource
from core.params import Range
from core.sentences import Sentence

_K = 5


class _Course(NamedTuple):
    """A curve: its name, the figure, the two series and the lags."""

    name: str
    figure: Figure
    x: Array
    y: Array
    lags: tuple[int, ...]


@dataclass
class _Board:
    """The run: series by column, the courses, whether they drift, and what was found of each course by its name: values, and
    those of moved series."""

    series: dict[str, Array]
    courses: list[_Course]
    notices: list[str]
    drift: bool
    found: dict[str, list[float]] = field(default_factory=dict)
    moved: dict[str, list[float]] = field(default_factory=dict)
    phase: dict[str, float] | None = None

    @property
    def of_phases(self) -> bool:
        """Whether phases are compared: what drifts has no cycles, and its p would be as wrong as that of the curves."""
        return len(self.series) == 2 and not self.drift


@dataclass(eq=False, repr=False, kw_only=True)
class TimeLags(Sweep):
    """Two columns x and y as series, or one alone: MI against lag, auto-information, transfer entropy both ways, phases.

    A lag of k rows asks what x tells of y so many rows later, a negative one what y tells of x. Each curve stands beside
    what series give that never met: one moved along the other, its end joined to its beginning.
    """

    title: ClassVar[str] = "Against time lag"
    reference: ClassVar[str] = (
        "Fraser and Swinney (1986), Phys. Rev. A 33, 1134; Schreiber (2000), Phys. Rev. Lett. 85, 461; "
        "Rosenblum, Pikovsky and Kurths (1996), Phys. Rev. Lett. 76, 1804"
    )
    views: ClassVar[tuple[str, ...]] = ("lags",)

    order: Annotated[str | None, "The column that gives the order of time; empty takes the rows as they stand."] = None
    lags: Annotated[int, Range(1, 500), "The longest lag, in rows."] = 20
    history: Annotated[int, Range(1, 20), "How many rows of its own past the transfer entropy takes as known."] = 1
    x_cycles: Annotated[int, Range(1, 20), "Cycles of the first column that are compared with those of the second."] = 1
    y_cycles: Annotated[int, Range(1, 20), "Cycles of the second column that go with them."] = 1
    moves: Annotated[int, Range(19, 1_000), "Moved series that each band is drawn from."] = 50
    most: Annotated[int, Range(100, 100_000, log=True), "Rows that are used at most, from the middle."] = 5_000

    def steps(  # type: ignore[override]  # of a table
        self, source: TableSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """A Step for each estimate of a curve ("mi" in nats), for each moved series, and one for the phases."""
        self.check_parameters()
        self._run = board = self._board(source)
        if start:
            board.found, board.moved, board.phase = (start.meta[name] for name in ("found", "moved", "phase"))
        for course in board.courses:
            found, moved = board.found.setdefault(course.name, []), board.moved.setdefault(course.name, [])
            for lag in course.lags[len(found) :]:
                found.append(float(course.figure(course.x, course.y, lag)))
                yield Step(self._done, {"mi": found[-1]})
            for step in moves_along(len(course.x), self.moves, self.seed())[len(moved) :]:
                moved.append(float(course.figure(np.roll(course.x, step), course.y, min(map(abs, course.lags)))))
                yield Step(self._done, {})
        if board.of_phases and board.phase is None:
            x, y = map(filled, board.series.values())
            board.phase = asdict(
                phase_synchrony(x, y, self.x_cycles, self.y_cycles, moves=self.moves, seed=self.seed())
            )
            yield Step(self._done, {})

    def _board(self, source: TableSource) -> _Board:
        names = list(dict.fromkeys(source.columns))
        if len(names) > 2:
            raise ValueError(Sentence("{n} columns were given; one or two can be followed in time", n=len(names)))
        values, notices = series_of(source.table, names, self.order or None, self.most)
        n = len(values[0])
        if n - self.lags - self.history < FEWEST:
            said = "a lag of {lags} leaves {left} of {n} rows; at least {fewest} are needed: choose a shorter one"
            raise ValueError(
                Sentence(said, lags=self.lags, left=max(n - self.lags - self.history, 0), n=n, fewest=FEWEST)
            )
        first, last = (filled(column)[:, None] for column in (values[0], values[-1]))
        drift = effective_rows(first, last) < WORTH
        if drift and len(values) == 2:
            said = (
                "{x} and {y} drift so slowly that even moved series go together: the bands are too narrow, nothing is "
                "tested, and phases are left out. Take differences of successive rows."
            )
            notices.append(Sentence(said, x=names[0], y=names[1]))
        return _Board(dict(zip(names, values, strict=True)), self._courses(values), notices, drift)

    def _courses(self, values: list[Array]) -> list[_Course]:
        """Both ways at once, each alone, and the transfer each way."""
        shared, transferred = shared_by(_K, self.seed()), transferred_by(self.history, _K, self.seed())
        later, x, y = tuple(range(1, self.lags + 1)), values[0], values[-1]
        if len(values) == 1:
            return [_Course("auto x", shared, x, x, later)]
        return [
            _Course("mi", shared, x, y, tuple(range(-self.lags, self.lags + 1))),
            _Course("auto x", shared, x, x, later),
            _Course("auto y", shared, y, y, later),
            _Course("transfer x", transferred, x, y, later),
            _Course("transfer y", transferred, y, x, later),
        ]

    @property
    def _done(self) -> int:
        board = self._under_way()
        return sum(map(len, [*board.found.values(), *board.moved.values()])) + (board.phase is not None)

    @property
    def total(self) -> int:
        """The estimates of all curves, the moved series and the phases."""
        if self._current is None:
            return 1
        return sum(len(course.lags) + self.moves for course in self._current.courses) + self._current.of_phases

    def checkpoint(self) -> Checkpoint | None:
        """The estimates so far."""
        board = self._under_way()
        return Checkpoint(self._done, {}, {"found": board.found, "moved": board.moved, "phase": board.phase})

    def finish(self) -> Self:
        """Set `curves_` and `phase_`, of as much as was reached. Errors: ValueError where the run did not begin."""
        board = self._under_way()
        self.curves_ = {c.name: self._curve(board, c) for c in board.courses if board.found.get(c.name)}
        self.phase_ = board.phase
        return self

    def _curve(self, board: _Board, course: _Course) -> dict[str, Any]:
        """Values with the band that 90 % of moved series lie in, and p unless they drift; of a run that was stopped before
        them neither."""
        values, moved = board.found[course.name], board.moved[course.name]
        curve: dict[str, Any] = {"lag": list(course.lags[: len(values)]), "mi": values, "moved": len(moved)}
        if (band := band_of(moved)) is None:
            return curve
        curve["band"] = list(band)
        return curve if board.drift else curve | {"p": p_values(values, moved)}

    def result(self) -> dict[str, Any]:
        """The curves by name, the phases unless the series drift, and what was said of the rows."""
        board = self._under_way()
        names = list(board.series)
        said = {"x": names[0], "y": names[-1], "n": len(board.series[names[0]]), "curves": self.curves_}
        return said | {"phase": self.phase_, "headline": self._headline(names), "notices": board.notices}

    def _headline(self, names: list[str]) -> str:
        curve = self.curves_.get("mi") or self.curves_.get("auto x")
        if not curve:
            return ""
        best = int(np.argmax(curve["mi"]))
        template = "{x}, {y}: {mi:.3f} nats at lag {lag}"
        return Sentence(template, x=names[0], y=names[-1], mi=curve["mi"][best], lag=curve["lag"][best])

    def view(self, name: str) -> dict[str, Array]:
        """ "lags": for each curve its values so far, by its name (m,) in nats, and those of moved series, by "… moved"."""
        if name != "lags":
            return super().view(name)
        board = self._shown_run(name)
        found = {key: np.array(values) for key, values in board.found.items() if values}
        return found | {f"{key} moved": np.array(values) for key, values in board.moved.items() if values}
