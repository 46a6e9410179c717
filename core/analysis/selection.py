"""Choosing columns for a target: what each tells of it, what it repeats of those chosen before, and how steady the choice is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from core import params
from core.analysis.shared import Shared
from core.data.tables import Table, TableError, table_of
from core.evaluation.trust.of_values import entropy_of
from core.method import Array
from core.sentences import Sentence
from core.units import equivalent_correlation

_MOST = 10  # columns that are chosen where no number is asked for
_PARTNERS = 3  # chosen columns that a column is joined with: nearest neighbours see little in more than about five
_COPY = 3.0  # times what either tells of the target: two columns that share so much are taken for copies
_SAME = 0.9  # equivalent |ρ|, or part of the larger entropy, from which on columns are called near-copies
Criterion = Literal["mrmr", "jmi", "relevance"]


@dataclass(frozen=True, eq=False)
class Selection:
    """`ranking`: a row a column in the order of choice: column, relevance (its MI with the target, nats), redundancy (its
    mean MI with those chosen before), score, and share (of random halves of the rows in which it is chosen too)."""

    target: str
    criterion: str
    ranking: pd.DataFrame
    notices: tuple[str, ...] = ()


def choices(
    shared: Shared, features: Sequence[int], n: int, criterion: Criterion, until_repeated: bool = False
) -> Iterator[list[int]]:
    """The columns chosen so far after each of n choices; the last ones are the choice.

    until_repeated: by mrmr, stop where no score is above 0: what is left repeats more than it tells.

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
        best = max(left, key=lambda i: (scores[i], relevance[i], -i))
        if until_repeated and criterion == "mrmr" and chosen and scores[best] <= 0:
            break
        chosen.append(best)
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
    """Each tells nearly all of the other: of names and few values the larger entropy, of numbers all but a little noise.

    What has few values is no copy of what has many, though a function of it."""
    mi = shared.between((i,), j)
    columns = ((shared.columns[k], shared.named[k]) for k in (i, j))
    one, other = (entropy_of(column[np.isfinite(column)], named) for column, named in columns)
    if one is not None and other is not None:
        return mi >= _SAME * max(one, other)
    return one is other and equivalent_correlation(mi) >= _SAME


def halves_of(n: int, seed: int, number: int) -> list[Array]:
    """The rows (n // 2,) of as many random halves, in their order."""
    rng = np.random.default_rng(seed)
    return [np.sort(rng.permutation(n)[: n // 2]) for _ in range(number)]


def stopped_early(chosen: int, able: int, n: int, target: str) -> list[str]:
    """A notice where fewer of the able columns were chosen than n."""
    if chosen >= min(able, n):
        return []
    template = (
        "The choice stops after {n} column: each of the others repeats more of those chosen than it tells of {target}."
    )
    many = (
        "The choice stops after {n} columns: each of the others repeats more of those chosen than it tells of {target}."
    )
    return [Sentence(template, many=many, n=chosen, target=target)]


def ranked(
    shared: Shared, features: Sequence[int], n: int, criterion: Criterion, until_repeated: bool = False
) -> list[dict[str, Any]]:
    """The first n of the columns, as `choices` has them, described."""
    *_, chosen = choices(shared, features, n, criterion, until_repeated)
    return described(shared, chosen, criterion)


def _row(shared: Shared, chosen: list[int], criterion: Criterion) -> dict[str, Any]:
    *before, last = chosen
    relevance = shared.relevance(last)
    score = _score(shared, last, before, relevance, criterion)
    return {"column": last, "relevance": relevance, "redundancy": _redundancy(shared, last, before), "score": score}


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
        return max(relevance, 0.0)
    if criterion == "mrmr":
        return max(relevance, 0.0) - _redundancy(shared, i, chosen)
    return _mean([shared.between((i, j), len(shared.columns) - 1) for j in chosen])


def _redundancy(shared: Shared, i: int, chosen: list[int]) -> float:
    return _mean([shared.between((i,), j) for j in chosen])


def _mean(found: list[float]) -> float:
    """Of MIs; what lies below 0 is chance, and neither merit nor fault of a column."""
    return float(np.maximum(found, 0.0).mean()) if found else 0.0


def select_features(
    frame_or_table: Any,
    target: str,
    columns: Sequence[str] | None = None,
    n_features: int | None = None,
    criterion: Criterion = "mrmr",
    *,
    k: int = 5,
    halves: int = 0,
    seed: int = 0,
) -> Selection:
    """Columns that tell most of `target` with least repetition, in the order of choice, by nearest neighbours.

    frame_or_table, columns: as in `mi_matrix`. n_features: how many; left out, at most 10, and by mrmr none any more once
    each of those left repeats more than it tells (a score of 0 or below), which `notices` says. halves: how many
    random halves of the rows the choice is repeated on; a half and no bootstrap sample, because copies of rows look like
    dependence. Errors: ValueError in one sentence.
    """
    from core.analysis.matrix import Pairs

    most = _MOST if n_features is None else n_features
    check_arguments(criterion, most, k, halves)
    table = frame_or_table if isinstance(frame_or_table, Table) else table_of(frame_or_table)
    pairs = Pairs(table, columns, target)  # which columns can be used, and what is said of the others
    features = [name for name in pairs.columns if name != str(target)]
    shared, able = Shared.of_table(table, [*features, str(target)], seed, k), range(len(features))
    rows = ranked(shared, able, most, criterion, n_features is None)
    counts = np.zeros(len(features))
    for half in halves_of(len(table.frame), seed, halves):
        *_, chosen = choices(shared.of_rows(half), able, len(rows), criterion)
        counts[chosen] += 1
    ranking = pd.DataFrame(rows, columns=["column", "relevance", "redundancy", "score"])
    ranking["share"] = counts[ranking["column"]] / halves if halves else np.nan
    ranking["column"] = [features[i] for i in ranking["column"]]
    early = stopped_early(len(rows), len(features), most, str(target))
    return Selection(str(target), criterion, ranking, tuple(dict.fromkeys([*pairs.notices, *shared.notices, *early])))


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
