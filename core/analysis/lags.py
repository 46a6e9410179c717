"""Two series along time: what one tells of the other so many steps later, and whether their phases go together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.signal import hilbert

from core import params
from core.analysis.estimate import estimator_class
from core.analysis.several import moments
from core.analysis.significance import LEVEL, Null
from core.arrays import rows
from core.information import quantities
from core.method import Array
from core.sentences import Sentence

FEWEST = 50  # rows that two series have in common at a lag
_LONGEST = 100_000
_BAND = 10  # moved series from which on there is a band
Figure = Callable[[Array, Array, int], float]  # of series (n,) x and y, at a lag


@dataclass(frozen=True, eq=False)
class Lags:
    """`curve`: a row a lag, with lag, mi (nats) and p. `noise`: what 95 % of such series stay below that never met."""

    curve: pd.DataFrame
    noise: float


@dataclass(frozen=True)
class PhaseSynchrony:
    """Of n φ_x − m φ_y: `index` from 0 to 1 (the length of its mean direction), with `noise`, which 95 % of series stay
    below that never met, and p; `mi` of the two phases in nats, with `mi_noise` and `mi_p`."""

    index: float
    noise: float
    p: float
    mi: float
    mi_noise: float
    mi_p: float


def mi_by_lag(
    x: Any, y: Any = None, lags: Iterable[int] = range(11), *, k: int = 5, moves: int = 50, seed: int = 0
) -> Lags:
    """I(x at t − lag; y at t) in nats by nearest neighbours: what x tells of y so many steps later; negative lags ask what
    y tells of x. Without y, of x itself: auto-information.

    x, y: (n,) numbers in the order of time, equally spaced. The noise level and p come from x moved along y by `moves`
    steps spread over its length, its end joined to its beginning: so both keep their own course. Errors: ValueError.
    """
    x, y = _series(x, x if y is None else y)
    return _by_lag(shared_by(k, seed), x, y, _checked(lags, len(x), -_LONGEST), moves, seed)


def transfer_entropy_by_lag(
    source: Any,
    target: Any,
    lags: Iterable[int] = range(1, 11),
    history: int = 1,
    *,
    k: int = 5,
    moves: int = 50,
    seed: int = 0,
) -> Lags:
    """I(target_t; source_{t−lag} | target_{t−1} … target_{t−history}) in nats by nearest neighbours: what the source says of
    the target so many steps later beyond what the target's own past says; each as `core.transfer_entropy` gives it.

    source, target: (n,) numbers in the order of time, equally spaced. The noise level and p come from the source moved along
    the target, as in `mi_by_lag`. Errors: ValueError.
    """
    x, y = _series(source, target)
    figure = transferred_by(_number("history", history, 1, 100), k, seed)
    return _by_lag(figure, x, y, _checked(lags, len(x) - history, 1), moves, seed)


def shared_by(k: int, seed: int) -> Figure:
    """I(x at t − lag; y at t) as a function of two series and the lag; only moments that both have count."""
    ksg = estimator_class("ksg")(k=_number("k", k, 1, 100), random_state=seed)
    return lambda x, y, lag: ksg.alone(*_whole(*_shifted(x, y, lag)))


def transferred_by(history: int, k: int, seed: int) -> Figure:
    """The transfer entropy from x to y, likewise; lags from 1 on."""
    ksg = estimator_class("ksg")(k=_number("k", k, 1, 100), random_state=seed)

    def figure(x: Array, y: Array, lag: int) -> float:
        sides = moments(x[:, None], y[:, None], lag, history)
        return float(ksg.several_alone(_whole(*sides), quantities.TRANSFER))

    return figure


def moves_along(n: int, moves: int, seed: int) -> list[int]:
    """By how many steps a series of n rows is moved, its end joined to its beginning, to be one that never met the other:
    spread over its whole length, but so that a common period is not met."""
    moves = _number("moves", moves, 10, 1_000)
    steps = n * np.arange(1, moves + 1) / (moves + 1)
    apart = np.random.default_rng(seed).uniform(-0.4, 0.4, moves) * n / (moves + 1)
    return [int(step) for step in steps + apart]


def band_of(moved: Any) -> tuple[float, float] | None:
    """Where nine tenths of series lie that never met, from the figures of moved ones; None of fewer than ten."""
    law = Null.of(np.asarray(moved, dtype=float)) if len(moved) >= _BAND else None
    return (law.quantile(LEVEL), law.quantile(1 - LEVEL)) if law else None


def p_values(values: Any, moved: Any) -> list[float]:
    """How often series that never met show so much, from the figures of moved ones."""
    law = Null.of(np.asarray(moved, dtype=float))
    return [law.p(float(value)) for value in values]


def phase_synchrony(
    x: Any, y: Any, n: int = 1, m: int = 1, *, k: int = 5, moves: int = 50, seed: int = 0
) -> PhaseSynchrony:
    """Whether n cycles of x go with m of y: the phases of the analytic signals (Hilbert), their index |⟨exp i(n φ_x − m φ_y)⟩|
    and their mutual information, each beside that of series moved along each other.

    x, y: (n,) numbers in the order of time, equally spaced, each of one band of frequencies: of anything broader a phase
    means little. Errors: ValueError.

    References: Rosenblum, Pikovsky & Kurths (1996), Phys. Rev. Lett. 76, 1804; Mormann et al. (2000), Physica D 144, 358;
    Palus (1997), Phys. Lett. A 235, 341 (information of phases).
    """
    x, y = _series(x, y)
    n, m = _number("n", n, 1, 20), _number("m", m, 1, 20)
    a, b = n * _phase(x), m * _phase(y)
    ksg = estimator_class("ksg")(k=_number("k", k, 1, 100), margins="raw", random_state=seed)
    index = lambda turned: float(np.abs(np.exp(1j * (a - turned)).mean()))  # noqa: E731
    mi = lambda turned: ksg.alone(_circle(a), _circle(turned))  # noqa: E731
    (one, law), (other, mi_law) = ((of(b), _law(of, b, moves, seed)) for of in (index, mi))
    return PhaseSynchrony(one, law.quantile(), law.p(one), other, mi_law.quantile(), mi_law.p(other))


def _by_lag(figure: Figure, x: Array, y: Array, lags: list[int], moves: int, seed: int) -> Lags:
    values = [figure(x, y, lag) for lag in lags]
    law = _law(lambda moved: figure(moved, y, min(map(abs, lags))), x, moves, seed)
    curve = pd.DataFrame({"lag": lags, "mi": values, "p": [law.p(mi) for mi in values]})
    return Lags(curve, law.quantile())


def _law(figure: Callable[[Array], float], series: Array, moves: int, seed: int) -> Null:
    """Of a figure where the series never met what it is compared with."""
    return Null.of(np.array([figure(np.roll(series, step)) for step in moves_along(len(series), moves, seed)]))


def _checked(lags: Iterable[int], n: int, least: int) -> list[int]:
    """Errors: ValueError for a lag outside its range, and where too few of n rows are left."""
    lags = [params.Param("lags", int, 1, "", params.Range(least, _LONGEST)).check(lag) for lag in lags]
    most = max((abs(lag) for lag in lags), default=0)
    if not lags or n - most < FEWEST:
        said = "lags up to {most} leave {left} of {n} rows; at least {fewest} are needed"
        raise ValueError(Sentence(said, most=most, left=max(n - most, 0), n=n, fewest=FEWEST))
    return lags


def _series(x: Any, y: Any) -> tuple[Array, Array]:
    a, b = rows(x, "x"), rows(y, "y")
    if a.shape != b.shape or a.shape[1] != 1 or len(a) < FEWEST:
        said = "x has the shape {x} and y {y}: give two equally long series of at least {fewest} numbers"
        raise ValueError(Sentence(said, x=a.shape, y=b.shape, fewest=FEWEST))
    for name, side in (("x", a), ("y", b)):
        if np.ptp(side) == 0:
            raise ValueError(Sentence("{name} is constant: it has no course in time", name=name))
    return np.ascontiguousarray(a[:, 0]), np.ascontiguousarray(b[:, 0])


def _shifted(x: Array, y: Array, lag: int) -> tuple[Array, Array]:
    return (x[: len(x) - lag, None], y[lag:, None]) if lag >= 0 else (x[-lag:, None], y[: len(y) + lag, None])


def _whole(*sides: Array) -> list[Array]:
    """The rows that all sides (n, d) have."""
    there = np.isfinite(np.hstack(sides)).all(axis=1)
    return list(sides) if there.all() else [side[there] for side in sides]


def _phase(series: Array) -> Array:
    return np.angle(hilbert(series - series.mean()))


def _circle(phase: Array) -> Array:
    """Points (n, 2), so that a turn ends where it begins."""
    return np.column_stack([np.cos(phase), np.sin(phase)])


def _number(name: str, value: int, low: int, high: int) -> int:
    return int(params.Param(name, int, low, "", params.Range(low, high)).check(value))
