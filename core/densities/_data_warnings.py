"""What somebody should know about the rows before believing a density: each finding one sentence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.arrays import hardly_varies
from core.densities._run import SAMPLE, ReportData
from core.evaluation.trust.of_data import duplicates
from core.method import Array
from core.sentences import Sentence

_FEW = 30  # unseen rows, below which shares of them are coarse
_TIED, _STEPS = 0.02, 10  # of the rows, or in all: fewer different values than that are no continuous quantity
_FAR = 20.0  # quartile distances from the median: 26 standard deviations of a Gaussian


def data_warnings(data: ReportData) -> list[str]:
    """Sentences about few rows, repeated rows, tied or far targets and constant inputs; [] where there is nothing to say."""
    return [*_rows(data), *_targets(data.y), *_inputs(data.x), *_still(data.x, data.y)]


def _rows(s: ReportData) -> Iterator[str]:
    n = len(s.x_held)
    if n < _FEW:
        yield Sentence("Only {n} rows were held out: read their figures as rough, or hold out a larger share.", n=n)
    if len(s.owner) and len(s.x) >= _FEW:
        held = np.hstack([s.x_held, s.y_held])[s.owner == 0]  # the rows x, y are what the first network trained on
        rows = np.hstack([s.x, s.y])
        known = {row.tobytes() for row in rows}
        twice = sum(row.tobytes() in known for row in held)
        copied = len(known) < len(rows) / 2 or duplicates(s.x, s.y) is not None  # rounded values meet by themselves
        if copied and twice > len(held) // 20:
            yield (
                Sentence(
                    "{twice} of the {n_held:,} rows that the first network held out also stand among "
                    "{counted}: held-out figures flatter "
                    "where rows are repeated, so remove the repetitions.",
                    twice=twice,
                    n_held=len(held),
                    counted=_counted(len(s.x)),
                )
            )


def _counted(n: int) -> str:
    """The training rows that a sentence is about: all, or the sample that is kept."""
    return Sentence("a sample of {n:,} training rows", n=n) if n == SAMPLE else Sentence("the {n:,} training rows", n=n)


def _targets(y: Array) -> Iterator[str]:
    for j, column in enumerate(y.T):
        output = "y" if y.shape[1] == 1 else Sentence("Output {j} of y", j=j + 1)
        different = len(np.unique(column))
        if len(column) >= _FEW and different <= max(_STEPS, _TIED * len(column)):
            yield (
                Sentence(
                    "{output} has only {different} different values in {counted}: a density may grow there until it "
                    "meets the floor under σ, so its NLL says more about the floor than about the fit.",
                    output=output,
                    different=different,
                    counted=_counted(len(column)),
                )
            )
        low, middle, high = np.quantile(column, [0.25, 0.5, 0.75])
        far = int((np.abs(column - middle) > _FAR * (high - low)).sum()) if high > low else 0
        if far:
            yield (
                Sentence(
                    "{output} has {n} value more than {limit:g} quartile distances from its median: it sets the unit in which all "
                    "others are learned, so check it.",
                    many="{output} has {n} values more than {limit:g} quartile distances from its median: they set the unit in "
                    "which all others are learned, so check them.",
                    output=output,
                    n=far,
                    limit=_FAR,
                )
            )


def _inputs(x: Array) -> Iterator[str]:
    constant = [str(j + 1) for j, column in enumerate(x.T) if len(x) > 1 and np.ptp(column) == 0]
    if constant:
        yield Sentence(
            "Input {names} is constant among the training rows and tells nothing: leave it out.",
            names=", ".join(constant),
        )


def _still(x: Array, y: Array) -> Iterator[str]:
    for side, values in (("Input", x), ("Output", y)):
        for j in range(values.shape[1]):
            if len(values) > 1 and hardly_varies(values[:, j]):
                yield (
                    Sentence(
                        "{side} {j} varies by less than 10⁻¹² of its size and counts as constant: subtract its mean first.",
                        side=side,
                        j=j + 1,
                    )
                )
