"""One-to-many problems: pairs (x, y) whose conditional density p(y | x) is known, to hold a learned one against.

The inverse problem is the classic one: y = 7 sin(0.75 x) + x / 2 + N(0, 1) is a function with noise, and read backwards
one input has up to five answers, which no mean can describe (Bishop, 1994, Mixture density networks, NCRG/94/004, whose
second example is the arm with two joints).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from core.method import Array, Source
from core.sentences import Sentence

_REACH = 10.0  # of the wave's argument: uniform on [−10, 10]
_RADIUS, _WIDTH = 3.0, 0.3  # of the circle, and of the noise around it
# The integrand of the inverse problem is a bump of width ≥ 1 / max|f'| = 0.17: 2,001 points are 17 per width.
_GRID = np.linspace(-_REACH, _REACH, 2001)[:, None]
_UPPER, _FORE, _SHAKE = 1.0, 0.8, 0.1  # the arm in metres: lengths, and the error with which its hand is seen
_SHOULDER, _ELBOW = (0.0, math.pi / 2), (-2.5, 2.5)  # uniform, in radians; the elbow may bend to either side
ARM_LIMITS = (_SHOULDER, _ELBOW)
# Under the arm's integral is a bump of width ≥ 0.1 / 1.8 in the shoulder and ≥ 0.1 / 0.8 in the elbow; Gauss-Legendre
# with about one point a width is exact to 1e-6 there, which twice as many points confirm.
_SHOULDER_NODES, _ELBOW_NODES = (np.polynomial.legendre.leggauss(k) for k in (40, 64))
_FRESH = 5000  # points kept apart for the report


@dataclass(frozen=True)
class Problem:
    """A problem by its title, a sentence that describes it, its draws and its true log p(y | x)."""

    title: str
    sentence: str
    draw: Callable[[int, np.random.Generator], tuple[Array, Array]]
    log_density: Callable[[Array, Array], Array]
    x_names: tuple[str, ...] = ("x",)
    y_names: tuple[str, ...] = ("y",)


def problem_source(name: str, n: int, seed: int = 0) -> Source:
    """n independent pairs of a problem: x (n, dx), y (n, dy), and `log_density(x, y)`, the true log p(y | x), (n,) nats.

    `test` holds 5,000 further points. Another seed gives other points of the same problem. Errors: ValueError for an unknown name or n below 1.
    """
    if name not in PROBLEMS:
        raise ValueError(Sentence("problem={name!r} is not one of {names}", name=name, names=", ".join(PROBLEMS)))
    if n < 1:
        raise ValueError(Sentence("n={n} is not at least 1", n=n))
    problem = PROBLEMS[name]
    known: dict[str, Any] = {"log_density": problem.log_density, "x_names": problem.x_names, "y_names": problem.y_names}
    fresh = Source(*problem.draw(_FRESH, np.random.default_rng((seed, 1))), **known)
    return Source(*problem.draw(int(n), np.random.default_rng(seed)), test=fresh, **known)


def _normal(deviation: Array, sigma: Array | float = 1.0) -> Array:
    return -0.5 * (deviation / sigma) ** 2 - np.log(sigma) - 0.5 * math.log(2 * math.pi)


def _logsumexp(values: Array, axis: int) -> Array:
    top = values.max(axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.exp(values - top).sum(axis))


def _wave(x: Array) -> Array:
    return 7 * np.sin(0.75 * x) + 0.5 * x


def _draw_forward(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    x = rng.uniform(-_REACH, _REACH, (n, 1))
    return x, _wave(x) + rng.standard_normal((n, 1))


def _log_forward(x: Array, y: Array) -> Array:
    return _normal(y - _wave(x))[:, 0]


def _draw_inverse(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    x, y = _draw_forward(n, rng)
    return y, x


def _log_inverse(x: Array, y: Array) -> Array:
    # By Bayes with y uniform: p(y | x) = N(x; f(y), 1) / ∫ N(x; f(t), 1) dt, the integral by the trapezoidal rule.
    weights = np.full(len(_GRID), _GRID[1, 0] - _GRID[0, 0])
    weights[[0, -1]] /= 2
    log_weights, curve = np.log(weights), _wave(_GRID)[:, 0]
    parts = np.array_split(x[:, 0], max(1, math.ceil(len(x) / 2000)))  # 2,000 rows at once: 32 MB
    normaliser = np.concatenate([_logsumexp(_normal(part[:, None] - curve) + log_weights, 1) for part in parts])
    inside = np.abs(y[:, 0]) <= _REACH
    return np.where(inside, _normal(x - _wave(y))[:, 0] - normaliser, -np.inf)


def _draw_circle(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    angle = rng.uniform(0, 2 * math.pi, (n, 1))
    return _RADIUS * np.cos(angle), _RADIUS * np.sin(angle) + _WIDTH * rng.standard_normal((n, 1))


def _log_circle(x: Array, y: Array) -> Array:
    # Given x, the angle is one of two, equally likely: an even mixture around ±√(R² − x²).
    height = np.sqrt(np.clip(_RADIUS**2 - x**2, 0, None))
    both = _normal(y - np.hstack([height, -height]), _WIDTH)
    return _logsumexp(both, 1) - math.log(2)


def _spread(x: Array) -> Array:
    return 0.1 + 0.3 * np.abs(x)


def _draw_heteroscedastic(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    x = rng.uniform(-4, 4, (n, 1))
    return x, 2 * np.sin(x) + _spread(x) * rng.standard_normal((n, 1))


def _log_heteroscedastic(x: Array, y: Array) -> Array:
    return _normal(y - 2 * np.sin(x), _spread(x))[:, 0]


def arm_joints(angles: Array) -> Array:
    """Shoulder, elbow and hand in metres, (n, 3, 2), when shoulder and elbow are turned by these angles, (n, 2) radians."""
    turned = angles[:, :1] + angles[:, 1:]
    upper, fore = (np.hstack([np.cos(a), np.sin(a)]) for a in (angles[:, :1], turned))
    return np.stack([0 * upper, _UPPER * upper, _UPPER * upper + _FORE * fore], 1)


def arm_poses(across: float, up: float) -> Array:
    """The angles (m ≤ 2, 2), in radians, that bring the hand there within the arm's limits: elbow down first, then up.

    cos e = (r² − u² − f²) / 2uf,  s = atan2(up, across) − atan2(f sin e, u + f cos e),  u, f the lengths
    """
    cosine = (across**2 + up**2 - _UPPER**2 - _FORE**2) / (2 * _UPPER * _FORE)
    if abs(cosine) > 1:
        return np.zeros((0, 2))
    elbow = math.acos(cosine) * np.array([1.0, -1.0])  # bent to the left of the upper arm, the elbow hangs below
    shoulder = math.atan2(up, across) - np.arctan2(_FORE * np.sin(elbow), _UPPER + _FORE * np.cos(elbow))
    poses = np.column_stack([shoulder, elbow])
    low, high = np.transpose(ARM_LIMITS)
    return poses[((poses >= low) & (poses <= high)).all(1)]


def _hand(angles: Array) -> Array:
    return arm_joints(angles)[:, 2]


def _draw_arm(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    angles = np.column_stack([rng.uniform(*_SHOULDER, n), rng.uniform(*_ELBOW, n)])
    return _hand(angles) + _SHAKE * rng.standard_normal((n, 2)), angles


def _log_arm(x: Array, y: Array) -> Array:
    # By Bayes with both angles uniform: p(y | x) = N(x; hand(y), s²) / ∫ N(x; hand(t), s²) dt.
    (a, wa), (b, wb) = (_placed(*p) for p in ((_SHOULDER_NODES, _SHOULDER), (_ELBOW_NODES, _ELBOW)))
    hands = _hand(np.column_stack([a.repeat(len(b)), np.tile(b, len(a))]))
    # |x − hand|² = |x|² − 2 x·hand + |hand|²: one product of matrices instead of all the differences.
    offset = np.log(np.outer(wa, wb)).ravel() - 0.5 * (hands**2).sum(1) / _SHAKE**2
    parts = np.array_split(x, max(1, math.ceil(len(x) / 500)))  # 500 rows at once: 10 MB
    log_mass = np.concatenate([_logsumexp(part @ hands.T / _SHAKE**2 + offset, 1) for part in parts])
    log_mass -= 0.5 * (x**2).sum(1) / _SHAKE**2
    log_seen = -0.5 * ((x - _hand(y)) ** 2).sum(1) / _SHAKE**2  # the factor 1 / 2πs² is in both
    inside = np.ones(len(y), dtype=bool)
    for j, (low, high) in enumerate((_SHOULDER, _ELBOW)):
        inside &= (y[:, j] >= low) & (y[:, j] <= high)
    return np.where(inside, log_seen - log_mass, -np.inf)


def _placed(nodes: tuple[Array, Array], ends: tuple[float, float]) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights of [−1, 1] on another interval."""
    half = (ends[1] - ends[0]) / 2
    return ends[0] + half * (nodes[0] + 1), half * nodes[1]


PROBLEMS: dict[str, Problem] = {
    "inverse": Problem(
        "Inverse problem",
        "A noisy wave read backwards: one x has up to five answers y, and their mean is none of them.",
        _draw_inverse,
        _log_inverse,
    ),
    "forward": Problem(
        "Forward problem",
        "A noisy wave: one x has one answer y with the same noise everywhere, so the mean says it all.",
        _draw_forward,
        _log_forward,
    ),
    "circle": Problem(
        "Circle",
        "A ring of points: each x has two answers y, above and below, which meet at the sides.",
        _draw_circle,
        _log_circle,
    ),
    "heteroscedastic": Problem(
        "Changing noise",
        "A sine whose noise grows away from the middle: one answer y, but its uncertainty depends on x.",
        _draw_heteroscedastic,
        _log_heteroscedastic,
    ),
    "arm": Problem(
        "Robot arm",
        "Where the hand of an arm with two joints is, and how they are turned: the elbow can bend to either side. Upper arm "
        "1 m, forearm 0.8 m; the hand is seen with an error of 0.1 m.",
        _draw_arm,
        _log_arm,
        ("hand across (m)", "hand up (m)"),
        ("shoulder (rad)", "elbow (rad)"),
    ),
}


@cache
def true_mi(name: str) -> float:
    """The true I(X; Y) of a problem in nats, by quadrature exact to four decimals. Errors: ValueError for an unknown name."""
    if name not in PROBLEMS:
        raise ValueError(Sentence("problem={name!r} is not one of {names}", name=name, names=", ".join(PROBLEMS)))
    if name == "arm":
        return _true_mi_arm()
    middles = (np.arange(1_000) + 0.5) / 1_000
    x = {
        "forward": _REACH * (2 * middles - 1),
        "inverse": _REACH * (2 * middles - 1),  # the forward problem's pairs read backwards: the same information
        "heteroscedastic": 4 * (2 * middles - 1),
        "circle": _RADIUS * np.cos(2 * math.pi * middles),
    }[name]
    y = np.linspace(-18, 18, 1_001)
    forward = PROBLEMS["forward" if name == "inverse" else name]
    log_p = forward.log_density(x.repeat(len(y))[:, None], np.tile(y, len(x))[:, None]).reshape(len(x), len(y))
    p = np.exp(log_p)  # I = E_x ∫ p(y | x) ln p(y | x) / p(y) dy
    return float(np.trapezoid((p * (log_p - np.log(p.mean(0) + 1e-300))).mean(0), y))


def _true_mi_arm() -> float:
    # I(X; Y) = h(X) − h(X | Y): the entropy of the hand's place less that of its noise.
    (a, wa), (b, wb) = (_placed(*p) for p in ((_SHOULDER_NODES, _SHOULDER), (_ELBOW_NODES, _ELBOW)))
    hands = _hand(np.column_stack([a.repeat(len(b)), np.tile(b, len(a))]))
    log_weights = np.log(np.outer(wa / wa.sum(), wb / wb.sum())).ravel() - math.log(2 * math.pi * _SHAKE**2)
    reach = _UPPER + _FORE + 5 * _SHAKE
    side = np.linspace(-reach, reach, 101)  # two places a width of the noise
    entropy = 0.0
    for u in side:  # one column of places at a time: 2 MB
        gaps = (u - hands[:, 0]) ** 2 + (side[:, None] - hands[:, 1]) ** 2
        log_p = _logsumexp(log_weights - 0.5 * gaps / _SHAKE**2, 1)
        entropy -= float((np.exp(log_p) * log_p).sum()) * (side[1] - side[0]) ** 2
    return entropy - math.log(2 * math.pi * math.e * _SHAKE**2)
