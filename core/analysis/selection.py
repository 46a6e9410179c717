"""Choosing columns for a target: what each tells of it, what it repeats of those chosen before, and how steady the choice is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin

from core import params
from core.analysis.estimate import estimator_class
from core.columns import Remembered
from core.data.tables import Table, TableError, as_numbers, table_of
from core.method import Array
from core.method.validation import validate_data
from core.sentences import Sentence

_PARTNERS = 3  # chosen columns that a column is joined with: nearest neighbours see little in more than about five
_COPY = 3.0  # times what either tells of the target: two columns that share so much are taken for copies
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


def ranked(shared: Shared, features: Sequence[int], n: int, criterion: Criterion) -> list[dict[str, float]]:
    """The first n of the columns, one after the other, each with "column", "relevance", "redundancy" and "score".

    mrmr: relevance less redundancy. jmi: the mean MI of the target with the column and one chosen before, together, which
    also sees what two columns tell only jointly. relevance: that alone. The first is always the most relevant. By mrmr, of
    two near-copies the one is kept that tells more together with the others that were chosen: alone they hardly differ.

    References: Peng, Long & Ding (2005), IEEE Trans. Pattern Analysis 27(8), 1226 (mrmr); Yang & Moody (1999), Data
    visualization and feature selection, NIPS 12 (jmi); Brown et al. (2012), JMLR 13, 27 (both, and others).
    """
    target, left = len(shared.columns) - 1, list(features)
    relevance = {i: shared.between((i,), target) for i in left}
    chosen: list[int] = []
    while left and len(chosen) < n:
        scores = {i: _score(shared, i, chosen, relevance[i], criterion) for i in left}
        chosen.append(max(left, key=lambda i: (scores[i], relevance[i], -i)))
        left.remove(chosen[-1])
    if criterion == "mrmr":
        chosen = _without_copies(shared, chosen, left, relevance)
    return [_row(shared, chosen[: place + 1], relevance[i], criterion) for place, i in enumerate(chosen)]


def _row(shared: Shared, chosen: list[int], relevance: float, criterion: Criterion) -> dict[str, float]:
    *before, last = chosen
    redundancy = float(np.mean([shared.between((last,), j) for j in before])) if before else 0.0
    score = _score(shared, last, before, relevance, criterion)
    return {"column": last, "relevance": relevance, "redundancy": redundancy, "score": score}


def _without_copies(shared: Shared, chosen: list[int], left: list[int], relevance: dict[int, float]) -> list[int]:
    """The chosen columns, each exchanged for a near-copy that tells more of the target together with the others."""
    chosen = list(chosen)
    for place, own in enumerate(chosen):
        others = sorted((i for i in chosen if i != own), key=lambda i: -relevance[i])[:_PARTNERS]
        alike = [j for j in left if shared.between((own,), j) > _COPY * max(relevance[own], relevance[j], 0.1)]
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

    _check(criterion, n_features, k, halves)
    table = frame_or_table if isinstance(frame_or_table, Table) else table_of(frame_or_table)
    pairs = Pairs(table, columns, target)  # which columns can be used, and what is said of the others
    features = [name for name in pairs.columns if name != str(target)]
    notices, order = list(pairs.notices), [*features, str(target)]
    values = [np.asarray(as_numbers(table, name, notices), dtype=float).ravel() for name in order]
    named = [table[name].kind in ("categorical", "boolean") for name in order]
    rows = ranked(Shared(values, named, k, seed), range(len(features)), n_features, criterion)
    counts = np.zeros(len(features))
    rng = np.random.default_rng(seed)
    for _ in range(halves):
        half = np.sort(rng.permutation(len(table.frame))[: len(table.frame) // 2])
        again = ranked(Shared([v[half] for v in values], named, k, seed), range(len(features)), n_features, criterion)
        counts[[int(row["column"]) for row in again]] += 1
    ranking = pd.DataFrame(rows, columns=["column", "relevance", "redundancy", "score"])
    ranking["share"] = counts[ranking["column"]] / halves if halves else np.nan
    ranking["column"] = [features[i] for i in ranking["column"]]
    return Selection(str(target), criterion, ranking, tuple(dict.fromkeys(notices)))


class FeatureSelector(SelectorMixin, BaseEstimator):
    """scikit-learn's selector by mutual information with y: keeps `n_features` columns of X, all where there are fewer.

    `ranking_` holds the columns kept, in the order of choice; `relevance_` the MI of each of these with y, `redundancy_`
    their mean MI with those chosen before, in nats. y of text, and of few values, counts as names or values do.
    """

    def __init__(self, n_features: int = 10, criterion: Criterion = "mrmr", k: int = 5, random_state: int | None = 0):
        self.n_features, self.criterion, self.k, self.random_state = n_features, criterion, k, random_state

    def fit(self, X: Any, y: Any) -> Self:
        """X: (n, d) numbers; y: (n,) numbers or names. Errors: ValueError."""
        _check(self.criterion, self.n_features, self.k, 0)
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        y = np.asarray(y)
        names = y.dtype.kind not in "biuf"
        y = np.unique(y, return_inverse=True)[1] if names else y
        columns = [np.ascontiguousarray(column) for column in X.T] + [np.asarray(y, dtype=float).ravel()]
        named = [False] * X.shape[1] + [names]
        seed = params.seed(self.random_state, optional=True) or 0
        found = ranked(Shared(columns, named, self.k, seed), range(X.shape[1]), self.n_features, self.criterion)
        self.ranking_ = np.array([row["column"] for row in found], dtype=int)
        self.relevance_, self.redundancy_ = (
            np.array([row[name] for row in found]) for name in ("relevance", "redundancy")
        )
        return self

    def _get_support_mask(self) -> Array:
        mask = np.zeros(self.n_features_in_, dtype=bool)
        mask[self.ranking_] = True
        return mask

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _check(criterion: str, n_features: int, k: int, halves: int) -> None:
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
