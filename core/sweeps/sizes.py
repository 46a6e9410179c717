"""Estimators against the truth as the sample, the dimension or the batch grows, and how long they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from core import params
from core.analysis.estimate import estimator_class
from core.distributions import to_dict
from core.method import Array, Checkpoint, MIEstimator, Step, TaskSource
from core.params import Range
from core.sentences import Sentence
from core.sweeps._cells import Board, OfCells, check_methods

MOST = 20  # values
_RANGES = {"rows": Range(50, 1_000_000), "dimension": Range(1, 200)}


@dataclass(eq=False, repr=False, kw_only=True)
class Sizes(OfCells):
    """Each estimator at each size, with seeds that follow one another from the run's own; all see the same rows of a size.

    `rows_` has a row for each: value, truth, method, seed, mi, interval, trust, reasons, seconds, error (in nats). `slopes`
    are those of log seconds against log size: 1 is linear, 2 quadratic.
    """

    title: ClassVar[str] = "Sweep of sizes"
    reference: ClassVar[str] = (
        "Gao, Ver Steeg and Galstyan (2015), Efficient Estimation of Mutual Information for Strongly Dependent "
        "Variables; arXiv:1411.2003"
    )
    views: ClassVar[tuple[str, ...]] = ("sizes",)
    takes: ClassVar[tuple[str, ...]] = ("rows",)

    varied: Annotated[
        Literal["rows", "dimension", "batch_size"],
        "What grows: the rows of the sample, the distribution's columns, or the pairs in a training step.",
    ] = "rows"
    values: Annotated[tuple[Any, ...], "The sizes, one estimate each."] = (200, 500, 1_000, 2_000, 5_000)
    methods: Annotated[tuple[Any, ...], "The estimators that are compared, by the names of their files."] = (
        "ksg",
        "gaussian",
    )
    seeds: Annotated[int, Range(1, 20), "Samples of each size, each with a seed of its own."] = 3

    def check_parameters(self) -> None:
        """Also that the estimators and sizes are there. Errors: ValueError in one sentence."""
        super().check_parameters()
        check_methods(self.methods)
        if not 1 <= len(self.values) <= MOST:
            raise ValueError(
                Sentence("values has {count} entries; give 1 to {most} sizes", count=len(self.values), most=MOST)
            )
        own = params.Param(self.varied, int, 1, "", _RANGES.get(self.varied))
        for method in self.methods:
            cls: Any = estimator_class(method)
            known = params.parameters(cls)
            if self.varied == "batch_size" and "batch_size" not in known:
                raise ValueError(
                    Sentence("method={method!r} has no batch_size: it does not train on batches", method=method)
                )
            for value in self.values:
                (known["batch_size"] if self.varied == "batch_size" else own).check(value)

    def steps(  # type: ignore[override]  # it draws for itself
        self, source: TaskSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """A Step a cell: "value", and "error", the estimate less the truth in nats, which a failed cell has not. All sizes with
        the first seed come first. A checkpoint's cells are not computed again."""
        self.check_parameters()
        if not isinstance(source, TaskSource):
            raise ValueError(Sentence("a sweep of sizes is of a distribution whose mutual information is known"))
        self._run = board = Board(source, list(start.meta["rows"]) if start else [])
        for seed, value, method in self._cells()[len(board.rows) :]:
            joint, n, given = self._sized(source, value)
            data = {"distribution": to_dict(joint), "n": n}
            run = {"family": MIEstimator.family, "method": method, "parameters": given, "data": data, "seed": seed}
            error = board.add({"run": run, "value": value}, joint, n, method, seed, self.device, **given)
            yield Step(len(board.rows), {"value": float(value), **error})

    def _cells(self) -> list[tuple[int, int, str]]:
        seeds = [(self.seed() + k) % 2**32 for k in range(self.seeds)]
        return [(seed, int(value), m) for seed in seeds for value in sorted(set(self.values)) for m in self.methods]

    def _sized(self, source: TaskSource, value: int) -> tuple[Any, int, dict[str, Any]]:
        """The distribution, the rows and the method's parameters of a size."""
        joint = source.tasks[0][1]
        if self.varied == "rows":
            return joint, value, {}
        if self.varied == "batch_size":
            return joint, source.n, {"batch_size": value}
        return widened(joint, value), source.n, {}

    @property
    def total(self) -> int:
        """The number of cells."""
        return len(self._cells())

    def result(self) -> dict[str, Any]:
        """What was varied, the rows, and the slope of each method's seconds."""
        slopes = {m: slope([row for row in self.rows_ if row["method"] == m]) for m in self.methods}
        return {"varied": self.varied, "methods": list(self.methods), "rows": self.rows_, "slopes": slopes}

    def view(self, name: str) -> dict[str, Array]:
        """ "sizes": value, method (its place), mi, low, high, truth and seconds of each cell so far, (m,), NaN where there is
        none."""
        if name != "sizes":
            return super().view(name)
        rows = self._shown_run(name).rows
        ends = [row["interval"] or (np.nan, np.nan) for row in rows]
        numbers = {key: [row[key] for row in rows] for key in ("value", "mi", "truth", "seconds")}
        numbers |= {"method": [self.methods.index(row["method"]) for row in rows]}
        numbers |= {"low": [low for low, _ in ends], "high": [high for _, high in ends]}
        return {key: np.array(values, dtype=float) for key, values in numbers.items()}


def widened(joint: Any, dimension: int) -> Any:
    """The distribution, or what it maps, in another dimension. Errors: ValueError for one that has only its own."""
    if (inner := getattr(joint, "of", None)) is not None:
        return replace(joint, of=widened(inner, dimension))
    if hasattr(joint, "dimension"):
        return replace(joint, dimension=dimension)
    if hasattr(joint, "columns_x"):
        return replace(joint, columns_x=dimension, columns_y=dimension)
    raise ValueError(
        Sentence("{title} has one dimension only: choose another distribution", title=Sentence(joint.title))
    )


def slope(rows: list[dict[str, Any]]) -> float | None:
    """Of log seconds against log size, by least squares; None for fewer than two sizes."""
    rows = [row for row in rows if row["mi"] is not None and row["seconds"] > 0]
    if len({row["value"] for row in rows}) < 2:
        return None
    sizes, seconds = np.log([row["value"] for row in rows]), np.log([row["seconds"] for row in rows])
    return float(np.polyfit(sizes, seconds, 1)[0])
