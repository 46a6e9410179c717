"""What the estimators without training share: the order of the sides, a Step a part of the work, and one end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from core.estimators import _cross_check, _sides
from core.evaluation.trust import DATA_CHECKS, Check, Finding, Names, assess_trust, interval_of, most
from core.evaluation.trust.finding import UNNAMED
from core.evaluation.trust.of_data import distinct_values
from core.method import Array, Checkpoint, MIEstimator, Source, Step
from core.sentences import Sentence


class ClosedFormEstimate(NamedTuple):
    """What one computation gives: the estimate and its 95 % interval (nats), diagnostics, and the checks that apply."""

    mi: float
    interval: tuple[float, float]
    diagnostics: tuple[Finding | None, ...] = ()
    checks: tuple[Check, ...] = DATA_CHECKS


class _Run(NamedTuple):
    """The rows, what the work so far gives, and what the columns are called."""

    x: Array
    y: Array
    found: ClosedFormEstimate
    names: Names


@dataclass(eq=False, repr=False, kw_only=True)
class ClosedForm(MIEstimator):
    """An estimator that does not train; a subclass writes `estimate`, or `work` where that takes long.

    It computes with the sides in the order of `core.estimators._sides`, `_swapped` against the caller's or not. What it finds
    above the entropy of a side of names or of few values, `_above` nats, is taken off.
    """

    closed_form: ClassVar[bool] = True

    def between_parts(self) -> None:
        """Called between parts of the work that show no Step; whoever has a budget puts another in its place, and what
        that raises ends the work."""

    def estimate(self, x: Array, y: Array) -> ClosedFormEstimate:
        """I(X; Y) of rows x (n, dx), y (n, dy), float64, finite, n ≥ 2. Errors: ValueError."""
        raise NotImplementedError

    def work(self, x: Array, y: Array) -> Iterator[ClosedFormEstimate]:
        """The estimate as more and more of the work is done, the last one final; each can be the end of a run."""
        yield self.estimate(x, y)

    def alone(self, x: Array, y: Array) -> float:
        """As the family's, without the interval's work."""
        self._swapped = _sides.swapped(x, y)
        value = self._value(y, x) if self._swapped else self._value(x, y)
        return min(value, most(x, y, self._told(UNNAMED, x, y)))

    def _value(self, x: Array, y: Array) -> float:
        *_, last = self.work(x, y)
        return last.mi

    def by_ranks(self, column: Array, side: str) -> bool:
        """Whether of a column (n,) on the side "x" or "y" only ranks count, none of them tied."""
        return getattr(self, "margins", None) == "normal scores" and distinct_values(column[:, None])[0] == len(column)

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step with "mi" (nats) for each part of the work."""
        x, y = rows(source)
        self._swapped = _sides.swapped(x, y)
        names = self._told(Names.of(source), x, y)
        highest = most(x, y, names)
        for index, found in enumerate(self.work(y, x) if self._swapped else self.work(x, y), 1):
            self._above = max(0.0, found.mi - highest)
            self._run = _Run(x, y, found._replace(mi=min(found.mi, highest)), names)
            yield Step(index, {"mi": self._run.found.mi})

    def finish(self) -> Self:
        """Set `mi_`, `interval_` (95 %), `trust_` and `n_rows_`."""
        run = self._under_way()
        found: ClosedFormEstimate = run.found
        self.mi_, self.n_rows_ = found.mi, len(run.x)
        self.interval_ = interval_of(found.mi, found.interval, run.x, run.y, run.names)
        about_both = run.x, run.y, found.mi, self.interval_, run.names
        crossed = None if self.any_dependence else _cross_check.disagreement(*about_both)
        about: dict[str, Any] = {"extra": (*found.diagnostics, crossed), "checks": found.checks, "names": run.names}
        self.trust_ = assess_trust(run.x, run.y, found.mi + self._above, interval=self.interval_, **about)
        return self

    def found(self) -> ClosedFormEstimate:
        """What the work so far gives. Errors: ValueError before the first step."""
        return self._under_way().found

    def local(self) -> Array:
        """The rows' contributions in nats, (n,), NaN where the work has not come yet; those of a mean that is `mi_`.
        For a subclass whose work leaves them in `_local`."""
        self._under_way()
        local: Array = self._local
        return local - self._above if self._above else local

    def _told(self, names: Names, x: Array, y: Array) -> Names:
        """What is known of the columns, with what the parameters say of them."""
        return names

    def result(self) -> dict[str, Any]:
        """mi, interval, trust and reasons, rows."""
        return self.estimated() | {"rows": self.n_rows_}


def rows(source: Source) -> tuple[Array, Array]:
    """x (n, dx) and y (n, dy) of a source, float64. Errors: ValueError in one sentence."""
    if source.y is None:
        raise ValueError(Sentence("y is missing: mutual information needs two sides"))
    x, y = (np.asarray(side, dtype=np.float64) for side in (source.x, source.y))
    x, y = x.reshape(len(x), -1), y.reshape(len(y), -1)
    if len(x) != len(y) or len(x) < 2:
        raise ValueError(
            Sentence("x has {n_x} rows and y has {n_y}; both need the same number, at least 2", n_x=len(x), n_y=len(y))
        )
    for name, side in (("x", x), ("y", y)):
        if not np.isfinite(side).all():
            raise ValueError(Sentence("{name} holds missing or infinite values; leave those rows out first", name=name))
    return x, y


def varies(side: Array) -> Array:
    """The columns of (n, d) that are not constant."""
    kept = (side != side[:1]).any(axis=0)
    return side if kept.all() else side[:, kept]
