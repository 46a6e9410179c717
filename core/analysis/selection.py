"""Choosing columns for a target: what each tells of it, what it repeats of those chosen before, and how steady the choice is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
import pandas as pd

from core import params
from core.analysis.estimate import estimator_class
from core.columns import Remembered
from core.data.tables import NAMED, Table, TableError, as_numbers, table_of
from core.evaluation.trust.of_values import entropy_of
from core.method import Array
from core.sentences import Sentence
from core.units import equivalent_correlation

_PARTNERS = 3  # chosen columns that a column is joined with: nearest neighbours see little in more than about five
_COPY = 3.0  # times what either tells of the target: two columns that share so much are taken for copies
_SAME = 0.9  # equivalent |ρ|, or part of the smaller entropy, from which on columns are called near-copies
Criterion = Literal["mrmr", "jmi", "relevance"]


@dataclass(frozen=True, eq=False)
class Selection:
    """`ranking`: a row a column in the order of choice: column, relevance (its MI with the target, nats), redundancy (its
    mean MI with those chosen before), score, and share (of random halves of the rows in which it is chosen too)."""

    target: str
    criterion: str
    ranking: pd.DataFrame
    notices: tuple[str, ...] = ()


class Shared:
    """I(columns; column) in nats of numbers and names by nearest neighbours, each computed once, on the rows that have all."""

    def __init__(self, columns: Sequence[Array], named: Sequence[bool], k: int, seed: int) -> None:
        self.columns, self.named, self.k, self.seed = list(columns), list(named), k, seed
        self._known = Remembered(self.columns)
        self._found: dict[tuple[tuple[int, ...], int], float] = {}
        self.notices: tuple[str, ...] = ()

    @classmethod
    def of_table(cls, table: Table, names: Sequence[str], seed: int, k: int = 5) -> Self:
        """The columns of these names, the target last; `notices` say how they enter. Errors: TableError."""
        notices: list[str] = []
        values = [np.asarray(as_numbers(table, name, notices), dtype=float).ravel() for name in names]
        made = cls(values, [table[name].kind in NAMED for name in names], k, seed)
        made.notices = tuple(dict.fromkeys(notices))
        return made

    def of_rows(self, rows: Array) -> Shared:
        """The same columns on some of the rows."""
        return Shared([column[rows] for column in self.columns], self.named, self.k, self.seed)

    def relevance(self, i: int) -> float:
        """I(column; target) in nats."""
        return self.between((i,), len(self.columns) - 1)

    def know(self, i: int, relevance: float) -> None:
        """Take the MI of a column with the target as it was estimated elsewhere."""
        self._found[(i,), len(self.columns) - 1] = relevance

    def between(self, which: tuple[int, ...], other: int) -> float:
        """Errors: ValueError where columns that go together are part names and part numbers."""
        key = (tuple(sorted(which)), other)
        if key not in self._found:
            self._found[key] = self._estimate(key[0], other)
        return self._found[key]

    def _estimate(self, which: tuple[int, ...], other: int) -> float:
        kinds = {self.named[i] for i in which}
        if len(kinds) > 1:
            raise ValueError(
                Sentence("jmi cannot join names with numbers: leave the columns of names out, or choose mrmr")
            )
        sides = np.column_stack([self.columns[i] for i in which]), self.columns[other][:, None]
        whole = np.isfinite(np.hstack(sides)).all(axis=1)
        if not whole.all():
            sides = sides[0][whole], sides[1][whole]
        elif len(which) == 1:
            sides = self.columns[which[0]][:, None], sides[1]  # the column itself, of which much is known already
        if len(sides[0]) < 2:
            return 0.0
        names = {(True, True): "both", (True, False): "x", (False, True): "y", (False, False): "neither"}
        categories = names[kinds.pop(), self.named[other]]
        with self._known.used():
            ksg = estimator_class("ksg")(k=self.k, categories=categories, random_state=self.seed)
            return float(ksg.alone(*sides))


def choices(shared: Shared, features: Sequence[int], n: int, criterion: Criterion) -> Iterator[list[int]]:
    """The columns chosen so far after each of n choices; the last ones are the choice.

    mrmr: relevance less redundancy. jmi: the mean MI of the target with the column and one chosen before, together, which
    also sees what two columns tell only jointly. relevance: that alone. The first is always the most relevant. By mrmr, of
    two near-copies the one is kept that tells more together with the others that were chosen: alone they hardly differ.

    References: Peng, Long & Ding (2005), IEEE Trans. Pattern Analysis 27(8), 1226 (mrmr); Yang & Moody (1999), Data
    visualization and feature selection, NIPS 12 (jmi); Brown et al. (2012), JMLR 13, 27 (both, and others).
    """
    left = list(features)
    relevance = {i: shared.relevance(i) for i in left}
    chosen: list[int] = []
    while left and len(chosen) < n:
        scores = {i: _score(shared, i, chosen, relevance[i], criterion) for i in left}
        chosen.append(max(left, key=lambda i: (scores[i], relevance[i], -i)))
        left.remove(chosen[-1])
        yield list(chosen)
    if criterion == "mrmr":
        yield _without_copies(shared, chosen, left)


def described(shared: Shared, chosen: Sequence[int], criterion: Criterion) -> list[dict[str, Any]]:
    """A row a column in the order of choice: "column", "relevance", "redundancy" and "score"."""
    return [_row(shared, list(chosen[: place + 1]), criterion) for place in range(len(chosen))]


def copies_of(shared: Shared, own: int, others: Sequence[int]) -> list[int]:
    """The columns that share so much with one that they are taken for copies of it."""
    share = lambda j: _COPY * max(shared.relevance(own), shared.relevance(j), 0.1)  # noqa: E731
    return [j for j in others if j != own and shared.between((own,), j) > share(j)]


def near_copies(shared: Shared, own: int, others: Sequence[int]) -> list[int]:
    """Those among `copies_of` that people would call so too, whatever they tell of the target."""
    return [j for j in copies_of(shared, own, others) if _same(shared, own, j)]


def _same(shared: Shared, i: int, j: int) -> bool:
    mi = shared.between((i,), j)
    entropies = [h for k in (i, j) if (h := entropy_of(shared.columns[k][np.isfinite(shared.columns[k])])) is not None]
    return equivalent_correlation(mi) >= _SAME or any(mi >= _SAME * h for h in entropies)


def halves_of(n: int, seed: int, number: int) -> list[Array]:
    """The rows (n // 2,) of as many random halves, in their order."""
    rng = np.random.default_rng(seed)
    return [np.sort(rng.permutation(n)[: n // 2]) for _ in range(number)]


def ranked(shared: Shared, features: Sequence[int], n: int, criterion: Criterion) -> list[dict[str, Any]]:
    """The first n of the columns, as `choices` has them, described."""
    *_, chosen = choices(shared, features, n, criterion)
    return described(shared, chosen, criterion)


def _row(shared: Shared, chosen: list[int], criterion: Criterion) -> dict[str, Any]:
    *before, last = chosen
    relevance = shared.relevance(last)
    redundancy = float(np.mean([shared.between((last,), j) for j in before])) if before else 0.0
    score = _score(shared, last, before, relevance, criterion)
    return {"column": last, "relevance": relevance, "redundancy": redundancy, "score": score}


def _without_copies(shared: Shared, chosen: list[int], left: list[int]) -> list[int]:
    """The chosen columns, each exchanged for a near-copy that tells more of the target together with the others."""
    chosen = list(chosen)
    for place, own in enumerate(chosen):
        others = sorted((i for i in chosen if i != own), key=lambda i: -shared.relevance(i))[:_PARTNERS]
        alike = copies_of(shared, own, left)
        if not alike or len({shared.named[i] for i in (own, *others, *alike)}) > 1:
            continue
        together = {i: shared.between((i, *others), len(shared.columns) - 1) for i in (own, *alike)}
        chosen[place] = best = max(together, key=lambda i: together[i])
        if best != own:
            left[left.index(best)] = own
    return chosen


def _score(shared: Shared, i: int, chosen: list[int], relevance: float, criterion: Criterion) -> float:
    if not chosen or criterion == "relevance":
        return relevance
    if criterion == "mrmr":
        return relevance - float(np.mean([shared.between((i,), j) for j in chosen]))
    return float(np.mean([shared.between((i, j), len(shared.columns) - 1) for j in chosen]))


def select_features(
    frame_or_table: Any,
    target: str,
    columns: Sequence[str] | None = None,
    n_features: int = 10,
    criterion: Criterion = "mrmr",
    *,
    k: int = 5,
    halves: int = 0,
    seed: int = 0,
) -> Selection:
    """Columns that tell most of `target` with least repetition, in the order of choice, by nearest neighbours.

    frame_or_table, columns: as in `mi_matrix`. halves: how many random halves of the rows the choice is repeated on; a
    half and no bootstrap sample, because copies of rows look like dependence. Errors: ValueError in one sentence.
    """
    from core.analysis.matrix import Pairs

    check_arguments(criterion, n_features, k, halves)
    table = frame_or_table if isinstance(frame_or_table, Table) else table_of(frame_or_table)
    pairs = Pairs(table, columns, target)  # which columns can be used, and what is said of the others
    features = [name for name in pairs.columns if name != str(target)]
    shared, able = Shared.of_table(table, [*features, str(target)], seed, k), range(len(features))
    rows = ranked(shared, able, n_features, criterion)
    counts = np.zeros(len(features))
    for half in halves_of(len(table.frame), seed, halves):
        *_, chosen = choices(shared.of_rows(half), able, n_features, criterion)
        counts[chosen] += 1
    ranking = pd.DataFrame(rows, columns=["column", "relevance", "redundancy", "score"])
    ranking["share"] = counts[ranking["column"]] / halves if halves else np.nan
    ranking["column"] = [features[i] for i in ranking["column"]]
    return Selection(str(target), criterion, ranking, tuple(dict.fromkeys([*pairs.notices, *shared.notices])))


def check_arguments(criterion: str, n_features: int, k: int, halves: int) -> None:
    """Errors: ValueError in one sentence."""
    if criterion not in get_args(Criterion):
        known = ", ".join(get_args(Criterion))
        raise TableError(
            Sentence("criterion={criterion!r} is unknown; use one of {known}", criterion=criterion, known=known)
        )
    for name, value, low, high in (
        ("n_features", n_features, 1, 10_000),
        ("k", k, 1, 100),
        ("halves", halves, 0, 1_000),
    ):
        params.Param(name, int, low, "", params.Range(low, high)).check(value)
