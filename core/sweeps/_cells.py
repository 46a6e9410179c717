"""Sweeps that compare estimators with the truth, an estimate a cell: what is found, or the sentence that says why nothing is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from core import sentences
from core.analysis.estimate import estimate_mi, estimator_class
from core.method import Array, Checkpoint, Sweep, TaskSource
from core.sentences import Sentence

_FAILED: dict[str, Any] = {"mi": None, "interval": None, "trust": None, "reasons": []}


@dataclass
class Board:
    """The run: its tasks with their truth, and the rows so far."""

    source: TaskSource
    rows: list[dict[str, Any]] = field(default_factory=list)
    drawn: tuple[Any, Array, Array] | None = None  # of what the last sample is, and its sides

    def add(
        self, about: dict[str, Any], joint: Any, n: int, method: str, seed: int, device: str, **parameters: Any
    ) -> dict[str, float]:
        """Estimate a cell and append its row, which begins with `about`. Cells in succession of one distribution, size and
        seed see the same rows. Gives "error", the estimate less the truth in nats, and nothing where the cell failed."""
        if self.drawn is None or self.drawn[0] != (joint, n, seed):
            self.drawn = ((joint, n, seed), *joint.sample(n, seed))
        found = estimated(method, *self.drawn[1:], seed, device, **parameters)
        truth = float(joint.true_mi)
        self.rows.append(about | {"truth": truth, "method": method, "seed": seed} | found)
        return {} if found["mi"] is None else {"error": found["mi"] - truth}


@dataclass(eq=False, repr=False, kw_only=True)
class OfCells(Sweep):
    """A row a cell; what is done stays done."""

    def checkpoint(self) -> Checkpoint | None:
        """The rows so far."""
        rows = self._under_way().rows
        return Checkpoint(len(rows), {}, {"rows": rows})

    def finish(self) -> Self:
        """Set `rows_`, of as many cells as were reached. Errors: ValueError where the run did not begin."""
        self.rows_ = list(self._under_way().rows)
        return self


def estimated(method: str, x: Array, y: Array, seed: int, device: str, **parameters: Any) -> dict[str, Any]:
    """mi, interval, trust, reasons, seconds, and "error": why there are none of them, or None."""
    began = time.perf_counter()
    try:
        found = estimate_mi(x, y, method, seed=seed, device=device, **parameters)
        if not np.isfinite(found.mi):
            raise ValueError(Sentence("the estimate is not a finite number"))
    except Exception as error:  # whatever an estimator raises is what this cell has to say
        said = sentences.of(error) or type(error).__name__
        return _FAILED | {"seconds": time.perf_counter() - began, "error": said}
    return {
        "mi": found.mi,
        "interval": None if found.interval is None else list(found.interval),
        "trust": found.trust.level,
        "reasons": list(found.trust.reasons),
        "seconds": found.seconds,
        "error": None,
    }


def check_methods(methods: tuple[Any, ...]) -> None:
    """That the estimators are there, each once. Errors: ValueError in one sentence."""
    if not methods:
        raise ValueError(Sentence("methods is empty: name at least one estimator"))
    for method in methods:
        estimator_class(method)
    if len(set(methods)) < len(methods):
        raise ValueError(Sentence("methods={methods} names an estimator twice", methods=", ".join(methods)))
