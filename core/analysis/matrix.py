"""The mutual information of every pair of a table's columns."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import joblib
import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from core import params
from core.analysis import together
from core.analysis.column_pair import FEWEST, NUMBERS
from core.analysis.estimate import estimator_class
from core.analysis.pair_estimates import PairEstimates, on_cluster
from core.analysis.significance import false_discovery_rates
from core.data.tables import USABLE, Table, TableError, as_numbers, table_of
from core.method import Array
from core.sentences import Listing, Sentence

_AHEAD = 32  # pairs handed to the workers at once

WITHOUT_P = "{method} takes too long to be repeated on shuffled columns: no p-values."
HELD_OUT_P = "The p-values are of the critics once trained: what they say of held-out rows with other partners. Series have none."


@dataclass(frozen=True, eq=False)
class MIMatrix:
    """`mi`: labelled square frame in nats, NaN on the diagonal and where a pair was not estimated. `long`: a row a pair,
    the strongest first: x, y, n (complete rows), mi, correlation (equivalent |ρ|), low, high, p (how often independent
    columns show so much), q (Benjamini and Hochberg's, over all pairs), noise (what 95 % of independent pairs stay below;
    not of critics), nmi (mi over the smaller entropy of columns that have one), pearson, spearman, distance, trust,
    reasons, method."""

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
        scheduler: str | None = None,
        **parameters: Any,
    ) -> None:
        self.table = table if isinstance(table, Table) else table_of(table)
        cls, known_seed = estimator_class(method), params.seed(seed, optional=True)
        jobs = params.Param("n_jobs", int, -1, "", params.Range(-1, 1024))
        self.method, self.n_jobs = method, jobs.check(n_jobs) or 1
        params.refuse(parameters, random_state="seed")
        checked = params.check(cls, parameters)
        if cls.batched:
            checked = together.light(cls) | checked
        self._cls, self._parameters, self._seed, self.scheduler = cls, checked, known_seed, scheduler
        self.notices = [] if table is self.table else list(self.table.notices)
        if not cls.quick:
            said = Sentence(HELD_OUT_P) if cls.batched else Sentence(WITHOUT_P, method=Sentence(cls.title))
            self.notices.append(said)
        target = None if target is None else str(target)  # a frame's names may be numbers; a table's are text
        self.columns = self._usable(columns, target)
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
        estimates = PairEstimates(self.table, values, self.method, self._cls, self._parameters, self._seed)
        for row in self._by(estimates):
            if row is not None:
                self.rows.append(row)
                self.reached = max(self.reached, len(self.rows))
            yield row

    def _by(self, estimates: PairEstimates) -> Iterator[dict[str, Any] | None]:
        if self._cls.batched:
            return self._together(estimates)
        if self.scheduler:
            return on_cluster(self.scheduler, estimates, self.wanted)
        return self._one_by_one(estimates)

    def _one_by_one(self, estimates: PairEstimates) -> Iterator[dict[str, Any]]:
        # Threads: the neighbour search, which is the work, runs outside Python's lock. Threads of small products would wait for
        # each other longer than these take: of 200 columns a pair took twice as long.
        with threadpool_limits(1), Parallel(n_jobs=self.n_jobs, prefer="threads", return_as="generator") as pool:
            for begin in range(0, len(self.wanted), _AHEAD):
                yield from pool(delayed(estimates.of)(*pair) for pair in self.wanted[begin : begin + _AHEAD])

    def _together(self, estimates: PairEstimates) -> Iterator[dict[str, Any] | None]:
        """Critics of many pairs as one batched network after the other; None for each step of their training."""
        every = [estimates.pair(*pair) for pair in self.wanted]
        yield from (pair.row for pair in every if pair.refused)
        begun, further = len(self.rows), 0.0
        jobs = joblib.effective_n_jobs(self.n_jobs)
        for step, done in together.trained([p for p in every if not p.refused], estimates.make, jobs):
            further += step
            self.reached = begun + int(further + 1e-6)
            with estimates.known.used():
                yield from (estimates.row(*one) for one in done)
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
        if few := few_rows(self.table):
            raise TableError(few)
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

    def _numbers(self, name: str) -> Array:
        return np.asarray(as_numbers(self.table, name, self.notices), dtype=float).reshape(len(self.table.frame))


def few_rows(table: Table) -> str:
    """That a table has too few rows for any pair; empty where it has enough."""
    n, d = table.frame.shape
    if n >= FEWEST:
        return ""
    return Sentence(
        "the table has {n} row ({n} × {d}); at least {fewest} are needed{hint}",
        many="the table has {n} rows ({n} × {d}); at least {fewest} are needed{hint}",
        n=n,
        d=d,
        fewest=FEWEST,
        hint=Sentence("; transpose it if each column is a case") if d > n else "",
    )


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
    scheduler: str | None = None,
    **parameters: Any,
) -> MIMatrix:
    """I(X; Y) in nats of every pair of columns, or of every column with `target`.

    frame_or_table: a Table, a frame of pandas, polars or Arrow, a dict of columns, an array (n, d), a list of rows.
    Numbers and dates enter as they are, booleans and categories as codes; the default, `ksg`, takes these as names
    (against numbers by Ross's form, against names by counts). Text, empty and constant columns are left out, with a
    notice. Each pair uses the rows that both columns have. scheduler: the address of a Dask cluster ("tcp://…") whose
    workers estimate the pairs, instead of `n_jobs` threads; what trains is not sent there. Errors: ValueError for unknown columns, fewer than two
    usable ones, or fewer than ten rows.
    """
    pairs = Pairs(frame_or_table, columns, target, method, seed=seed, n_jobs=n_jobs, scheduler=scheduler, **parameters)
    for _ in pairs:
        pass
    return pairs.matrix()
