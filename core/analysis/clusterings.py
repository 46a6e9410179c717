"""Two columns of labels as two clusterings of the same rows: how often they go together, and how far they say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.stats import random_table

from core.data.tables import Table, TableError, table_of
from core.evaluation.agreement import agreement, ari, nmi, vi
from core.evaluation.assignment import match
from core.method import Array
from core.sentences import Sentence

_MOST = 1_000  # groups of a column, beyond which it holds no labels


@dataclass(frozen=True, eq=False)
class Comparison:
    """Of the rows (`n`) that have both labels.

    `counts`: how many have a label of the first (rows) and of the second (columns). `matched`: the same with the second's
    labels in the order of those of the first with which the Hungarian method pairs them, and those of the first that are
    paired with none last, so that agreement is the diagonal; `accuracy` is the share on it. `nmi`, `ami`, `ari`: 1 where
    the clusterings are the same; `vi` nats, 0 there.
    """

    n: int
    counts: pd.DataFrame
    matched: pd.DataFrame
    accuracy: float
    nmi: float
    ami: float
    ari: float
    vi: float


def compare_clusterings(frame_or_table: Any, first: str, second: str) -> Comparison:
    """Two columns of a table, names or whole numbers, compared as clusterings.

    Errors: TableError for a column that is not there, has one label only or more than 1,000, or has no row in common with
    the other.
    """
    table = frame_or_table if isinstance(frame_or_table, Table) else table_of(frame_or_table)
    for name in (first, second):
        if name not in table.frame.columns:
            raise TableError(Sentence("there is no column {name!r}{hint}", name=str(name)[:80], hint=""))
    columns = [table.frame[name] for name in (first, second)]
    both = columns[0].notna() & columns[1].notna()
    if not both.any():
        raise TableError(Sentence("{first} and {second} have no row in common", first=first, second=second))
    (a, labels), (b, names) = (
        _labels(column[both], name) for column, name in zip(columns, (first, second), strict=True)
    )
    for name, known in ((first, labels), (second, names)):
        if len(known) < 2:
            said = "in the {n:,} rows that have both labels {name} has only the label {label!r}: there is nothing to compare"
            raise TableError(Sentence(said, n=len(a), name=name, label=known[0][:60]))
    found = match(a, b)
    counts = pd.DataFrame(found.counts, index=labels, columns=names)
    paired_first = np.argsort(~np.isin(np.arange(len(labels)), found.mapping), kind="stable")
    matched = counts.iloc[paired_first, found.order]
    return Comparison(len(a), counts, matched, found.accuracy, **agreement(a, b))


def chance(found: Comparison, copies: Iterable[int], seed: int) -> Iterator[dict[str, float]]:
    """ "accuracy", "nmi", "ari" and "vi" of labels that are shuffled: as many of each as there are. copies: their numbers."""
    counts = found.counts.to_numpy()
    law = random_table(counts.sum(1), counts.sum(0))
    for copy in copies:
        drawn = law.rvs(random_state=np.random.default_rng([seed, copy])).astype(np.int64)
        matched = drawn[linear_sum_assignment(drawn, maximize=True)].sum()
        yield {"accuracy": float(matched / found.n), "nmi": nmi(drawn), "ari": ari(drawn), "vi": vi(drawn)}


def _labels(column: pd.Series, name: str) -> tuple[Array, list[str]]:
    """The number of each row's label (n,), and the labels as text in their order: whole numbers without a decimal point, by
    their size. Errors: TableError for too many."""
    if (groups := column.nunique()) > _MOST:
        said = "column {name} has {groups:,} different values, too many for labels: at most {most:,} are compared"
        raise TableError(Sentence(said, name=name, groups=groups, most=_MOST))
    whole = pd.api.types.is_float_dtype(column) and (column % 1 == 0).all()
    values = column.astype("int64") if whole else column
    number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    codes, known = pd.factorize(values if number else values.astype(str), sort=True)
    return codes, [str(label) for label in known]
