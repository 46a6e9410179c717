"""What layouts that move into place share: their steps, their checkpoints, and new rows placed among the old."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np
import torch

from core.arrays import flat
from core.learning.scaling import Scale
from core.method import Array, Checkpoint, Projection, Source, Step, check_is_fitted, validate_data
from core.params import Range
from core.projections._faithfulness import faithfulness
from core.projections._rows import Standardise, picture, placed, scale_of


class Mover(Protocol):
    """Points under way: (n, 2 or 3) `coordinates` after `index` iterations, and the `figure` that they descend (nats)."""

    index: int
    figure: float

    @property
    def coordinates(self) -> Array: ...

    def advance(self, n: int) -> None: ...

    def state(self) -> dict[str, Array]: ...

    def restore(self, state: dict[str, Array], index: int, figure: float) -> None: ...


class _Run(NamedTuple):
    """The layout under way, where its rows come from, and their scale."""

    mover: Mover
    source: Source
    rows: Array
    scale: Scale | None


@dataclass(eq=False, repr=False, kw_only=True)
class Layout(Projection):
    """A layout of rows that is watched while it is found. A subclass writes `_mover` and the parameter `iterations`."""

    views: ClassVar[tuple[str, ...]] = ("embedding",)
    snapshots: ClassVar[tuple[str, ...]] = ("embedding",)  # the first is there before anybody could ask
    figure: ClassVar[str] = "loss"  # what its curve is called
    every: ClassVar[int] = 25  # iterations between steps

    dimensions: Annotated[int, Range(2, 3), "Dimensions of the map: the plane, or space, which can be turned."] = 2
    standardise: Standardise = False

    def _mover(self, rows: Array) -> Mover:
        raise NotImplementedError

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, d), or pictures (n, c, h, w), of 4 to 100,000 rows. Errors: ValueError."""
        return self.run(Source(validate_data(self, flat(X), dtype=np.float64, ensure_min_samples=4)))

    @property
    def total(self) -> int:
        return int(self.iterations)  # type: ignore[attr-defined]

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Yield every few iterations the figure that the layout descends, in nats."""
        rows = flat(source.x).astype(np.float64)
        scale = scale_of(rows, self.standardise)
        rows = scale(rows) if scale else rows
        mover = self._mover(rows)
        if start is not None:
            tensors = {name: value.numpy() for name, value in start.tensors.items()}
            mover.restore(tensors, start.index, start.meta[self.figure])
        self._run = _Run(mover, source, rows, scale)
        while mover.index < self.total:
            mover.advance(min(self.every, self.total - mover.index))
            yield Step(mover.index, {self.figure: mover.figure})

    def checkpoint(self) -> Checkpoint | None:
        if self._current is None or self._run.mover.index == 0:
            return None
        mover = self._run.mover
        tensors = {name: torch.as_tensor(value) for name, value in mover.state().items()}
        return Checkpoint(mover.index, tensors, {self.figure: mover.figure})

    def finish(self) -> Self:
        """Set the map from where it stands. Errors: ValueError before the first step."""
        mover, _, self.rows_, self.scale_ = self._under_way()
        self.embedding_, self.n_iter_ = mover.coordinates, mover.index
        self.n_features_in_ = self.rows_.shape[1]
        return self

    @property
    def _n_features_out(self) -> int:
        return int(self.embedding_.shape[1])

    def transform(self, X: Any) -> Array:
        """Places in the map, (n, 2 or 3): a training row's own, or between those of the nearest five."""
        check_is_fitted(self)
        X = validate_data(self, flat(X), reset=False, dtype=np.float64)
        return placed(self.scale_(X) if self.scale_ else X, self.rows_, self.embedding_)

    def result(self) -> dict[str, Any]:
        """How faithful the map is: see `core.projections._faithfulness`."""
        check_is_fitted(self)
        return {"n_iter": self.n_iter_, **faithfulness(self.rows_, self.embedding_)}

    def view(self, name: str) -> dict[str, Array]:
        """ "embedding": "coordinates" (m ≤ 100,000, 2 or 3), their "rows" in the data, and "labels" where there are."""
        if name not in self.views:
            return super().view(name)
        if self._current is None:
            check_is_fitted(self)
            return picture(self.embedding_, None)
        return picture(self._run.mover.coordinates, self._run.source)
