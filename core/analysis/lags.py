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
from core.analysis.significance import Null
from core.arrays import rows
from core.method import Array
from core.sentences import Sentence

_FEWEST = 50  # rows that two series have in common at a lag
_LONGEST = 100_000


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

    x, y: (n,) numbers in the order of time, equally spaced. The noise level and p come from y moved along x by `moves`
    steps spread over its length, its end joined to its beginning: so both keep their own course. Errors: ValueError.
    """
    x, y = _series(x, x if y is None else y)
    lags = [params.Param("lags", int, 0, "", params.Range(-_LONGEST, _LONGEST)).check(lag) for lag in lags]
    most = max((abs(lag) for lag in lags), default=0)
    if not lags or len(x) - most < _FEWEST:
        raise ValueError(
            Sentence(
                "lags up to {most} leave {left} of {n} rows; at least {fewest} are needed",
                most=most,
                left=max(len(x) - most, 0),
                n=len(x),
                fewest=_FEWEST,
            )
        )
    ksg = estimator_class("ksg")(k=_number("k", k, 1, 100), random_state=seed)
    law = _moved(lambda b: ksg.alone(x[:, None], b[:, None]), y, moves, seed)
    values = [ksg.alone(*(side[:, None] for side in _shifted(x, y, lag))) for lag in lags]
    curve = pd.DataFrame({"lag": lags, "mi": values, "p": [law.p(mi) for mi in values]})
    return Lags(curve, law.quantile())


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
    both = [(of(b), _moved(of, b, moves, seed)) for of in (index, mi)]
    (one, law), (other, mi_law) = both
    return PhaseSynchrony(one, law.quantile(), law.p(one), other, mi_law.quantile(), mi_law.p(other))


def _series(x: Any, y: Any) -> tuple[Array, Array]:
    a, b = rows(x, "x"), rows(y, "y")
    if a.shape != b.shape or a.shape[1] != 1 or len(a) < _FEWEST:
        said = "x has the shape {x} and y {y}: give two equally long series of at least {fewest} numbers"
        raise ValueError(Sentence(said, x=a.shape, y=b.shape, fewest=_FEWEST))
    for name, side in (("x", a), ("y", b)):
        if np.ptp(side) == 0:
            raise ValueError(Sentence("{name} is constant: it has no course in time", name=name))
    return np.ascontiguousarray(a[:, 0]), np.ascontiguousarray(b[:, 0])


def _shifted(x: Array, y: Array, lag: int) -> tuple[Array, Array]:
    return (x[: len(x) - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: len(y) + lag])


def _moved(of: Callable[[Array], float], y: Array, moves: int, seed: int) -> Null:
    """The law of a figure where y is moved along, from so many steps."""
    moves = _number("moves", moves, 10, 1_000)
    steps = len(y) * np.arange(1, moves + 1) / (moves + 1)
    apart = np.random.default_rng(seed).uniform(-0.4, 0.4, moves) * len(y) / (moves + 1)  # a common period is not met
    return Null.of(np.array([of(np.roll(y, int(step))) for step in steps + apart]))


def _phase(series: Array) -> Array:
    return np.angle(hilbert(series - series.mean()))


def _circle(phase: Array) -> Array:
    """Points (n, 2), so that a turn ends where it begins."""
    return np.column_stack([np.cos(phase), np.sin(phase)])


def _number(name: str, value: int, low: int, high: int) -> int:
    return int(params.Param(name, int, low, "", params.Range(low, high)).check(value))
