"""Is there any dependence at all? The estimate against estimates of rows whose partners were drawn anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core import discover, params
from core.analysis.estimate import estimator_class, pairs_of
from core.evaluation.trust.serial import FEWEST, effective_rows, in_series
from core.method import Array, MIEstimator
from core.params import Range
from core.sentences import Sentence

NUMBER = params.Param("permutations", int, 200, "", Range(19, 100_000))  # with fewer no p-value lies below .05


@dataclass(frozen=True)
class PermutationTest:
    """`p_value`: the share (1 + #{surrogates ≥ mi}) / (1 + N), which is at most α with probability α where x and y are
    independent. `surrogates` are the N estimates without dependence; `shifted` says that they came of shifts of a series."""

    p_value: float
    mi: float
    surrogates: tuple[float, ...]
    method: str
    shifted: bool


def permutation_test(
    x: Any, y: Any, method: str = "ksg", permutations: int = 200, *, seed: int = 0, **parameters: Any
) -> PermutationTest:
    """Whether I(X; Y) exceeds what chance gives rows without dependence: N further estimates with y in another order.

    x, y: as in `estimate_mi`. Rows of series keep their order and are shifted round their ends by random lags, since
    neighbours of a shuffled series would not resemble each other any more. Series that drift, such as random walks, come
    from no one distribution, and dependence would be found in every fifth pair of them: with fewer than 20 effective rows
    it is refused, which are 96 % of such pairs. It takes N + 1 estimates, so the method must not train.

    Errors: ValueError that names the argument and the value.
    """
    cls = estimator_class(method)
    refuse_trained(method)
    params.refuse(parameters, random_state="seed")
    make = cls(**params.check(cls, parameters), random_state=params.seed(seed, optional=True))
    x, y = pairs_of(x, y)
    number, shifted = NUMBER.check(permutations), shifts(x, y)
    mi = make.alone(x, y)
    surrogates = tuple(make.in_orders(x, y, orders(len(x), number, shifted, make.seed())))
    return PermutationTest(p_value(mi, surrogates), mi, surrogates, method, shifted)


def p_value(mi: float, surrogates: Any) -> float:
    """(1 + #{surrogates ≥ mi}) / (1 + N): the estimate counts among them, and so it is never 0."""
    surrogates = np.asarray(surrogates, dtype=float)
    return float((1 + (surrogates >= mi).sum()) / (1 + len(surrogates)))


def shifts(x: Array, y: Array) -> bool:
    """Whether rows (n, dx), (n, dy) are in series, which are shifted and not shuffled. Errors: ValueError where they are
    worth too few independent rows for either."""
    if not in_series(x, y):
        return False
    if (effective := effective_rows(x, y)) < FEWEST:
        raise ValueError(
            Sentence(
                "neighbouring rows resemble each other so much that {n:,} rows count as about {effective} independent ones, "
                "and a permutation test needs {fewest}: take differences of successive rows, or a longer series",
                n=len(x),
                effective=round(effective),
                fewest=FEWEST,
            )
        )
    return True


def orders(n: int, number: int, shifted: bool, seed: int) -> Iterator[Array]:
    """Row numbers (n,) in as many other orders: shuffled, or shifted round the ends."""
    rng = np.random.default_rng([seed, 2])
    for _ in range(number):
        yield np.roll(np.arange(n), rng.integers(1, n)) if shifted else rng.permutation(n)


def refuse_trained(method: str) -> None:
    """ValueError for an estimator that would be trained anew for each order."""
    if not estimator_class(method).closed_form:
        names = ", ".join(discover.having(MIEstimator.family, closed_form=True))
        raise ValueError(
            Sentence(
                "method={method!r} trains anew for each permutation; use one of {names}", method=method, names=names
            )
        )
