"""Information among three sides and more: conditional MI, total correlation, interaction information, transfer entropy."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from core import params
from core.analysis.estimate import Estimate, estimate_mi, estimator_class
from core.arrays import column_names, rows
from core.evaluation.trust import (
    DATA_CHECKS,
    Finding,
    Names,
    Trust,
    beyond_resolution,
    few_rows,
    negative,
    possible,
    serial,
    ties,
    verdict,
    wide,
    widened,
    widening,
)
from core.information import quantities
from core.information.quantities import Quantity
from core.method import Array
from core.sentences import Sentence

_LONGEST = 100_000  # rows of lag or history


def conditional_mi(x: Any, y: Any, z: Any, method: str = "ksg", *, seed: int = 0, **parameters: Any) -> Estimate:
    """I(X; Y | Z), in nats: what x and y say of each other beyond what z says of both. `mi` of the result holds it.

    x, y, z: (n,) or (n, d) numbers, as in `estimate_mi`. "ksg" is the estimator of Frenzel and Pompe on normal scores
    (parameters k, margins), "gaussian" −½ Σ ln(1 − ρ_i²) of the partial canonical correlations, without bias; any other
    method gives I(x; y, z) − I(x; z), two estimates whose errors add up. Neighbours, and normal scores, fall short where
    x and y are sharper given z than the rows can tell; `margins="standardise"` keeps what ranks blur. Errors: ValueError
    that names the argument.

        conditional_mi(x, z, y).mi                       # about 0 in the chain x → y → z
    """
    return _estimate(quantities.CONDITIONAL, {"x": x, "y": y, "z": z}, method, seed, parameters)


def interaction_information(
    x: Any, y: Any, z: Any, method: str = "ksg", *, seed: int = 0, **parameters: Any
) -> Estimate:
    """I(X; Y | Z) − I(X; Y), in nats: above 0 where two say more together than apart, below where they repeat each other.

    It is the same in whichever order the three stand. Arguments, methods and errors as in `conditional_mi`.
    """
    return _estimate(quantities.INTERACTION, {"x": x, "y": y, "z": z}, method, seed, parameters)


def total_correlation(*columns: Any, method: str = "ksg", seed: int = 0, **parameters: Any) -> Estimate:
    """Σ H(X_i) − H(X_1, …, X_m), in nats: how far the columns are from being independent; of two it is their MI.

    Two sides or more, each (n,) or (n, d). Methods as in `conditional_mi`; those beside "ksg" and "gaussian" add up
    I(x_i; x_1 … x_{i−1}).
    """
    if len(columns) < 2:
        raise ValueError(
            Sentence(
                "total_correlation needs at least 2 columns, each an argument of its own; it has {n}", n=len(columns)
            )
        )
    named = {f"X{i}": column for i, column in enumerate(columns, 1)}
    return _estimate(quantities.total(len(columns)), named, method, seed, parameters)


def transfer_entropy(
    source: Any, target: Any, lag: int = 1, history: int = 1, method: str = "ksg", *, seed: int = 0, **parameters: Any
) -> Estimate:
    """I(target_t; source_{t−lag} | target_{t−1} … target_{t−history}), in nats: what the source, `lag` rows earlier, says
    of the target beyond what the target's own last `history` rows say.

    source, target: series of equal length, (n,) or (n, d), a row a moment. Methods as in `conditional_mi`. It is a figure
    of prediction: a common cause that acts earlier on the source shows as well.
    """
    lag, history = (
        params.Param(name, int, 1, "", params.Range(1, _LONGEST)).check(value)
        for name, value in (("lag", lag), ("history", history))
    )
    sides = _sides({"source": source, "target": target})
    n, begin = len(sides["source"]), max(lag, history)
    if n < begin + 2:
        raise ValueError(
            Sentence(
                "source and target have {n} rows: lag={lag} and history={history} need at least {fewest}",
                n=n,
                lag=lag,
                history=history,
                fewest=begin + 2,
            )
        )
    named = dict(zip(("target", "source", "its past"), moments(**sides, lag=lag, history=history), strict=True))
    return _estimate(quantities.TRANSFER, named, method, seed, parameters)


def moments(source: Array, target: Array, lag: int, history: int) -> tuple[Array, Array, Array]:
    """Of series (n, d): the target, the source `lag` rows earlier, and the target's last `history` rows, row by row."""
    n, begin = len(target), max(lag, history)
    past = np.hstack([target[begin - j : n - j] for j in range(1, history + 1)])
    return target[begin:], source[begin - lag : n - lag], past


def _estimate(
    quantity: Quantity, sides: dict[str, Any], method: str, seed: int, parameters: dict[str, Any]
) -> Estimate:
    interval: tuple[float, float] | None
    cls, began = estimator_class(method), time.perf_counter()
    params.refuse(parameters, random_state="seed")
    names = {name: column_names(side) for name, side in sides.items()}
    arrays = _sides(sides)
    if hasattr(cls, "of_several"):
        estimator = cls(**params.check(cls, parameters), random_state=params.seed(seed, optional=True))
        estimator.check_parameters()
        found = estimator.of_several(list(arrays.values()), quantity)
        value = found.mi
        interval, trust = _judged(quantity, arrays, names, found, method)
    else:
        value, interval, trust = _by_chain(quantity, list(arrays.values()), method, seed, parameters)
    said: dict[str, Any] = {
        "mi": value,
        "interval": None if interval is None else list(interval),
        "rows": len(next(iter(arrays.values()))),
    }
    said |= {"trust": trust.level, "reasons": list(trust.reasons)}
    return Estimate(value, interval, trust, method, time.perf_counter() - began, said=said)


def _sides(sides: dict[str, Any]) -> dict[str, Array]:
    """Each as (n, d) float64. Errors: ValueError for what is not numbers, and for different numbers of rows."""
    arrays = {name: rows(side, name) for name, side in sides.items()}
    (first, n), *others = ((name, len(array)) for name, array in arrays.items())
    for name, m in others:
        if m != n:
            raise ValueError(
                Sentence(
                    "{first} has {n:,} rows and {name} has {m:,}: row i of one and row i of the other must belong together",
                    first=first,
                    n=n,
                    name=name,
                    m=m,
                )
            )
    if n < 2:
        raise ValueError(Sentence("{first} has {n:,} rows: an estimate needs at least 2", first=first, n=n))
    return arrays


def _judged(
    quantity: Quantity, sides: dict[str, Array], names: dict[str, tuple[str, ...]], found: Any, method: str
) -> tuple[tuple[float, float], Trust]:
    """The interval, widened where rows are in series, and the verdict: what each pair of sides gives reason to doubt."""
    blocks, called = list(sides.values()), [_called(name, side, names[name]) for name, side in sides.items()]
    left_out = {few_rows, *([ties] if method == "ksg" else []), *([serial] if quantity.in_time else [])}
    reasons: list[Finding | None] = [few_rows(blocks[0], np.hstack(blocks[1:]))]
    factor = 1.0
    for i in range(1, 2 if quantity.has_condition else len(blocks)):
        x, y = np.hstack(blocks[:i]), blocks[i]
        between = Names(sum(called[:i], ()), called[i])
        reasons += [check(x, y, between) for check in DATA_CHECKS if check not in left_out]
        factor = max(factor, 1.0 if quantity.in_time else widening(x, y))
    interval = widened(found.mi, found.interval, factor)
    interval = interval if quantity.signed else possible(found.mi, interval)
    reasons += [beyond_resolution(abs(found.mi), len(blocks[0])), wide(found.mi, interval)]
    reasons += [] if quantity.signed else [negative(found.mi)]
    return interval, verdict([*reasons, *found.diagnostics])


def _called(name: str, side: Array, columns: tuple[str, ...]) -> tuple[str, ...]:
    if len(columns) == side.shape[1]:
        return columns
    return (name,) if side.shape[1] == 1 else tuple(f"{name}[{i}]" for i in range(side.shape[1]))


def _by_chain(
    quantity: Quantity, sides: list[Array], method: str, seed: int, parameters: dict[str, Any]
) -> tuple[float, tuple[float, float] | None, Trust]:
    """By the chain rule from estimates of MI with the same method and seed; errors of independent estimates add in squares."""
    of = lambda a, b: estimate_mi(a, b, method, seed=seed, **parameters)  # noqa: E731
    joined = lambda subset: np.hstack([sides[i] for i in subset])  # noqa: E731
    found = [(sign, of(joined(a), joined(b))) for sign, a, b in quantity.informations]
    value = sum(sign * each.mi for sign, each in found)
    reasons = [Finding(each.trust.level, reason) for _, each in found for reason in each.trust.reasons]  # type: ignore[arg-type]
    half = [0.0]
    for _, each in found:
        if each.interval is None:
            return value, None, verdict(reasons)
        half.append(max(each.interval[1] - each.mi, each.mi - each.interval[0]))
    interval = (value - math.hypot(*half), value + math.hypot(*half))
    extra = [wide(value, interval), None if quantity.signed else negative(value)]
    return value, interval, verdict([*reasons, *extra])
