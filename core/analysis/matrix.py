"""The mutual information of every pair of a table's columns."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any

import joblib
import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from core import params
from core.analysis import together
from core.analysis.column_pair import FEWEST, NUMBERS, ColumnPair
from core.analysis.estimate import estimator_class
from core.analysis.independence import Independence
from core.analysis.significance import false_discovery_rates
from core.columns import Remembered
from core.data.tables import USABLE, Table, TableError, as_numbers, table_of
from core.method import Array
from core.sentences import Listing, Sentence
from core.units import equivalent_correlation

_AHEAD = 32  # pairs handed to the workers at once


@dataclass(frozen=True, eq=False)
class MIMatrix:
    """`mi`: labelled square frame in nats, NaN on the diagonal and where a pair was not estimated. `long`: a row a pair,
    the strongest first: x, y, n (complete rows), mi, correlation (equivalent |ρ|), low, high, p (how often independent
    columns show so much), q (Benjamini and Hochberg's, over all pairs), noise (what 95 % of independent pairs stay below),
    nmi (mi over the smaller entropy of columns that have one), pearson, spearman, distance, trust, reasons, method."""

    mi: pd.DataFrame
    long: pd.DataFrame
    notices: tuple[str, ...] = ()


class Pairs:
    """The pairs of a table's columns, estimated one after the other (several at a time): an iterator of rows of `long`.

    Where the estimator trains, the critics of many pairs are one batched network. `reached`: how many pairs are done, those
    of the network under way by their share.

    `done` are rows of an earlier sitting, which are not computed again. Errors: ValueError for an unknown column or
    method, and where fewer than two columns can be used.
    """

    def __init__(
        self,
        table: Any,
        columns: Sequence[str] | None = None,
        target: str | None = None,
        method: str = "ksg",
        *,
        seed: int = 0,
        done: Iterable[dict[str, Any]] = (),
        n_jobs: int = -1,
        **parameters: Any,
    ) -> None:
        self.table = table if isinstance(table, Table) else table_of(table)
        cls, known_seed = estimator_class(method), params.seed(seed, optional=True)
        jobs = params.Param("n_jobs", int, -1, "", params.Range(-1, 1024))
        self.method, self.n_jobs = method, jobs.check(n_jobs) or 1
        params.refuse(parameters, random_state="seed")
        checked = params.check(cls, parameters)
        self._trains = cls.batched
        if self._trains:
            checked = together.light(cls) | checked
        self._make = lambda **more: cls(**(more | checked), random_state=known_seed)
        self.notices = [] if table is self.table else list(self.table.notices)
        if not cls.quick:
            template = "{method} takes too long to be repeated on shuffled columns: no p-values."
            self.notices.append(Sentence(template, method=Sentence(cls.title)))
        target = None if target is None else str(target)  # a frame's names may be numbers; a table's are text
        self.columns = self._usable(columns, target)
        self._chance = Independence(method, known_seed or 0)
        self.rows: list[dict[str, Any]] = list(done)
        self.reached = len(self.rows)
        known = {frozenset((row["x"], row["y"])) for row in self.rows}
        others = [(c, target) for c in self.columns if c != target] if target else combinations(self.columns, 2)
        self.wanted = [pair for pair in others if frozenset(pair) not in known]
        self._total = len(self.rows) + len(self.wanted)

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (row for row in self.steps() if row is not None)

    def steps(self) -> Iterator[dict[str, Any] | None]:
        """The rows; where the estimator trains many pairs as one network, None for each of its steps on the way."""
        values = {name: self._numbers(name) for name in self.columns}
        self._known = Remembered(values.values())
        each = (self._column_pair(x, y, values) for x, y in self.wanted)
        for row in self._together(each) if self._trains else self._one_by_one(each):
            if row is not None:
                self.rows.append(row)
                self.reached = max(self.reached, len(self.rows))
            yield row

    def _column_pair(self, x: str, y: str, values: Mapping[str, Array]) -> ColumnPair:
        return ColumnPair(self.table, x, y, values[x], values[y], self.method)

    def _one_by_one(self, each: Iterator[ColumnPair]) -> Iterator[dict[str, Any]]:
        # Threads: the neighbour search, which is the work, runs outside Python's lock.
        with Parallel(n_jobs=self.n_jobs, prefer="threads", return_as="generator") as pool:
            while part := list(islice(each, _AHEAD)):
                yield from pool(delayed(self._pair)(pair) for pair in part)

    def _together(self, each: Iterator[ColumnPair]) -> Iterator[dict[str, Any] | None]:
        """Critics of many pairs as one batched network after the other; None for each step of their training."""
        whole = []
        for pair in each:
            if pair.refused:
                yield pair.row
            else:
                whole.append(pair)
        begun, further = len(self.rows), 0.0
        for step, done in together.trained(whole, self._make, joblib.effective_n_jobs(self.n_jobs)):
            further += step
            self.reached = begun + int(further + 1e-6)
            with self._known.used():
                yield from (self._filled(*one) for one in done)
            yield None

    def matrix(self) -> MIMatrix:
        """What is known by now."""
        place, square = {name: i for i, name in enumerate(self.columns)}, np.full((len(self.columns),) * 2, np.nan)
        for row in self.rows:
            i, j = place[row["x"]], place[row["y"]]
            square[i, j] = square[j, i] = row["mi"]
        names = ["x", "y", "n", *NUMBERS[:5], "q", *NUMBERS[5:], "trust", "reasons", "method"]
        long = pd.DataFrame(self.rows, columns=names)
        long["q"] = false_discovery_rates(long["p"].to_numpy(float))
        # A column of text keeps no Sentence.
        long["reasons"] = pd.Series([row["reasons"] for row in self.rows], dtype=object)
        long = long.sort_values("mi", ascending=False, kind="stable", ignore_index=True)
        frame = pd.DataFrame(square, index=self.columns, columns=self.columns)
        return MIMatrix(frame, long, tuple(dict.fromkeys(self.notices)))

    def _usable(self, columns: Sequence[str] | None, target: str | None) -> list[str]:
        """The columns that enter, in order; what is left out becomes a notice. Errors: TableError."""
        self._refuse_few_rows()
        kinds = {column.name: column.kind for column in self.table.columns}
        asked = _asked(kinds, columns, target)
        usable = [name for name in asked if kinds[name] in USABLE]
        left = _listed({name: kinds[name] for name in asked if name not in usable})
        if left:
            self.notices.append(Sentence("Left out: {names}.", names=left))
        if target and target not in usable:
            template = "the target {target} is {kinds}; choose numbers, dates or categories"
            raise TableError(Sentence(template, target=target[:60], kinds=Sentence(kinds[target])))
        if len(usable) < 2:
            left_out = Sentence("; left out: {names}", names=left) if left else ""
            template = "at least two columns with different numbers, dates or categories are needed{left_out}"
            raise TableError(Sentence(template, left_out=left_out))
        return usable

    def _refuse_few_rows(self) -> None:
        n, d = self.table.frame.shape
        if n < FEWEST:
            raise TableError(
                Sentence(
                    "the table has {n} row ({n} × {d}); at least {fewest} are needed{hint}",
                    many="the table has {n} rows ({n} × {d}); at least {fewest} are needed{hint}",
                    n=n,
                    d=d,
                    fewest=FEWEST,
                    hint=Sentence("; transpose it if each column is a case") if d > n else "",
                )
            )

    def _numbers(self, name: str) -> Array:
        return np.asarray(as_numbers(self.table, name, self.notices), dtype=float).reshape(len(self.table.frame))

    def _pair(self, pair: ColumnPair) -> dict[str, Any]:
        """One row of `long`; a pair that cannot be estimated has NaN and says why."""
        if pair.refused:
            return pair.row
        with self._known.used():
            return self._filled(pair, self._make(**pair.categories(self.method)).run(pair.source))

    def _filled(self, pair: ColumnPair, found: Any) -> dict[str, Any]:
        law = self._chance.of(found, pair.a, pair.b, found.mi_, pair.wholes)
        low, high = found.interval_ or (np.nan, np.nan)
        return pair.row | {
            "mi": found.mi_,
            "correlation": equivalent_correlation(found.mi_),
            "low": low,
            "high": high,
            "p": law.p(found.mi_) if law else np.nan,
            "noise": law.quantile() if law else np.nan,
            "trust": found.trust_.level,
            "reasons": Listing(found.trust_.reasons, " "),
            **pair.beside(found.mi_),
        }


def _asked(kinds: Mapping[str, str], columns: Sequence[str] | None, target: str | None) -> list[str]:
    """The names that are asked for, once each, the target among them. Errors: TableError for what is not there."""
    if columns is not None and (isinstance(columns, (str, bytes)) or not isinstance(columns, Iterable)):
        raise TableError(Sentence("columns={columns!r:.80} is not a list of names; give at least two", columns=columns))
    with_target = [target] if target else []
    asked = list(kinds) if columns is None else list(dict.fromkeys([*map(str, columns), *with_target]))
    for name in [*asked, *with_target]:
        if name not in kinds:
            near = difflib.get_close_matches(str(name), kinds, 1)
            hint = Sentence("; did you mean {near!r}?", near=near[0]) if near else ""
            raise TableError(Sentence("there is no column {name!r}{hint}", name=str(name)[:80], hint=hint))
    return asked


def _listed(kinds: Mapping[str, str]) -> str:
    """Names with what they hold, at most eight of them; nothing where there are none."""
    each = [Sentence("{name} ({kind})", name=name[:60], kind=Sentence(kind)) for name, kind in kinds.items()]
    listed = Listing(each[:8], ", ") if each else ""
    return listed if len(each) <= 8 else Sentence("{names} and {n} more", names=listed, n=len(each) - 8)


def mi_matrix(
    frame_or_table: Any,
    columns: Sequence[str] | None = None,
    target: str | None = None,
    method: str = "ksg",
    *,
    seed: int = 0,
    n_jobs: int = -1,
    **parameters: Any,
) -> MIMatrix:
    """I(X; Y) in nats of every pair of columns, or of every column with `target`.

    frame_or_table: a Table, a frame of pandas, polars or Arrow, a dict of columns, an array (n, d), a list of rows.
    Numbers and dates enter as they are, booleans and categories as codes; the default, `ksg`, takes these as names
    (against numbers by Ross's form, against names by counts). Text, empty and constant columns are left out, with a
    notice. Each pair uses the rows that both columns have. Errors: ValueError for unknown columns, fewer than two
    usable ones, or fewer than ten rows.
    """
    pairs = Pairs(frame_or_table, columns, target, method, seed=seed, n_jobs=n_jobs, **parameters)
    for _ in pairs:
        pass
    return pairs.matrix()
