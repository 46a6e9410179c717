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
from core.evaluation.trust import Finding
from core.method import Array, MIEstimator, Source
from core.sentences import Sentence

NEAR = 12  # beyond, neighbours are too far away and a mixture has too many parameters
_ROWS = 2_000  # of which KSG asks for the neighbours among all, in twelve columns; of more in fewer, in equal time
K = 5  # of KSG
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


FREE = (Route("t_copula", {}), Route("ksg", {"k": K}))
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
    """What a route found: the estimate, the rows' contributions (n,), NaN where the work did not come, seconds."""

    route: Route
    estimate: ClosedFormEstimate
    local: Array
    seconds: float

    @property
    def mi(self) -> float:
        """Nats."""
        return self.estimate.mi

    @property
    def share(self) -> float:
        """Of the rows, those that it has a contribution of."""
        return float(np.isfinite(self.local).mean())


class Plan(NamedTuple):
    """Routes in the order of their turns, and one sentence for each that does not suit the rows."""

    routes: tuple[Route, ...]
    skipped: tuple[str, ...]

    @property
    def parts(self) -> int:
        """The most Steps that they take before one of them goes on to all rows."""
        return sum(route.parts for route in self.routes)


def plan(x: Array, y: Array) -> Plan:
    """Which routes suit rows x (n, dx), y (n, dy) of continuous or few values; constant columns are gone."""
    n, d = len(x), x.shape[1] + y.shape[1]
    if any(_repeats(side) for side in (x, y)):
        return Plan((FREE[1],), (Sentence("Columns of few values: neighbours and counts alone apply."),))
    copula, ksg = FREE
    routes, skipped = [copula] if n >= 4 * (d + 2) else [], []
    if d <= NEAR or not routes:
        routes.append(ksg)
    else:
        skipped.append(Sentence("KSG: in {d} columns the nearest neighbours are far away.", d=d))
    if d <= NEAR and n >= 20 * (d + 2):
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
    return Sentence("{routes}: nearest neighbours see no more than the fitted density explains.", routes=titles(routes))


def too_long(routes: list[Route]) -> str:
    """Why they are left out where nothing may be trained."""
    return Sentence("{routes}: longer than this budget.", routes=titles(routes))


def titles(routes: list[Route]) -> str:
    """What people read of several."""
    return ", ".join(str(route.title) for route in routes)


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

    def follow(self, source: Source, late: Callable[[], bool], some: bool = False) -> Iterator[None]:
        """A turn after each look of what is trained, but the last; it ends sooner where it is late, and with `some`
        where neighbours are known of as many rows as take about equal time, whatever the columns."""
        d = source.x.shape[1] + source.y.shape[1]  # type: ignore[union-attr]
        enough = _ROWS * (NEAR / d) ** 2 if some else math.inf
        began, trained = time.monotonic(), self.route.trained
        try:
            for step in self.method.steps(source):
                self.seconds, looked = time.monotonic() - began, "mi_held_out" in step.info
                self.found_some |= looked or not trained
                self.done = step.index == self.method.total
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


def left_out(late: list[Route]) -> Finding | None:
    """Routes that the budget did not reach."""
    if not late:
        return None
    said = Sentence("Not tried within this budget: {routes}. They may see more.", routes=titles(late))
    return Finding("amber", said)


def spread(x: Array, y: Array, seed: int) -> tuple[Array, Array]:
    """Both sides with repeated values spread over their stretch of the axis, which leaves the MI as it is."""
    if _sides.swapped(x, y):
        return spread(y, x, seed)[::-1]
    rng = np.random.default_rng([seed, 3])
    x, y = (neighbours.spread_ties(side, K, rng)[0] for side in (x, y))
    return x, y
