"""Information among several sides by log-determinants and by nearest neighbours, each held against the other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import digamma

from core import neighbours
from core.estimators import _neighbour_findings as findings
from core.estimators._closed import ClosedFormEstimate, varies
from core.estimators._cross_check import misses
from core.estimators._disjoint_parts import from_parts, one_by_one
from core.estimators._marginal_transforms import Kind, columns_as
from core.evaluation.trust import Finding
from core.information.quantities import Quantity, Terms, total
from core.method import Array
from core.sentences import Sentence

_SEEN, _FEWEST, _WIDEST = 2_000, 100, 4  # rows that neighbours see beside a Gaussian figure; rows, columns for that
_K = 5
_APART = 0.03  # nats between two intervals
_BLUR = 20  # times 1/n, about the variance of a rank's normal score: 10/n left of a column cost .15 of 2.3 nats


def by_gaussian(sides: list[Array], quantity: Quantity, margins: Kind, correction: str) -> ClosedFormEstimate:
    """`gaussian`, held against neighbours on some of the rows: it misses what is bent."""
    if _still(quantity, sides):
        return ClosedFormEstimate(0.0, (0.0, 0.0))
    n, d = len(sides[0]), sum(side.shape[1] for side in sides)
    found = gaussian(sides, quantity, margins, correction)
    found = found._replace(diagnostics=(_blurred(np.hstack(sides), margins),))
    if n < _FEWEST or d > _WIDEST:
        return found
    at = np.linspace(0, n - 1, min(n, _SEEN)).astype(int)
    seen = nearest_neighbours([side[at] for side in sides], quantity, _K, "normal scores", 0)
    other = Sentence("KSG (nearest neighbours)")
    return found._replace(diagnostics=(*found.diagnostics, _disagree(quantity, found, seen, other, len(at))))


def by_neighbours(sides: list[Array], quantity: Quantity, k: int, margins: Kind, seed: int) -> ClosedFormEstimate:
    """`nearest_neighbours`, held against a Gaussian copula: they miss what is sharp."""
    if _still(quantity, sides):
        return ClosedFormEstimate(0.0, (0.0, 0.0))
    n = len(sides[0])
    found = nearest_neighbours(sides, quantity, k, margins, seed)
    if n < max(_FEWEST, 5 * sum(side.shape[1] for side in sides)):
        return found
    seen = gaussian(sides, quantity, "normal scores", "exact")
    # The interval reaches towards what neighbours fall short of; whether they do is asked of the value alone.
    alone, other = found._replace(interval=(found.mi, found.mi)), Sentence("Gaussian (CCA)")
    doubts = (_disagree(quantity, alone, seen, other, n), _blurred(np.hstack(sides), margins))
    return found._replace(diagnostics=(*found.diagnostics, *doubts))


def gaussian(sides: Sequence[Array], quantity: Quantity, margins: Kind, correction: str) -> ClosedFormEstimate:
    """From log-determinants, each less the exact bias that n Gaussian rows give it; the interval by the delta method.

    E ln|Wishart_d(n−1)| = Σ_{i<d} ψ((n−1−i)/2) + const, and the constants cancel. Errors: ValueError for too few rows.
    """
    sides = [basis(columns_as(varies(side), margins)) * math.sqrt(len(side)) for side in sides]
    n, d = len(sides[0]), sum(side.shape[1] for side in sides)
    if n < d + 2:
        raise ValueError(
            Sentence("{n} rows are too few for {d} columns; at least {fewest} are needed", n=n, d=d, fewest=d + 2)
        )
    widths = [side.shape[1] for side in sides]
    half_log = {subset: _log_determinant(np.hstack([sides[i] for i in subset])) for subset in quantity.entropies}
    value = sum(c * half_log[subset][0] for subset, c in quantity.entropies.items())
    local = sum(c * half_log[subset][1] for subset, c in quantity.entropies.items())
    bias = _bias(n, widths, quantity.entropies)
    value -= bias if correction == "exact" else 0.0
    # The variance of χ²/2n, which is what is left where nothing depends; a difference of two has a bias of about 0.
    chance = abs(_bias(n, widths, total(len(sides)).entropies) if quantity.signed else bias) / n
    half = 1.96 * math.sqrt(float(np.var(local)) / n + chance)
    return ClosedFormEstimate(value, (value - half, value + half))


def nearest_neighbours(
    sides: Sequence[Array], quantity: Quantity, k: int, margins: Kind, seed: int
) -> ClosedFormEstimate:
    """From nearest neighbours, as `core.neighbours.of_entropies`; the interval from disjoint parts of the rows."""
    n, rng = len(sides[0]), np.random.default_rng(seed)
    k, wanted = min(k, n - 1), k
    mapped, shares = _spread_and_mapped(sides, k, margins, rng)

    def local(rows: Array) -> tuple[Array, float]:
        return neighbours.of_entropies([side[rows] for side in mapped], quantity.entropies, k)

    each, tied = local(np.arange(n))
    order = np.arange(n) if quantity.in_time else rng.permutation(n)
    interval, rising = from_parts(each, k, one_by_one(lambda rows: local(rows)[0]), order, rises=True)
    diagnostics = (
        rising,
        findings.few_values(max(shares), *map(varies, sides)),
        findings.tied_neighbours(tied, *mapped),
        findings.fewer_neighbours(k, wanted),
        findings.many_columns(sum(side.shape[1] for side in mapped), n),
        findings.uneven_spreads(np.hstack(mapped)) if margins == "raw" else None,
    )
    return ClosedFormEstimate(float(each.mean()), interval, diagnostics)


def value_of_neighbours(sides: Sequence[Array], quantity: Quantity, k: int, margins: Kind, seed: int) -> float:
    """The value of `nearest_neighbours` without its interval and findings, as shuffled copies want it."""
    if _still(quantity, sides):
        return 0.0
    k = min(k, len(sides[0]) - 1)
    mapped, _ = _spread_and_mapped(sides, k, margins, np.random.default_rng(seed))
    return float(neighbours.of_entropies(mapped, quantity.entropies, k)[0].mean())


def _spread_and_mapped(
    sides: Sequence[Array], k: int, margins: Kind, rng: np.random.Generator
) -> tuple[list[Array], list[float]]:
    """The sides with ties spread and columns mapped, and the share of each that was spread."""
    spread, shares = zip(*(neighbours.spread_ties(varies(side), k, rng) for side in sides), strict=True)
    return [columns_as(side, margins) for side in spread], list(shares)


def _log_determinant(columns: Array) -> tuple[float, Array]:
    """½ ln det of the covariance of columns (n, d), and the rows' own terms ½ ln det + ½ z'C⁻¹z (n,).

    Columns that determine each other leave an eigenvalue of rounding, which is taken for what double precision can tell.
    """
    values, axes = np.linalg.eigh(columns.T @ columns / len(columns))
    values = np.maximum(values, np.finfo(float).eps)
    half = 0.5 * float(np.log(values).sum())
    return half, half + 0.5 * ((columns @ axes) ** 2 / values).sum(axis=1)


def log_det_bias(n: int, d: int) -> float:
    """By how much ½ E ln|Wishart_d(n − 1)| = ½ Σ_{i<d} ψ((n − 1 − i)/2) + const differs between sides; const cancels."""
    return 0.5 * float(digamma((n - 1 - np.arange(d)) / 2.0).sum())


def _bias(n: int, widths: Sequence[int], terms: Terms) -> float:
    """What n independent Gaussian rows of sides of such widths give for Σ c_S H(S)."""
    return sum(c * log_det_bias(n, sum(widths[i] for i in subset)) for subset, c in terms.items())


def basis(side: Array) -> Array:
    """An orthonormal basis of the centred columns, (n, rank): repeated and dependent columns count once."""
    if not side.shape[1]:
        return side
    side = side / np.abs(side).max(axis=0)  # no column is all 0; products of huge ones would leave double precision
    side = side - side.mean(axis=0)
    q, r = np.linalg.qr(side / np.linalg.norm(side, axis=0))
    u, s, _ = np.linalg.svd(r)
    return q @ u[:, : len(s)][:, s > s[0] * max(side.shape) * np.finfo(float).eps]


def _still(quantity: Quantity, sides: Sequence[Array]) -> bool:
    """Whether a side that has to vary does not, so that 0 is exact."""
    varying = [(side != side[:1]).any() for side in sides]
    return sum(varying) < 2 or (quantity.has_condition and not all(varying[:2]))


def _blurred(columns: Array, margins: Kind) -> Finding | None:
    """The others together tell a column more sharply than its ranks do, each of which is off by 1/√n or so."""
    columns = columns_as(varies(columns), margins)
    n, d = columns.shape
    if margins != "normal scores" or d < 3 or n < d + 2:
        return None
    matrix = np.corrcoef(columns.T) + np.finfo(float).eps * np.eye(d)
    left = float(1.0 / np.abs(np.diag(np.linalg.pinv(matrix, hermitian=True))).max())  # variance, given all others
    if left * n >= _BLUR:
        return None
    return Finding(
        "amber",
        Sentence(
            "The columns determine one of them up to {left:.2g} of its spread, which ranks of {n:,} rows blur: the figure falls "
            "short. Set margins to 'standardise'.",
            left=math.sqrt(left),
            n=n,
        ),
    )


def _disagree(
    quantity: Quantity, found: ClosedFormEstimate, seen: ClosedFormEstimate, other: str, n: int
) -> Finding | None:
    if not quantity.signed:
        return misses(found.mi, found.interval, other, seen.mi, seen.interval, n)
    (low, high), (least, most) = found.interval, seen.interval
    if max(least - high, low - most) < _APART:
        return None
    return Finding(
        "amber",
        Sentence(
            "{other} finds {theirs:.2f} nats ({low:.2f} to {high:.2f}) in {n:,} of the rows: one of the two misses a part of "
            "the dependence.",
            other=other,
            theirs=seen.mi,
            low=least,
            high=most,
            n=n,
        ),
    )
