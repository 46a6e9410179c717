"""The ways to an estimate that `auto` compares: which suit the rows, what each found, and which is believed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from core import discover, neighbours
from core.estimators import _sides
from core.estimators._closed import ClosedFormEstimate
from core.estimators._log_ratio import LogRatio
from core.estimators._simulated_check import Excess, excess
from core.evaluation.trust import Finding
from core.method import Array, MIEstimator, Source
from core.sentences import Sentence

_FEW_COLUMNS = 12  # beyond, neighbours are too far away and a mixture has too many parameters
_ROWS = 2_000  # of which KSG asks for the neighbours among all, in twelve columns; of more in fewer, in equal time
_BEYOND_CHANCE = 2.5  # standard errors of the difference of two routes' contributions of the same rows
_AS_HIGH = 2.0  # such standard errors, within which a lower estimate may be no lower
_SEEN = 6  # columns in all, up to which neighbours miss no kind of dependence
_K = 5  # of KSG
_PERHAPS = 1.0  # such standard errors, from which a closer look is worth its time
_LEAST = 0.005  # nats; two fits of one density differ by less
_FOLDS = 3


class Route(NamedTuple):
    """An estimator by name, with parameters of its own, and what its turn costs."""

    name: str
    parameters: dict[str, Any]
    trained: bool = False

    def build(self, seed: int, device: str, **more: Any) -> MIEstimator:
        """The estimator."""
        cls = discover.load("estimators", self.name)
        return cls(**self.parameters | more, random_state=seed, device=device)

    @property
    def parts(self) -> int:
        """The most Steps that it is shown in."""
        return int(discover.load("estimators", self.name).looks) if self.trained else 1

    @property
    def title(self) -> str:
        """What people read."""
        title = discover.load("estimators", self.name).title
        kind = self.parameters.get("encoder")
        return Sentence("{title} ({kind})", title=title, kind=kind) if kind else title


FREE = (Route("t_copula", {}), Route("ksg", {"k": _K}))
MIXTURE = Route("mixture_copula", {})
LEARNED = (
    Route("learned_features", {"encoder": "network", "folds": _FOLDS}, True),
    Route(
        "learned_features",
        {"encoder": "by norm", "folds": _FOLDS, "batch_size": 2_000, "iterations": 500, "learning_rate": 2e-2},
        True,
    ),
)


@dataclass
class Found:
    """What a route found: the estimate, the rows' contributions (n,), seconds."""

    route: Route
    estimate: ClosedFormEstimate
    local: Array
    seconds: float

    @property
    def mi(self) -> float:
        """Nats."""
        return self.estimate.mi


class Plan(NamedTuple):
    """Routes in the order of their turns, and one sentence for each that does not suit the rows."""

    routes: tuple[Route, ...]
    skipped: tuple[str, ...]

    @property
    def parts(self) -> int:
        """The most Steps that they can take: a trained one as many as it looks, and the one that is believed once more."""
        each = [route.parts for route in self.routes]
        return sum(each) + (max(each) if max(each) > 1 else 0)


def plan(x: Array, y: Array, free_only: bool) -> Plan:
    """Which routes suit rows x (n, dx), y (n, dy) of continuous or few values; constant columns are gone."""
    n, d = len(x), x.shape[1] + y.shape[1]
    if any(_repeats(side) for side in (x, y)):
        return Plan((FREE[1],), (Sentence("Columns of few values: neighbours and counts alone apply."),))
    copula, ksg = FREE
    routes, skipped = [copula] if n >= 4 * (d + 2) else [], []
    if d <= _FEW_COLUMNS or not routes:
        routes.append(ksg)
    else:
        skipped.append(Sentence("KSG: in {d} columns the nearest neighbours are far away.", d=d))
    if free_only:
        return Plan(
            tuple(routes), (*skipped, Sentence("Mixture and learned features: they take longer than this budget."))
        )
    if d <= _FEW_COLUMNS and n >= 20 * (d + 2):
        routes.append(MIXTURE)
    if d > 2 and n >= 200:
        routes += LEARNED
    return Plan(tuple(routes), tuple(skipped))


def stages(routes: tuple[Route, ...]) -> list[list[Route]]:
    """Those that take a moment, the mixture, and what learns: each only where those before leave something unexplained."""
    each = [[r for r in routes if r in kind] for kind in (FREE, (MIXTURE,))] + [[r for r in routes if r.trained]]
    return [stage for stage in each if stage]


def needless(routes: list[Route]) -> str:
    """Why they are left out."""
    titles = ", ".join(str(route.title) for route in routes)
    return Sentence("{routes}: nearest neighbours see no more than the fitted density explains.", routes=titles)


def _repeats(side: Array) -> bool:
    """A column of which fewer than half of the values differ, after `neighbours.spread_ties`."""
    return any(len(np.unique(column)) < len(column) / 2 for column in side.T)


class OutOfTime(Exception):
    """The budget ended within a part of the work."""


class Attempt:
    """A route's estimator at work, and what it has found by now."""

    def __init__(self, route: Route, method: Any) -> None:
        self.route, self.method = route, method
        self.seconds, self.found_some, self.done = 0.0, False, False

    def follow(self, source: Source, late: Callable[[], bool]) -> Iterator[None]:
        """A turn after each look of what is trained, but the last; it ends sooner where it is late."""
        d = source.x.shape[1] + source.y.shape[1]  # type: ignore[union-attr]
        enough, began, trained = _ROWS * (_FEW_COLUMNS / d) ** 2, time.monotonic(), self.route.trained
        try:
            for step in self.method.steps(source):
                self.seconds, looked = time.monotonic() - began, "mi_held_out" in step.info
                self.found_some |= looked or not trained
                self.done = not trained or step.index == self.method.total
                if late() or (not trained and np.isfinite(self.method.local()).sum() >= enough):
                    break
                if looked and not self.done:
                    yield
                    began = time.monotonic() - self.seconds  # what others do meanwhile is not its time
        except OutOfTime:
            self.seconds = time.monotonic() - began

    def found(self) -> Found:
        """What it gives from where it stands."""
        return Found(self.route, self.method.found(), self.method.local(), self.seconds)


def best(found: list[Found]) -> Found:
    """The first route, unless a later one lies above by more than chance: of equal ones the simplest is believed.

    Every route errs downwards where it errs: a lower bound, or features that lose. So the larger one is nearer; but the
    largest of several is too large by chance, unless it has to be larger by more than chance.
    """
    chosen = found[0]
    for other in found[1:]:
        if other.mi > chosen.mi + _LEAST and above(other, chosen) > _BEYOND_CHANCE:
            chosen = other
    return chosen


def promising(found: list[Found]) -> Found | None:
    """The trained route that lies highest, if it may exceed what is believed: a look at some rows decides less than all."""
    believed, trained = best(found), [other for other in found if other.route.trained]
    highest = max(trained, key=lambda other: other.mi, default=None)
    if highest is None or highest is believed:
        return highest
    return highest if highest.mi > believed.mi + _LEAST and above(highest, believed) > _PERHAPS else None


def checked(found: list[Found], methods: dict[str, Any], seed: int) -> tuple[Found, Excess] | None:
    """The believed density and what KSG sees beyond it, where there are both."""
    ksg, believed = next((f for f in found if f.route.name == "ksg"), None), best(found)
    method = methods.get(believed.route.name)
    if ksg is None or not isinstance(method, LogRatio):
        return None
    return believed, excess(ksg.local, method, _K, seed)


def explained(found: Excess, d: int) -> bool:
    """Whether neighbours see no more than the density says, in so few columns that they would."""
    return d <= _SEEN and not found.above(_PERHAPS)


def above(a: Found, b: Found) -> float:
    """By how many standard errors a lies above b, on the rows that both have seen."""
    both = np.isfinite(a.local) & np.isfinite(b.local)
    difference = a.local[both] - b.local[both]
    error = max(_sharing(a), _sharing(b)) * float(difference.std()) / math.sqrt(max(1, int(both.sum())))
    shift = (a.mi - float(np.nanmean(a.local))) - (b.mi - float(np.nanmean(b.local)))
    gain = float(difference.mean()) + shift
    return gain / error if error > 0 else math.inf * np.sign(gain) if gain else 0.0


def _sharing(found: Found) -> float:
    """By what factor an estimate spreads more than its rows do, which share neighbours or a fit."""
    local = found.local[np.isfinite(found.local)]
    own = 1.96 * float(local.std()) / math.sqrt(len(local))
    return max(1.0, (found.mi - found.estimate.interval[0]) / own) if own > 0 else 1.0


def interval(chosen: Found, found: list[Found]) -> tuple[float, float]:
    """The chosen one's, and upwards as far as that of learned features which may be as high: more rows may find more."""
    low, high = chosen.estimate.interval
    open_ = [f.estimate.interval[1] for f in found if f.route.trained and above(chosen, f) < _AS_HIGH]
    return low, max([high, *open_])


def left_out(late: list[Route]) -> Finding | None:
    """Routes that the budget did not reach."""
    if not late:
        return None
    titles = ", ".join(str(route.title) for route in late)
    return Finding("amber", Sentence("Not tried within this budget: {routes}. They may see more.", routes=titles))


def spread(x: Array, y: Array, seed: int) -> tuple[Array, Array]:
    """Both sides with repeated values spread over their stretch of the axis, which leaves the MI as it is."""
    if _sides.swapped(x, y):
        return spread(y, x, seed)[::-1]
    rng = np.random.default_rng([seed, 3])
    x, y = (neighbours.spread_ties(side, _K, rng)[0] for side in (x, y))
    return x, y
