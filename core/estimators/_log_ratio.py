"""Estimates from a fitted density: the mean of its log-ratio log p(x, y) / p(x)p(y), each row by a fit without it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np

from core.estimators._closed import ClosedForm, ClosedFormEstimate, varies
from core.estimators._marginal_transforms import places
from core.evaluation.trust import Finding
from core.method import Array
from core.params import Range
from core.sentences import Sentence

_SHIFTS = 4  # pairings of each row's x with another row's y
_FAR = 0.02  # nats of the partition, beyond its standard errors, from which it is taken off


class Ratio:
    """A fitted log p(x, y) / p(x)p(y): `code` maps places in the ranking, (n, d) in (0, 1), to what `__call__` takes."""

    def code(self, u: Array) -> Array:
        raise NotImplementedError

    def __call__(self, x: Array, y: Array) -> Array:
        """(n,) nats for coded rows x (n, dx), y (n, dy)."""
        raise NotImplementedError

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """n coded rows (n, dx + dy) of the fitted density."""
        raise NotImplementedError


class Scored(NamedTuple):
    """Every row's log-ratio, log E[exp r] over pairs of different held-out rows with its error, and by how much the mean of
    r is higher on rows that were fitted to."""

    local: Array
    log_partition: float
    error: float
    gap: float


@dataclass(eq=False, repr=False, kw_only=True)
class LogRatio(ClosedForm):
    """A closed form that fits a density to the ranks of the columns; a subclass writes `fitted_ratio`.

    E_p[r] − log E_q[exp r] ≤ I for any r (Donsker–Varadhan), and the log is 0 where the density is right. So the mean of r
    is reported, and the log is taken off where it is above 0 by more than chance. p parameters fitted to m rows raise the
    mean of r by p/2m nats on these rows and lower it by as much on others: each row counts half by fits to it and half by
    the fit without it (Akaike's argument).
    """

    folds: Annotated[int, Range(2, 20), "Parts of the rows; each is scored by a fit to the others."] = 2

    def chosen(self, u: Array) -> float:
        """The one number that is chosen before the folds, on rows u as in `fitted_ratio`."""
        raise NotImplementedError

    def fitted_ratio(self, u: Array, dx: int, chosen: float) -> Ratio:
        """The log-ratio of the density that is fitted to rows u (n, dx + dy), places in the ranking of each column."""
        raise NotImplementedError

    def diagnostics(self, scored: Scored, d: int) -> tuple[Finding | None, ...]:
        """What the fit itself to d columns gives reason to doubt."""
        return (_not_the_density(scored),)

    def beyond(self, scored: Scored) -> float:
        """By how much more than chance the interval reaches upwards, in nats."""
        return 0.0

    def work(self, x: Array, y: Array) -> Iterator[ClosedFormEstimate]:
        """One estimate, of all rows."""
        n, (x, y) = len(x), (varies(x), varies(y))
        if not x.shape[1] or not y.shape[1]:
            self._local = np.zeros(n)
            yield ClosedFormEstimate(0.0, (0.0, 0.0))
            return
        _enough(n, x.shape[1] + y.shape[1], self.folds)
        scored = self._scored(places(np.hstack([x, y]), np.random.default_rng([self.seed(), 1])), x.shape[1])
        self._local = scored.local - _excess(scored)
        mi, half = float(self._local.mean()), 1.96 * float(scored.local.std()) / math.sqrt(n)
        interval = mi - half, mi + half + self.beyond(scored)
        yield ClosedFormEstimate(mi, interval, self.diagnostics(scored, x.shape[1] + y.shape[1]))

    def draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """n pairs of rows of the density that was fitted last, in the order in which it has the sides."""
        self._under_way()
        z = self._ratio.draw(n, rng)
        return z[:, : self._dx], z[:, self._dx :]

    def _scored(self, u: Array, dx: int) -> Scored:
        rng = np.random.default_rng(self.seed())
        local, apart, gaps, chosen = np.zeros(len(u)), [], [], self.chosen(u)
        self._chosen = chosen
        for rows in np.array_split(rng.permutation(len(u)), self.folds):
            self.between_parts()
            held_out = np.isin(np.arange(len(u)), rows)
            self._dx = dx
            self._ratio = self.fitted_ratio(u[~held_out], dx, chosen)
            ratio = self._ratio
            z = ratio.code(u)
            r, z = ratio(z[:, :dx], z[:, dx:]), z[rows]
            gaps.append(float(r[~held_out].mean() - r[held_out].mean()))
            local += np.where(held_out, 0.5, 0.5 / (self.folds - 1)) * r
            shifts = np.unique(np.linspace(1, len(rows) - 1, _SHIFTS).astype(int))
            apart += [ratio(z[:, :dx], np.roll(z[:, dx:], shift, axis=0)) for shift in shifts]
        weights = np.exp(np.concatenate(apart).clip(max=50.0))
        mean = float(weights.mean())
        error = float(weights.std()) / mean / math.sqrt(len(u))
        return Scored(local, math.log(mean), error, float(np.mean(gaps)))


def _excess(scored: Scored) -> float:
    """What the density claims too much: above 0 by more than two standard errors and `_FAR`, or nothing."""
    above = scored.log_partition
    return above if above > _FAR + 2 * scored.error else 0.0


def _not_the_density(scored: Scored) -> Finding | None:
    if not (excess := _excess(scored)):
        return None
    return Finding(
        "amber",
        Sentence(
            "The fitted density is not the data's: {excess:.2f} nats of its mean log-ratio are no lower bound and were taken "
            "off.",
            excess=excess,
        ),
    )


def _enough(n: int, d: int, folds: int) -> None:
    fewest = math.ceil((d + 1) * folds / (folds - 1))
    if n < fewest:
        raise ValueError(
            Sentence("{n} rows are too few for {d} columns; at least {fewest} are needed", n=n, d=d, fewest=fewest)
        )
