"""The front door: mutual information of two arrays, with an interval and a verdict on how far to believe it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core import discover, params
from core.arrays import column_names, rows
from core.evaluation.trust import Trust
from core.method import Array, MIEstimator, Source, Step
from core.sentences import Sentence, nearest

_TESTED = 2_000  # rows of a permutation test in place of a method that trains


@dataclass(frozen=True)
class Estimate:
    """I(X; Y) = `mi` nats, its 95 % `interval` (None where a method has none), and how far to believe it.

    `p_value` is of independence, where permutations were asked for. `said` is all that the method has to say of it; of
    `auto` also "route", "why", and "routes": what each of them found.
    """

    mi: float
    interval: tuple[float, float] | None
    trust: Trust
    method: str
    seconds: float
    history: tuple[Step, ...] = field(repr=False, default=())
    said: dict[str, Any] = field(repr=False, default_factory=dict)
    p_value: float | None = None


def estimate_mi(
    x: Any,
    y: Any,
    method: str = "auto",
    *,
    seed: int = 0,
    device: str = "auto",
    permutations: int = 0,
    progress: Callable[[int, int], None] | None = None,
    **parameters: Any,
) -> Estimate:
    """Estimate I(X; Y) = E[log p(x, y) / p(x)p(y)] in nats from n pairs of rows.

    x, y: (n,) or (n, d) arrays, lists, tables or columns of numbers (booleans count as 0 and 1); they may differ in
    width. `method` names an estimator, `parameters` are its own, `seed` makes the run repeatable. The default needs no
    choice: it compares several and takes up to half a minute, or what `budget` says ("1s", "10s", "1min", "10min").
    `permutations`, at least 19, asks for a p-value beside it: as `core.analysis.permutations`, by this method, or by KSG on
    at most 2,000 of the rows where it trains or compares.
    `progress` is called with the step and the total after each step.

    Errors: ValueError that names the argument, the row and the value. Rows with missing values are refused, not
    dropped.

        estimate = estimate_mi(x, y)
        estimate.mi, estimate.interval, estimate.trust.level
    """
    estimator = _estimator(method, seed, device, parameters)
    x_names, y_names = column_names(x), column_names(y)
    x, y = pairs_of(x, y)
    began = time.perf_counter()
    estimator.run(Source(x, y, x_names=x_names, y_names=y_names), progress)
    interval = getattr(estimator, "interval_", None)
    return Estimate(
        mi=float(estimator.mi_),
        interval=None if interval is None else (float(interval[0]), float(interval[1])),
        trust=estimator.trust_,
        method=method,
        seconds=time.perf_counter() - began,
        history=tuple(estimator.history_),
        said=estimator.result(),
        p_value=_p_value(x, y, method, permutations, seed, parameters) if permutations else None,
    )


def _p_value(x: Array, y: Array, method: str, permutations: int, seed: int, parameters: dict[str, Any]) -> float:
    """By the method itself, or by nearest neighbours where it would be trained anew for each permutation."""
    from core.analysis.permutations import permutation_test

    if not estimator_class(method).closed_form:
        begin = max(0, (len(x) - _TESTED) // 2)  # in a stretch: rows may be a series
        x, y, method, parameters = x[begin : begin + _TESTED], y[begin : begin + _TESTED], "ksg", {}
    return permutation_test(x, y, method, permutations, seed=seed, **parameters).p_value


def pairs_of(x: Any, y: Any) -> tuple[Array, Array]:
    """Both sides as rows (n, d) that belong together. Errors: ValueError."""
    x, y = rows(x, "x"), rows(y, "y")
    if len(x) != len(y):
        raise ValueError(
            Sentence(
                "x has {n_x:,} rows and y has {n_y:,}: row i of x and row i of y must belong together",
                n_x=len(x),
                n_y=len(y),
            )
        )
    if len(x) < 2:
        raise ValueError(
            Sentence(
                "x and y have {n} row: an estimate needs at least 2",
                many="x and y have {n} rows: an estimate needs at least 2",
                n=len(x),
            )
        )
    return x, y


def _estimator(method: str, seed: int, device: str, parameters: dict[str, Any]) -> MIEstimator:
    cls = estimator_class(method)
    params.refuse(parameters, random_state="seed")
    return cls(**params.check(cls, parameters | {"device": device}), random_state=params.seed(seed, optional=True))


def estimator_class(method: str) -> type[MIEstimator]:
    """The estimator of that name. Errors: ValueError that lists the names."""
    known = discover.names("estimators")
    if not isinstance(method, str) or method not in known:
        asked = method.lower() if isinstance(method, str) else method
        hint = nearest(asked, known, Sentence("there are {names}", names=", ".join(known)))
        raise ValueError(Sentence("method={method!r:.80} is unknown: {hint}", method=method, hint=hint))
    return discover.load("estimators", method)
