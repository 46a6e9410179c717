"""Does an estimator agree with itself on these rows? What must not change it, what may only lower it, what must add up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from core.arrays import mean_and_deviation
from core.estimators._closed import rows
from core.evaluation.trust import Finding
from core.method import Array, Checkpoint, Source, Step
from core.sentences import Sentence
from core.sweeps._of_one import OfOneEstimator

_PARTS = (2, 4, 8)  # into which the rows are cut
_FEWEST = 200  # rows: 25 in the smallest part
_LEVELS = 8  # values that a coarsened column keeps
_SLACK = 0.02  # nats between two estimates, beside their intervals
_UNKNOWN = 0.05  # nats that an estimate without an interval may be off

_WHAT = {
    "whole": Sentence("all rows as they are"),
    "maps": Sentence("each column bent by a monotone map"),
    "noise": Sentence("noise added to x"),
    "coarse": Sentence("x coarsened to eight values"),
    "beside": Sentence("an independent column beside y"),
    "halves": Sentence("two halves of the rows side by side"),
    "parts": Sentence("parts of the rows"),
}
_BROKEN = {
    "maps": "Monotone maps of the columns, under which MI does not change, move the estimate from {expected:.3f} to {mi:.3f} nats.",
    "noise": "With noise added to x the estimate rises from {expected:.3f} to {mi:.3f} nats: data processing can only lower MI.",
    "coarse": "With x coarsened the estimate rises from {expected:.3f} to {mi:.3f} nats: data processing can only lower MI.",
    "beside": "An independent column beside y, which adds nothing, moves the estimate from {expected:.3f} to {mi:.3f} nats.",
    "halves": "Two halves of the rows side by side give {mi:.3f} nats and not their sum {expected:.3f}: more columns distort it.",
    "parts": "Estimates of smaller parts run towards {mi:.3f} nats for endless rows, away from {expected:.3f}: its bias is not gone.",
}


class _Case(NamedTuple):
    check: str
    x: Array
    y: Array


@dataclass
class _Board:
    cases: list[_Case]
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(eq=False, repr=False, kw_only=True)
class Consistency(OfOneEstimator):
    """An estimator on these rows, and on what is made of them, where theory says how the figures relate.

    Monotone maps of the columns and an independent column leave MI as it is; noise and coarsening can only lower it; two
    independent halves side by side add up; and smaller parts show, as a line in 1/n, where endless rows would lead. No
    truth is needed. `rows_` holds the estimates, `verdicts_` what each check says, `findings_` a sentence for each that fails.

    References: Song & Ermon (2020), arXiv:1910.06222, section 5 (self-consistency); Holmes & Nemenman (2019),
    arXiv:1903.09280 (sub-samples against 1/n).
    """

    title: ClassVar[str] = "Self-consistency"
    reference: ClassVar[str] = (
        "Song and Ermon, 2020, Understanding the Limitations of Variational MI Estimators, arXiv:1910.06222"
    )

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step for each estimate: "mi" in nats."""
        self.check_parameters()
        x, y = rows(source)
        if len(x) < _FEWEST:
            raise ValueError(
                Sentence(
                    "{n} rows are too few for parts of them; at least {fewest} are needed", n=len(x), fewest=_FEWEST
                )
            )
        self._run = board = _Board(cases(x, y, self.seed()))
        for index, (check, a, b) in enumerate(board.cases, 1):
            found = self._estimator().run(Source(a, b))
            low, high = found.interval_ if found.interval_ is not None else (math.nan, math.nan)
            row: dict[str, Any] = {
                "check": check,
                "what": _WHAT[check],
                "n": len(a),
                "mi": float(found.mi_),
                "low": low,
                "high": high,
            }
            board.rows.append(row)
            yield Step(index, {"mi": row["mi"]})

    @property
    def total(self) -> int:
        """The estimates."""
        return len(_WHAT) - 1 + sum(_PARTS)

    def finish(self) -> Self:
        """Set `rows_`, `verdicts_` and `findings_`, of as many estimates as were reached. Errors: ValueError before the first."""
        self.rows_ = list(self._under_way().rows)
        self.verdicts_ = verdicts(self.rows_)
        self.findings_ = [found for one in self.verdicts_ if (found := finding(one)) is not None]
        return self

    def result(self) -> dict[str, Any]:
        """The estimates, the verdicts, and the sentences of those that fail."""
        return {"rows": self.rows_, "verdicts": self.verdicts_, "findings": [f.sentence for f in self.findings_]}


def cases(x: Array, y: Array, seed: int) -> list[_Case]:
    """The rows, and what is made of them."""
    rng, n = np.random.default_rng([seed, 3]), len(x)
    scaled, spread = _standard(x), _standard(y)
    levels = np.floor(_LEVELS * (np.argsort(np.argsort(x, axis=0, kind="stable"), axis=0) / n))
    half, order = n // 2, rng.permutation(n)
    a, b = order[:half], order[half : 2 * half]
    found = [
        _Case("whole", x, y),
        _Case("maps", np.sinh(scaled), -np.exp(spread / 2)),
        _Case("noise", scaled + 0.5 * rng.standard_normal(x.shape), y),
        _Case("coarse", levels, y),
        _Case("beside", x, np.hstack([spread, rng.standard_normal((n, 1))])),
        _Case("halves", np.hstack([x[a], x[b]]), np.hstack([y[a], y[b]])),
    ]
    for parts in _PARTS:
        found += [_Case("parts", x[rows], y[rows]) for rows in np.array_split(order, parts)]
    return found


def _standard(values: Array) -> Array:
    """Columns of mean 0 and deviation 1, and within ±5, beyond which maps would leave double precision."""
    mean, deviation = mean_and_deviation(values)
    return np.clip((values - mean) / np.where(deviation > 0, deviation, 1.0), -5.0, 5.0)


def verdicts(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each check that can be made of these estimates: the estimate, what it is held against, and whether it holds."""
    by: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        by.setdefault(row["check"], []).append(row)
    if "whole" not in by:
        return []
    whole, out = by["whole"][0], []
    for check in ("maps", "noise", "coarse", "beside"):
        if check in by:
            out.append(_held(check, by[check][0], whole, below=check in ("noise", "coarse")))
    parts = by.get("parts", [])
    if "halves" in by and len(parts) >= _PARTS[0]:
        out.append(_held("halves", by["halves"][0], _sum(parts[: _PARTS[0]])))
    if len(parts) == sum(_PARTS):
        out.append(_held("parts", extrapolated(found), whole))
    return out


def _sum(found: list[dict[str, Any]]) -> dict[str, float]:
    """Estimates of independent rows added up."""
    mi = sum(row["mi"] for row in found)
    low, high = (math.hypot(*(_reach(row, side) for row in found)) for side in (-1, 1))
    return {"mi": mi, "low": mi - low, "high": mi + high}


def extrapolated(found: list[dict[str, Any]]) -> dict[str, float]:
    """The line of the estimates in 1/n, by least squares, each weighed by its rows: at 1/n = 0 ("mi") with its 95 % interval."""
    used = [row for row in found if row["check"] in ("whole", "parts")]
    n, mi = np.array([row["n"] for row in used], float), np.array([row["mi"] for row in used])
    weights, design = np.sqrt(n), np.column_stack([np.ones(len(n)), 1.0 / n])
    scaled = design * weights[:, None]
    (at, slope), *_ = np.linalg.lstsq(scaled, mi * weights, rcond=None)
    left = (mi - design @ [at, slope]) * weights
    variance = float(left @ left) / max(1, len(n) - 2)
    half = 1.96 * math.sqrt(variance * np.linalg.inv(scaled.T @ scaled)[0, 0])
    return {"mi": float(at), "slope": float(slope), "low": float(at) - half, "high": float(at) + half}


def _reach(row: dict[str, Any], side: float) -> float:
    """How far an estimate's interval reaches, above it or below."""
    reach = row["high"] - row["mi"] if side > 0 else row["mi"] - row["low"]
    return float(reach) if math.isfinite(reach) else _UNKNOWN


def _held(check: str, row: dict[str, Any], other: dict[str, Any], below: bool = False) -> dict[str, Any]:
    """Whether an estimate is what another one says that it should be, as far as their intervals reach towards each other."""
    gap = row["mi"] - other["mi"]
    allowed = math.hypot(_reach(row, -gap), _reach(other, gap)) + _SLACK
    said = {"check": check, "what": _WHAT[check], "relation": "≤" if below else "="}
    holds = gap <= allowed if below else abs(gap) <= allowed
    return said | {"mi": row["mi"], "expected": other["mi"], "allowed": allowed, "holds": bool(holds)}


def finding(verdict: dict[str, Any]) -> Finding | None:
    """The sentence of a check that fails."""
    if verdict["holds"]:
        return None
    return Finding("amber", Sentence(_BROKEN[verdict["check"]], mi=verdict["mi"], expected=verdict["expected"]))
