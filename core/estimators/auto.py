"""`auto`: several estimators that err downwards, and the simplest that no other one exceeds by more than chance."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np

from core.estimators import _routes, _sides
from core.estimators._closed import ClosedFormEstimate, rows, varies
from core.estimators._routes import Found, Route
from core.evaluation.trust import Names, assess_trust, widened, widening
from core.method import Array, Checkpoint, MIEstimator, Source, Step
from core.sentences import Sentence

_SECONDS = {"1s": 1.0, "10s": 10.0, "30s": 30.0, "1min": 60.0, "10min": 600.0}
_FREE = ("1s",)  # budgets in which nothing is trained
_K = 5
_MOST = 100_000  # rows: chance then moves the third digit only


@dataclass
class _Run:
    x: Array
    y: Array
    names: Names
    skipped: tuple[str, ...]
    found: list[Found]
    late: list[Route]
    deadline: float  # monotonic seconds

    def left(self) -> float:
        """Seconds of the budget."""
        return self.deadline - time.monotonic()

    def over(self) -> bool:
        """Whether the budget is spent."""
        return self.left() < 0


@dataclass(eq=False, repr=False, kw_only=True)
class Auto(MIEstimator):
    """The most accurate estimate that needs no choice: t copula, KSG, mixture copula, learned features, one believed.

    Each of them errs downwards where it errs (a density's Donsker–Varadhan bound, neighbours that are too far away,
    features that lose), so the larger is the nearer. The first is believed until a later one exceeds it by more than 2.5
    standard errors of the rows' differences, so that the largest of several is not too large by chance. Learned features
    that may be believed are learned again with all folds. `routes_` holds what each said, `route_` the one that is reported.

    References: Czyż et al. (2023), Beyond Normal, arXiv:2306.11078 (the tasks it is measured on).
    """

    title: ClassVar[str] = "auto"
    rank: ClassVar[int] = 5
    reference: ClassVar[str] = "Czyż et al., 2023, Beyond Normal: On the Evaluation of MI Estimators, arXiv:2306.11078"

    budget: Annotated[
        Literal["1s", "10s", "30s", "1min", "10min"],
        "The time it may take; a route that does not fit in is left out, and the verdict says so.",
    ] = "30s"

    @property
    def total(self) -> int:
        return getattr(self, "_parts", 1)

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step with "mi_held_out" (nats), the estimate that is believed by then, for each part of the work."""
        x, y = rows(source)
        self.n_rows_, some = len(x), _some(len(x), self.seed())
        deadline = time.monotonic() + _SECONDS[self.budget]
        self._run = run = _Run(x[some], y[some], Names.of(source), (), [], [], deadline)
        for index, _ in enumerate(self._follow_all(run), 1):
            shown = time.monotonic()
            yield Step(index, {"mi_held_out": _routes.best(run.found).mi if run.found else 0.0})
            run.deadline += time.monotonic() - shown  # what others do with a Step, a pause above all, is not its time

    def _follow_all(self, run: _Run) -> Iterator[None]:
        x, y = varies(run.x), varies(run.y)
        if not x.shape[1] or not y.shape[1]:
            yield
            return
        x, y = _spread(x, y, self.seed())
        planned, source = _routes.plan(x, y, self.budget in _FREE), Source(x, y)
        run.skipped, self._parts = (*_fewer(len(x), self.n_rows_), *planned.skipped), planned.parts
        for route in planned.routes:
            if run.found and run.over():
                run.late.append(route)
                continue
            method = route.build(self.seed(), self.device, **{"scored": 1} if route.trained else {})
            yield from self._follow(run, method, route, source)
        higher = _routes.promising(run.found)
        if higher and run.left() > 2 * higher.seconds:
            method = higher.route.build(self.seed(), self.device)
            for again in _routes.follow(method, higher.route, source, run.over):
                if again.done:  # what is half learned again says less than what was learned
                    run.found[run.found.index(higher)] = again
                yield

    def _follow(self, run: _Run, method: Any, route: Route, source: Source) -> Iterator[None]:
        """Append what the route finds, and put in its place what it finds later."""
        at = len(run.found)
        for found in _routes.follow(method, route, source, run.over):
            run.found[at:] = [found]
            yield

    def finish(self) -> Self:
        """Set `mi_`, `interval_` (95 %), `trust_`, `route_` and `routes_`, what each said, from the work so far."""
        run: _Run = self._under_way()
        if not run.found and varies(run.x).shape[1] and varies(run.y).shape[1]:
            raise self._no_step_yet()
        self.routes_, self.skipped_ = list(run.found), run.skipped
        chosen = _routes.best(run.found) if run.found else None
        estimate = chosen.estimate if chosen else ClosedFormEstimate(0.0, (0.0, 0.0))
        interval = _routes.interval(chosen, run.found) if chosen else estimate.interval
        self.mi_, self.route_ = estimate.mi, chosen.route.title if chosen else ""
        self.interval_ = widened(self.mi_, interval, widening(run.x, run.y))
        extra = (*estimate.diagnostics, _routes.left_out(run.skipped, run.late))
        self.trust_ = assess_trust(
            run.x, run.y, self.mi_, interval=self.interval_, extra=extra, checks=estimate.checks, names=run.names
        )
        return self

    def result(self) -> dict[str, Any]:
        """mi, interval, trust and reasons, rows; the route taken, why, what each route said, and which were left out."""
        return self.estimated() | {
            "rows": self.n_rows_,
            "route": self.route_,
            "why": self._why(),
            "routes": [
                {
                    "route": f.route.title,
                    "method": f.route.name,
                    "mi": f.mi,
                    "interval": list(f.estimate.interval),
                    "seconds": f.seconds,
                }
                for f in self.routes_
            ],
            "skipped": list(self.skipped_),
        }

    def _why(self) -> str:
        if len(self.routes_) < 2:
            return Sentence("It is the only route that suits these rows.") if self.routes_ else ""
        chosen = _routes.best(self.routes_)
        if chosen is self.routes_[0]:
            return Sentence("No other route lies above it by more than chance, and it is the simplest.")
        before = _routes.best(self.routes_[: self.routes_.index(chosen)])
        return Sentence(
            "It lies {gain:.3f} nats above {other}, more than chance, and no later route exceeds it.",
            gain=chosen.mi - before.mi,
            other=before.route.title,
        )


def _spread(x: Array, y: Array, seed: int) -> tuple[Array, Array]:
    """`_routes.spread`, whichever side comes first."""
    return _routes.spread(y, x, _K, seed)[::-1] if _sides.swapped(x, y) else _routes.spread(x, y, _K, seed)


def _some(n: int, seed: int) -> Array:
    """At most `_MOST` of n rows at random, in their order."""
    return np.arange(n) if n <= _MOST else np.sort(np.random.default_rng([seed, 4]).choice(n, _MOST, replace=False))


def _fewer(some: int, n: int) -> tuple[str, ...]:
    if some == n:
        return ()
    return (Sentence("{rest:,} of {n:,} rows, at random: {some:,} are compared.", rest=n - some, n=n, some=some),)
