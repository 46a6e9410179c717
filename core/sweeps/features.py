"""Which columns of a table to keep for a target: what each tells of it, the choice, and how steady the choice is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from core import files
from core.analysis.matrix import Pairs
from core.analysis.selection import Criterion, choices, described, halves_of, near_copies, stopped_early
from core.analysis.shared import Shared
from core.method import Array, Checkpoint, Step, Sweep, TableSource
from core.params import Range
from core.sentences import Sentence

_OF_A_PAIR = ("n", "low", "high", "p", "noise", "trust")  # what is known of a column and the target, beside the MI


@dataclass
class _Board:
    """The run: the pairs with the target, information among columns, the columns that can be chosen, the choice so far, and
    what each half of the rows chose."""

    pairs: Pairs
    shared: Shared
    features: list[str]
    chosen: list[int] = field(default_factory=list)
    halves: list[list[int]] = field(default_factory=list)
    ended: bool = False  # the choice, whether or not there are as many columns as were asked for


@dataclass(eq=False, repr=False, kw_only=True)
class Features(Sweep):
    """Columns that tell most of a target with least repetition, in the order of choice, as `core.select_features` has it.

    First the MI of each column with the target, then a choice after the other, then the whole choice once more on random
    halves of the rows; copies of rows, as a bootstrap has them, would look like dependence.
    """

    title: ClassVar[str] = "Features for a target"
    reference: ClassVar[str] = (
        "Peng, Long and Ding (2005), IEEE Trans. Pattern Analysis 27(8), 1226 (mRMR); Yang and Moody (1999), NIPS 12 (JMI)"
    )
    views: ClassVar[tuple[str, ...]] = ("choice",)

    target: Annotated[str, "The column that is to be told from the others."] = ""
    criterion: Annotated[
        Criterion, "Relevance less redundancy, information together with those chosen before, or relevance alone."
    ] = "mrmr"
    n_features: Annotated[
        int,
        Range(1, 100),
        "How many columns are chosen at most; by mrmr fewer, where each of the others repeats more than it tells.",
    ] = 10
    halves: Annotated[int, Range(0, 200), "On how many random halves of the rows the choice is repeated."] = 10

    def check_parameters(self) -> None:
        """Also that there is a target. Errors: ValueError in one sentence."""
        super().check_parameters()
        if not self.target:
            raise ValueError(Sentence("target is empty: name the column that is to be told from the others"))

    def steps(  # type: ignore[override]  # of a table
        self, source: TableSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """A Step for each column ("relevance" in nats), each choice ("score") and each half ("kept", the share of the choice
        that this half makes too)."""
        self.check_parameters()
        meta = start.meta if start else {"rows": [], "chosen": [], "halves": []}
        columns = [name for name in source.columns if name != self.target]
        pairs = Pairs(source.table, columns, self.target, seed=self.seed(), done=meta["rows"])
        features = [name for name in pairs.columns if name != self.target]
        shared = Shared.of_table(source.table, [*features, self.target], self.seed())
        self._run = board = _Board(pairs, shared, features, [], list(meta["halves"]))
        for row in pairs:
            yield self._step("relevance", row["mi"])
        yield from self._chosen(board, done=len(meta["chosen"]))
        yield from self._halved(board, len(source.table.frame))

    def _chosen(self, board: _Board, done: int) -> Iterator[Step]:
        """The choice; its first `done` columns were shown in an earlier sitting."""
        places = {name: i for i, name in enumerate(board.features)}
        for row in board.pairs.rows:
            (name,) = {row["x"], row["y"]} - {self.target}
            board.shared.know(places[name], row["mi"])
        for chosen in choices(board.shared, self._able(board), self.n_features, self.criterion, True):
            news, board.chosen = len(chosen) > len(board.chosen), chosen
            if news and len(chosen) > done:
                yield self._step("score", described(board.shared, chosen, self.criterion)[-1]["score"])
        board.ended = True

    def _halved(self, board: _Board, n: int) -> Iterator[Step]:
        for half in halves_of(n, self.seed(), self.halves)[len(board.halves) :]:
            *_, chosen = choices(board.shared.of_rows(half), self._able(board), len(board.chosen), self.criterion)
            board.halves.append(chosen)
            yield self._step("kept", len({*chosen} & {*board.chosen}) / len(board.chosen))

    def _able(self, board: _Board) -> list[int]:
        """The columns whose relevance is known. Errors: ValueError where there are none."""
        known = [i for i in range(len(board.features)) if np.isfinite(board.shared.relevance(i))]
        if not known:
            raise ValueError(Sentence("no column has ten rows or more in common with {target}", target=self.target))
        return known

    def _step(self, name: str, value: float) -> Step:
        board = self._under_way()
        done = len(board.pairs.rows) + len(board.chosen) + len(board.halves)
        return Step(done, {name: value} if np.isfinite(value) else {})

    @property
    def total(self) -> int:
        """The columns, the choices and the halves."""
        if self._current is None:
            return 1 + 1 + self.halves
        board = self._current
        columns = len(board.features)
        return columns + (len(board.chosen) if board.ended else min(columns, self.n_features)) + self.halves

    def checkpoint(self) -> Checkpoint | None:
        """The pairs, the choice and the halves so far."""
        board = self._under_way()
        meta = {"rows": board.pairs.rows, "chosen": board.chosen, "halves": board.halves}
        return Checkpoint(sum(map(len, meta.values())), {}, meta)

    def finish(self) -> Self:
        """Set `ranking_`, rows in the order of choice, and `rest_`, the columns not chosen, the most relevant first, from as
        much as was reached. Errors: ValueError where the run did not begin."""
        board = self._under_way()
        known = {name: self._known(board, name) for name in board.features}
        self.ranking_ = [
            known[board.features[row["column"]]] | {key: row[key] for key in ("redundancy", "score")}
            for row in described(board.shared, board.chosen, self.criterion)
        ]
        for row, i in zip(self.ranking_, board.chosen, strict=True):
            row["share"] = float(np.mean([i in half for half in board.halves])) if board.halves else None
            row["copies"] = [board.features[j] for j in near_copies(board.shared, i, self._able(board))]
        taken = {row["column"] for row in self.ranking_}
        rest = [row for name, row in known.items() if name not in taken and row["relevance"] is not None]
        self.rest_ = sorted(rest, key=lambda row: -row["relevance"])
        return self

    def _known(self, board: _Board, name: str) -> dict[str, Any]:
        row = next((row for row in board.pairs.rows if name in (row["x"], row["y"])), {})
        said = files.plain({key: row.get(key) for key in ("mi", *_OF_A_PAIR)})
        return {"column": name, "relevance": said.pop("mi"), **said}

    def result(self) -> dict[str, Any]:
        """The ranking, the columns that were not chosen, and what was left out."""
        board = self._under_way()
        said = {"target": self.target, "criterion": self.criterion, "ranking": self.ranking_, "rest": self.rest_}
        if self.ranking_:
            first = ", ".join(row["column"] for row in self.ranking_[:3])
            said["headline"] = Sentence("for {target}: {first}", target=self.target, first=first)
        unknown = [row["reasons"] for row in board.pairs.rows if not np.isfinite(row["mi"])]
        early = (
            stopped_early(len(board.chosen), len(self._able(board)), self.n_features, self.target)
            if board.ended
            else []
        )
        notices = list(dict.fromkeys([*board.pairs.notices, *board.shared.notices, *unknown, *early]))
        return said | {"halves": len(board.halves), "notices": notices}

    def view(self, name: str) -> dict[str, Array]:
        """ "choice": relevance (m,) of the columns in nats, NaN where it is not known yet; chosen (c,), their numbers in the
        order of choice, with redundancy (c,)."""
        if name != "choice":
            return super().view(name)
        board = self._shown_run(name)
        known = {row["x"] if row["y"] == self.target else row["y"]: row["mi"] for row in board.pairs.rows}
        rows = described(board.shared, board.chosen, self.criterion)
        return {
            "relevance": np.array([known.get(feature, np.nan) for feature in board.features], dtype=float),
            "chosen": np.array(board.chosen, dtype=int),
            "redundancy": np.array([row["redundancy"] for row in rows], dtype=float),
        }
