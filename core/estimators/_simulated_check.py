"""A fitted density held against nearest neighbours: what these see in the rows, and what they would see if it were right."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from core import neighbours
from core.arrays import normal_scores
from core.estimators._log_ratio import LogRatio
from core.evaluation.trust import Finding
from core.method import Array
from core.sentences import Sentence

_ROWS, _MOST = 2_000, 4  # rows asked for their neighbours, in so many samples
_LEAST = 0.02  # nats, below which nothing is said


class Excess(NamedTuple):
    """Nearest neighbours' estimate of the rows less that of simulated ones, and its standard error."""

    seen: float
    expected: float
    error: float

    @property
    def nats(self) -> float:
        return self.seen - self.expected

    def above(self, errors: float) -> bool:
        """More than chance, by so many standard errors."""
        return self.nats > max(_LEAST, errors * self.error)

    def raised(self, mi: float) -> float:
        """What is missing from an estimate, if neighbours see the same share of it as of what is simulated."""
        return max(0.0, mi) * self.nats / self.expected if self.expected > self.error else self.nats


def excess(local: Array, method: LogRatio, k: int, seed: int) -> Excess:
    """Of KSG's contributions (n,) of the rows, NaN where they are unknown, and an estimator that fitted a density to them.

    Neighbours fall short where columns are many, and in simulated rows just as much: what is left is what the density
    misses. It is a posterior predictive check; Gelman, Meng & Stern (1996), Statistica Sinica 6, 733–760.
    """
    n = len(local)
    asked, rng = np.arange(min(n, _ROWS)), np.random.default_rng([seed, 5])
    found = []
    for _ in range(int(np.clip(_ROWS // n, 1, _MOST))):
        x, y = (np.column_stack([*map(normal_scores, side.T)]) for side in method.draw(n, rng))
        found.append(neighbours.Contributions(x, y, k).first(asked)[0])
    seen, simulated = local[np.isfinite(local)], np.concatenate(found)
    error = math.hypot(*(float(part.std()) / math.sqrt(len(part)) for part in (seen, simulated)))
    return Excess(float(seen.mean()), float(simulated.mean()), error)


def missed(found: Excess, title: str) -> Finding:
    """The sentence for a density that neighbours contradict."""
    return Finding(
        "amber",
        Sentence(
            "Nearest neighbours see {seen:.2f} nats, and would see {expected:.2f} if what {title} fitted were right: it "
            "misses a part of the dependence.",
            seen=found.seen,
            expected=found.expected,
            title=title,
        ),
    )
