"""How often the verdict and the interval of `auto` are right, over tasks, sizes and seeds; strong, absent and rounded dependence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from core import estimate_mi
from core.distributions import Distribution, from_dict, make
from core.method import Array

SIZES, SEEDS, COLUMNS = (500, 2_000, 10_000), (0, 1, 2), 10
NEAR = 0.1  # nats
SAMPLES = 200


@dataclass(frozen=True)
class Result:
    """One estimate beside the truth."""

    task: str
    n: int
    seed: int
    truth: float
    mi: float
    interval: tuple[float, float]
    level: str
    route: str
    reasons: tuple[str, ...]
    seconds: float

    @property
    def error(self) -> float:
        return self.mi - self.truth

    @property
    def width(self) -> float:
        return self.interval[1] - self.interval[0]

    @property
    def near(self) -> bool:
        return abs(self.error) < NEAR

    @property
    def covered(self) -> bool:
        return self.interval[0] <= self.truth <= self.interval[1]

    @property
    def green(self) -> bool:
        return self.level == "green"

    @property
    def as_stated(self) -> bool:
        """Within 0.1 nat or twice the half-width of the interval."""
        return abs(self.error) <= max(NEAR, self.width)


def estimated(task: str, joint: Distribution, n: int, seed: int, method: str = "auto", **parameters: Any) -> Result:
    """A fresh sample's estimate."""
    e = estimate_mi(*joint.sample(n, seed), method, **parameters)
    assert e.interval is not None
    route = str(e.said.get("route", method))
    return Result(
        task,
        n,
        seed,
        joint.true_mi,
        e.mi,
        e.interval,
        e.trust.level,
        route,
        tuple(map(str, e.trust.reasons)),
        e.seconds,
    )


def small(known: dict[str, Distribution]) -> dict[str, Distribution]:
    """Those of at most `COLUMNS` joint columns."""
    return {name: j for name, j in known.items() if sum(side.shape[1] for side in j.sample(2)) <= COLUMNS}


def results(known: dict[str, Distribution], sizes: Iterable[int]) -> Iterator[Result]:
    """Every task with every size and seed; the time is ample, so that a busy machine does not change the verdict."""
    for n in sizes:
        for at, (name, joint) in enumerate(small(known).items()):
            for seed in SEEDS:
                yield estimated(name, joint, n, 1_000 * seed + at, budget="10min")


def summary(found: list[Result]) -> list[str]:
    """A line of the table."""
    green, near = np.array([r.green for r in found]), np.array([r.near for r in found])
    stated, covered = np.array([r.as_stated for r in found]), np.array([r.covered for r in found])
    return [
        str(len(found)),
        _share(stated[green]),
        _share(green[near]),
        _share(~green[~near]),
        _share(covered),
        f"{np.median([r.width for r in found]):.3f}",
        f"{np.mean([abs(r.error) for r in found]):.3f}",
        f"{np.median([r.seconds for r in found]):.1f}",
    ]


HEAD = [
    "n",
    "estimates",
    "green, within what is stated (≥ 95 %)",
    "within .1, green (≥ 70 %)",
    "beyond .1, not green (≥ 90 %)",
    "interval holds (92–98 %)",
    "median width (≤ .15 at 10,000)",
    "mean error",
    "median s",
]


def by_size(found: Iterable[Result]) -> Iterator[list[str]]:
    """A line for each size once it is complete, then one of all."""
    every: list[Result] = []
    for result in found:
        if every and result.n != every[-1].n:
            yield _of_size(every, every[-1].n)
        every.append(result)
    yield _of_size(every, every[-1].n)
    yield ["all", *summary(every)]
    yield from (
        [f"missed: {r.task}, n = {r.n:,}, seed {r.seed}", *_figures(r)] for r in every if r.green and not r.as_stated
    )


def _of_size(every: list[Result], n: int) -> list[str]:
    return [f"{n:,}", *summary([r for r in every if r.n == n])]


def _figures(r: Result) -> list[str]:
    return [f"{r.truth:.3f}", f"{r.mi:.3f}", f"{r.interval[0]:.3f} … {r.interval[1]:.3f}", r.route]


def _share(part: np.ndarray) -> str:
    return f"{part.mean():.1%} of {len(part)}" if len(part) else "none"


def coverage() -> Iterator[list[str]]:
    """ρ = .5, n = 1,000: how often each method's interval holds the truth."""
    joint = make("gaussian", rho=0.5)
    for method, parameters in (("ksg", {}), ("auto", {"budget": "1s"})):
        found = [estimated("", joint, 1_000, seed, method, **parameters) for seed in range(SAMPLES)]
        bias, width = np.mean([r.error for r in found]), np.median([r.width for r in found])
        yield [method, _share(np.array([r.covered for r in found])), f"{bias:+.4f}", f"{width:.3f}"]


def _strong(nats: float, d: int) -> dict[str, Any]:
    return {"name": "channel", "dimension": d, "power": float(np.expm1(2 * nats / d)) * 0.01, "noise": 0.01}


def strong() -> dict[str, Distribution]:
    """5 and 6 nats, in one column a side and in ten, as they are and warped one to one; and no dependence at all."""
    known = {}
    for d in (1, 10):
        for nats in (5.0, 6.0):
            for warp in ("", "half_cube", "wiggly"):
                inner = _strong(nats, d)
                described = {"name": warp, "of": inner} if warp else inner
                known[f"{nats:.0f} nats, {d} × {d}{', ' * bool(warp)}{warp}"] = from_dict(described)
        known[f"independent, {d} × {d}"] = make("multivariate_gaussian", dimension=d, rho=0.0)
    return known


def rounded_mi(rho: float, step: float) -> float:
    """I of two normal columns with correlation ρ, each rounded to multiples of `step`, in nats: the cells' masses."""
    edges = np.arange(-8.0, 8.0 + step, step) - step / 2
    nodes, weights = np.polynomial.legendre.leggauss(20)
    x = (edges[:-1, None] + edges[1:, None]) / 2 + nodes * step / 2
    above = norm.cdf((edges - rho * x[..., None]) / np.sqrt(1 - rho**2))
    cells = np.einsum("ig,igj->ij", norm.pdf(x) * weights * step / 2, np.diff(above, axis=2))
    apart = np.outer(cells.sum(1), cells.sum(0))
    kept = cells > 0
    return float((cells[kept] * np.log(cells[kept] / apart[kept])).sum())


def rounded(rho: float, step: float, n: int, seed: int) -> tuple[float, Array, Array]:
    """The truth, and a sample."""
    x, y = make("gaussian", rho=rho).sample(n, seed)
    return rounded_mi(rho, step), np.round(x / step) * step, np.round(y / step) * step


def extremes(n: int) -> Iterator[list[str]]:
    """Task, truth, estimate, error, allowed, seconds."""
    for name, joint in strong().items():
        r = estimated(name, joint, n, 0)
        allowed = 0.05 * r.truth if r.truth else 0.02
        yield _line(name, r.truth, r.mi, allowed, r.level, r.route, r.seconds)
    for rho in (0.0, 0.5, 0.8):
        for step in (0.05, 0.2, 1.0):
            truth, x, y = rounded(rho, step, n, 0)
            e = estimate_mi(x, y)
            yield _line(
                f"ρ = {rho}, rounded to {step}", truth, e.mi, 0.03, e.trust.level, str(e.said["route"]), e.seconds
            )


def _line(name: str, truth: float, mi: float, allowed: float, level: str, route: str, seconds: float) -> list[str]:
    said = "" if abs(mi - truth) <= allowed else ": **not met**"
    return [
        name,
        f"{truth:.3f}",
        f"{mi:.3f}",
        f"{mi - truth:+.3f}{said}",
        f"{allowed:.3f}",
        level,
        route,
        f"{seconds:.1f}",
    ]
