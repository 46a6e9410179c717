"""The front door: mutual information of two arrays, with an interval and a verdict on how far to believe it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core import discover, params
from core.analysis.named_side import codes_of
from core.arrays import column_names, rows
from core.evaluation.trust import Names, Trust
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

    x, y: (n,) or (n, d) arrays, lists, tables or columns of numbers; they may differ in width. One column of text, of
    pandas' categories or of booleans is a side of names, whose order means nothing; integers are always numbers, so make
    codes of names text or a pd.Categorical. `method` names an estimator, `parameters` are its own, `seed` makes the run
    repeatable. The default needs no choice: it compares several and takes up to half a minute, or what `budget` says
    ("1s", "10s", "1min", "10min"); where a side is names it is KSG, which is told so, and at once.
    `permutations`, at least 19, asks for a p-value beside it: as `core.analysis.permutations`, by this method, or by KSG on
    at most 2,000 of the rows where it trains or compares.
    `progress` is called with the step and the total after each step.

    Errors: ValueError that names the argument, the row and the value. Rows with missing values are refused, not
    dropped.

        estimate = estimate_mi(x, y)
        estimate.mi, estimate.interval, estimate.trust.level
    """
    estimator = _estimator(method, seed, device, parameters)
    source = _source(x, y)
    if source.x_codes or source.y_codes:
        method, parameters = _of_names(method, parameters, source)
        estimator = _estimator(method, seed, device, parameters)
    began = time.perf_counter()
    estimator.run(source, progress)
    interval = getattr(estimator, "interval_", None)
    return Estimate(
        mi=float(estimator.mi_),
        interval=None if interval is None else (float(interval[0]), float(interval[1])),
        trust=estimator.trust_,
        method=method,
        seconds=time.perf_counter() - began,
        history=tuple(estimator.history_),
        said=estimator.result(),
        p_value=_p_value(source, method, permutations, seed, parameters) if permutations else None,
    )


def _source(x: Any, y: Any) -> Source:
    """Both sides, and which of them are codes of names. Errors: ValueError."""
    x_codes, y_codes = codes_of(x, "x"), codes_of(y, "y")
    return Source(
        *pairs_of(x if x_codes is None else x_codes, y if y_codes is None else y_codes),
        x_names=column_names(x),
        y_names=column_names(y),
        x_codes=() if x_codes is None else (0,),
        y_codes=() if y_codes is None else (0,),
    )


def _of_names(method: str, parameters: dict[str, Any], source: Source) -> tuple[str, dict[str, Any]]:
    """What estimates a side of names, and is told so: `auto` compares forms of numbers. Errors: ValueError."""
    x, y, names = source.x, source.y, Names.of(source)
    assert y is not None
    if method == "auto":
        method, parameters = "ksg", {}
    if method == "ksg":
        return method, {"categories": names.categories(x.shape[1], y.shape[1])} | parameters
    most = estimator_class(method).names
    for side, values in (("x", x), ("y", y)):
        if names.codes(side) and (n := len(np.unique(values))) > most:
            template = "{side} holds {n} names, and {method} takes {most} at most: choose auto or ksg"
            raise ValueError(Sentence(template, side=side, n=n, method=method, most=most))
    return method, parameters


def _p_value(source: Source, method: str, permutations: int, seed: int, parameters: dict[str, Any]) -> float:
    """By the method itself, or by nearest neighbours where it would be trained anew for each permutation."""
    from core.analysis.permutations import permutation_test

    x, y = source.x, source.y
    assert y is not None
    if not estimator_class(method).closed_form:
        method, parameters = _of_names("ksg", {}, source)
        begin = max(0, (len(x) - _TESTED) // 2)  # in a stretch: rows may be a series
        x, y = x[begin : begin + _TESTED], y[begin : begin + _TESTED]
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
