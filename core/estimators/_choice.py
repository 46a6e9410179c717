"""Which of several routes' estimates is believed: the first that no other one exceeds by more than chance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.estimators._log_ratio import LogRatio
from core.estimators._routes import NEAR, Found, K
from core.estimators._simulated_check import Excess, excess
from core.evaluation.trust import Finding
from core.sentences import Sentence

_BEYOND_CHANCE = 2.5  # standard errors of the difference of two routes' contributions of the same rows
_AS_HIGH = 1.0  # such standard errors, within which a lower estimate may be no lower
_WORTH = 0.5  # such standard errors, from which the rest of a route's work is worth its time
_SHARED = 2.0  # by what an estimate from neighbours spreads more than its rows: twice at most, see `_disjoint_parts`
_PERHAPS = 1.0  # standard errors, from which neighbours see more than a density explains
_SEEN = 6  # columns in all, up to which neighbours miss no kind of dependence
_ROOM = 0.1  # nats, by which learned features may exceed a fitted form before it is said
_FEW_COLUMNS, _FEW_ROWS, _ALONG = 4, 1_000, 3  # rows, or rows along each column, from which on a wrong form is seen
_LEAST = 0.005  # nats; two fits of one density differ by less


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


def unfinished(found: list[Found]) -> Found | None:
    """What has seen some rows or folds only and should see all: what is believed, or the highest that may exceed it."""
    believed = best(found)
    partly = [f for f in found if f.share < 1 and (f is believed or _may_exceed(f, believed))]
    return max(partly, key=lambda f: f.mi, default=None)


def _may_exceed(other: Found, believed: Found) -> bool:
    return other.route.trained and other.mi > believed.mi + _LEAST and above(other, believed) > _WORTH


def checked(found: list[Found], methods: dict[str, Any], seed: int) -> tuple[Found, Excess] | None:
    """The believed density and what KSG sees beyond it, where there are both."""
    ksg, believed = next((f for f in found if f.route.name == "ksg"), None), best(found)
    method = methods.get(believed.route.name)
    if ksg is None or not isinstance(method, LogRatio):
        return None
    return believed, excess(ksg.local, method, K, seed)


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
    """By what factor an estimate spreads more than its rows do, which share neighbours or a fit.

    What folds of learned features differ by is left out: features that were learned badly lose dependence and cannot
    invent it, so it is no chance in their favour.
    """
    if found.route.trained:
        return _SHARED
    local = found.local[np.isfinite(found.local)]
    own = 1.96 * float(local.std()) / math.sqrt(len(local))
    return max(1.0, (found.mi - found.estimate.interval[0]) / own) if own > 0 else 1.0


def interval(chosen: Found, found: list[Found]) -> tuple[float, float]:
    """The chosen one's, and upwards as far as that of learned features which may be as high: more rows may find more."""
    low, high = chosen.estimate.interval
    open_ = [f.estimate.interval[1] for f in found if f.route.trained and above(chosen, f) < _AS_HIGH]
    return low, max([high, *open_])


def doubts(chosen: Found, high: float, d: int) -> tuple[Finding | None, ...]:
    """What a fitted form leaves open that stands in `d` columns, its interval reaching up to `high`."""
    n, simple = len(chosen.local), not chosen.route.trained and chosen.route.name != "ksg"
    room = high - chosen.estimate.interval[1]
    nothing = d > NEAR and chosen.estimate.interval[0] <= 0
    return (
        _room(chosen, high, n) if simple and room > _ROOM else None,
        _unseen(chosen, n, d) if simple else None,
        _hidden(d) if nothing else None,
    )


def _hidden(d: int) -> Finding:
    """Nothing was found where nearest neighbours are no help. A circle of two columns turned into 20 × 20 is .44 nats, of which
    5,000 rows show learned features none."""
    return Finding(
        "amber",
        Sentence(
            "No dependence was found, but in {d} columns one may be hidden that no route sees: a circle, or a product of columns.",
            d=d,
        ),
    )


def _room(chosen: Found, high: float, n: int) -> Finding:
    """Learned features that are no lower by chance alone: of spirals in ten columns 2,000 rows leave .25 nats open."""
    return Finding(
        "amber",
        Sentence(
            "Learned features leave room up to {high:.2f} nats: {n:,} rows do not tell whether {route} misses a part.",
            high=high,
            n=n,
            route=chosen.route.title,
        ),
    )


def _unseen(chosen: Found, n: int, d: int) -> Finding | None:
    """Rows so few that neighbours are far away and learned features learn the rows: nothing contradicts a wrong form.

    Of 500 rows of spirals in six and ten columns a t copula finds .81 to .84 of 1.02 nats, and no other route more.
    """
    if d <= _FEW_COLUMNS or n >= min(_FEW_ROWS, _ALONG**d):
        return None
    return Finding(
        "amber",
        Sentence(
            "{n:,} rows in {d} columns are too few to see whether the form that {route} fitted is right: the figure rests on it.",
            n=n,
            d=d,
            route=chosen.route.title,
        ),
    )
