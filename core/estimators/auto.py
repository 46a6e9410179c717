"""`auto`: several estimators that err downwards, and the simplest that no other one exceeds by more than chance."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np

from core.estimators import _choice, _routes, _simulated_check
from core.estimators._closed import ClosedFormEstimate, rows, varies
from core.estimators._routes import Attempt, Found, OutOfTime, Route
from core.estimators._simulated_check import Excess
from core.evaluation.trust import Names, assess_trust, interval_of, most
from core.method import Array, Checkpoint, MIEstimator, Source, Step
from core.sentences import Sentence

_SECONDS = {"1s": 1.0, "10s": 10.0, "30s": 30.0, "1min": 60.0, "10min": 600.0}
_WORK = 0.9  # of the budget; then comes the verdict
_BEYOND_CHANCE = 2.0  # standard errors, by which neighbours see more than a density explains, and it is said
_FREE = ("1s",)  # budgets in which nothing is trained
# At most so many rows, and numbers in them; of 100,000 rows chance moves the third digit only.
_MOST = {"1s": (10_000, 100_000), "10s": (50_000, 1_000_000)}
_ELSE = (100_000, 5_000_000)
_FEWEST = 1_000  # rows, whatever the columns
_LOADING = 2.0  # seconds, in which torch loads what the first step of a process needs, and nothing can end it


@dataclass
class _Run:
    x: Array
    y: Array
    names: Names
    skipped: tuple[str, ...]
    found: list[Found]
    late: list[Route]
    deadline: float  # monotonic seconds
    steps: int = 0
    attempt: Attempt | None = None  # the route whose turn it is
    checked: tuple[Found, Excess] | None = None  # a fitted density, and what neighbours see beyond it

    def left(self) -> float:
        """Seconds of the budget."""
        return self.deadline - time.monotonic()

    def over(self) -> bool:
        """Whether the budget is spent."""
        return self.left() < 0

    def check(self) -> None:
        """Errors: OutOfTime where the budget is spent and something is found."""
        if self.found and self.over():
            raise OutOfTime


@dataclass(eq=False, repr=False, kw_only=True)
class Auto(MIEstimator):
    """The most accurate estimate that needs no choice: t copula, KSG, mixture copula, learned features, one believed.

    Each of them errs downwards where it errs (a density's Donsker–Varadhan bound, neighbours that are too far away,
    features that lose), so the larger is the nearer. The first is believed until a later one exceeds it by more than 2.5
    standard errors of the rows' differences, so that the largest of several is not too large by chance. Where
    nearest neighbours see no more than they would if the fitted density were right, nothing further is tried. Learned
    features that may be believed are learned again with all folds. `routes_` holds what each said, `route_` the one reported.

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
        deadline = time.monotonic() + _WORK * _SECONDS[self.budget]
        x, y = rows(source)
        self.n_rows_, some = len(x), _some(len(x), x.shape[1] + y.shape[1], self.budget, self.seed())
        self._run = run = _Run(x[some], y[some], Names.of(source), (), [], [], deadline)
        for _ in self._follow_all(run):
            run.steps, shown = run.steps + 1, time.monotonic()
            yield Step(run.steps, {"mi_held_out": _choice.best(run.found).mi if run.found else 0.0})
            run.deadline += time.monotonic() - shown  # what others do with a Step, a pause above all, is not its time

    def _follow_all(self, run: _Run) -> Iterator[None]:
        x, y = varies(run.x), varies(run.y)
        if not x.shape[1] or not y.shape[1]:
            yield
            return
        x, y = _routes.spread(x, y, self.seed())
        planned, source = _routes.plan(x, y), Source(x, y)
        run.skipped, self._parts = (*_fewer(len(x), self.n_rows_), *planned.skipped), planned.parts
        methods: dict[str, Any] = {}
        stages = _routes.stages(planned.routes)
        for i, routes in enumerate(stages):
            rest = [route for stage in stages[i:] for route in stage]
            if run.checked and _choice.explained(run.checked[1], x.shape[1] + y.shape[1]):
                self._leave_out(run, _routes.needless(rest))
                return
            if run.found and self.budget in _FREE:
                self._leave_out(run, _routes.too_long(rest))
                # In two columns neighbours miss nothing, and what would not be trained is not missed.
                run.late += [route for route in rest if route.trained]
                break
            yield from self._try(run, routes, source, methods)
        yield from self._go_on(run, source)

    def _leave_out(self, run: _Run, why: str) -> None:
        run.skipped += (why,)
        self._parts = len(run.found) + len(run.late)

    def _go_on(self, run: _Run, source: Source) -> Iterator[None]:
        """All rows and folds for the routes that may be reported, the highest first, while there is time for them."""
        while run.found and (partly := _choice.unfinished(run.found)) and run.left() > partly.seconds / partly.share:
            self._parts = run.steps + partly.route.parts
            attempt = self._attempt(run, partly.route)
            yield from attempt.follow(source, run.over)
            done = attempt.done and (found := attempt.found()).share == 1
            if done:  # what is half learned again says less than what was learned
                run.found[run.found.index(partly)] = found
            yield
            if not done:
                return

    def _try(self, run: _Run, routes: list[Route], source: Source, methods: dict[str, Any]) -> Iterator[None]:
        """One after the other, as long as there is time; then neighbours judge the density that is believed."""
        for route in routes:
            if run.found and run.left() < _first_step(route):
                run.late.append(route)
                continue
            run.attempt = attempt = self._attempt(run, route, scored=1)
            yield from attempt.follow(source, run.over, some=True)
            run.attempt, methods[route.name] = None, attempt.method
            if attempt.found_some:
                run.found.append(attempt.found())
            else:
                run.late.append(route)
            if route is routes[-1] and not route.trained:
                run.checked = _choice.checked(run.found, methods, self.seed())
            yield

    def _attempt(self, run: _Run, route: Route, **trained: Any) -> Attempt:
        method = route.build(self.seed(), self.device, **trained if route.trained else {})
        method.between_parts = run.check
        return Attempt(route, method)

    def finish(self) -> Self:
        """Set `mi_`, `interval_` (95 %), `trust_`, `route_` and `routes_`, what each said, from the work so far."""
        run: _Run = self._under_way()
        under_way = [run.attempt.found()] if run.attempt and run.attempt.found_some else []
        self.routes_, self.skipped_ = [*run.found, *under_way], run.skipped
        if not self.routes_ and varies(run.x).shape[1] and varies(run.y).shape[1]:
            raise self._no_step_yet()
        chosen = _choice.best(self.routes_) if self.routes_ else None
        estimate = chosen.estimate if chosen else ClosedFormEstimate(0.0, (0.0, 0.0))
        self.mi_, self.route_ = estimate.mi, chosen.route.title if chosen else ""
        interval = _choice.interval(chosen, self.routes_) if chosen else estimate.interval
        columns = varies(run.x).shape[1] + varies(run.y).shape[1]
        open_ = _choice.doubts(chosen, interval[1], columns) if chosen else ()
        missed = None
        if run.checked and chosen is run.checked[0] and (excess := run.checked[1]).above(_BEYOND_CHANCE):
            missed = _simulated_check.missed(excess, self.route_)
            interval = interval[0], interval[1] + excess.raised(estimate.mi)
        raw, self.mi_ = self.mi_, min(self.mi_, most(run.x, run.y, run.names))
        self.interval_ = interval_of(self.mi_, interval, run.x, run.y, run.names)
        extra = (*estimate.diagnostics, *open_, missed, _routes.left_out(run.late))
        self.trust_ = assess_trust(
            run.x, run.y, raw, interval=self.interval_, extra=extra, checks=estimate.checks, names=run.names
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
        chosen = _choice.best(self.routes_)
        if chosen is self.routes_[0]:
            return Sentence("No other route lies above it by more than chance, and it is the simplest.")
        before = _choice.best(self.routes_[: self.routes_.index(chosen)])
        return Sentence(
            "It lies {gain:.3f} nats above {other}, more than chance, and no later route exceeds it.",
            gain=chosen.mi - before.mi,
            other=before.route.title,
        )


def _first_step(route: Route) -> float:
    """Seconds that a route takes before the clock is read again."""
    return _LOADING if route.trained and "torch._dynamo" not in sys.modules else 0.0


def _some(n: int, d: int, budget: str, seed: int) -> Array:
    """As many of n rows of d columns as the budget allows for, at random, in their order."""
    rows, numbers = _MOST.get(budget, _ELSE)
    most = min(rows, max(_FEWEST, numbers // d))
    return np.arange(n) if n <= most else np.sort(np.random.default_rng([seed, 4]).choice(n, most, replace=False))


def _fewer(some: int, n: int) -> tuple[str, ...]:
    if some == n:
        return ()
    return (Sentence("{rest:,} of {n:,} rows, at random: {some:,} are compared.", rest=n - some, n=n, some=some),)
