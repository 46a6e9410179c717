"""UMAP: a map of the rows that keeps neighbours together, by a cross entropy over a graph, drawn while it unfolds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
import torch

from core.arrays import flat
from core.method import Array, Checkpoint, Projection, Source, Step, check_is_fitted, validate_data
from core.params import Range
from core.projections._faithfulness import faithfulness
from core.projections._graph import GraphLayout
from core.projections._rows import picture, placed

_EVERY = 5  # epochs between steps


class _Run(NamedTuple):
    """The map under way, and where its rows come from."""

    layout: GraphLayout
    source: Source


@dataclass(eq=False, repr=False, kw_only=True)
class UMAP(Projection):
    """Joins each row to its nearest others, and lays this graph out; quicker than t-SNE, with tighter groups.

        max Σ w_ij ln q_ij + (1 − w_ij) ln (1 − q_ij), w_ij the graph's weights, q_ij = 1 / (1 + a ‖z_i − z_j‖^2b)

    It begins at the principal components. A row that was there in training keeps its place in `transform`; a new one
    goes to the mean of its five nearest training rows, weighted by 1 / distance². Our own implementation: the moves of
    an epoch are made in batches, so that its maps are alike to those of umap-learn, and not the same.

    References: McInnes, Healy and Melville, 2018, arXiv:1802.03426; Kobak and Linderman, 2021 (where to begin).
    """

    title: ClassVar[str] = "UMAP"
    rank: ClassVar[int] = 1
    reference: ClassVar[str] = "McInnes, Healy and Melville, 2018, UMAP, arXiv:1802.03426"
    views: ClassVar[tuple[str, ...]] = ("embedding",)

    n_neighbors: Annotated[
        int | None,
        Range(2, 200, log=True),
        "Nearest rows that each row is joined to, itself counted: few show detail, many the whole; empty takes 15, or fewer.",
    ] = None
    min_dist: Annotated[
        float, Range(0.001, 0.99, log=True), "How near to each other neighbours may come in the map."
    ] = 0.1
    iterations: Annotated[int, Range(10, 5_000, log=True), "Passes over the graph's edges."] = 250
    dimensions: Annotated[int, Range(2, 3), "Dimensions of the map: the plane, or space, which can be turned."] = 2

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, d), or pictures (n, c, h, w), of 4 to 100,000 rows. Errors: ValueError."""
        return self.drain(Source(validate_data(self, flat(X), dtype=np.float64, ensure_min_samples=4)))

    @property
    def total(self) -> int:
        return self.iterations

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Yield every 5 passes "loss", the mean −ln q of the graph's edges, weighted (nats)."""
        layout = GraphLayout(
            flat(source.x), self.n_neighbors, self.min_dist, self.seed(), self.iterations, self.dimensions
        )
        if start is not None:
            layout.restore(start.tensors["coordinates"].numpy(), start.index)
        self._run = _Run(layout, source)
        while layout.index < self.iterations:
            layout.advance(min(_EVERY, self.iterations - layout.index))
            yield Step(layout.index, {"loss": layout.loss()})

    def checkpoint(self) -> Checkpoint | None:
        if self._current is None or self._run.layout.index == 0:
            return None
        layout = self._run.layout
        return Checkpoint(layout.index, {"coordinates": torch.as_tensor(layout.coordinates.copy())})

    def finish(self) -> Self:
        """Set the map from where it stands. Errors: ValueError before the first step."""
        layout, source = self._under_way()
        self.rows_ = flat(source.x).astype(np.float64)
        self.embedding_, self.n_iter_ = layout.coordinates.copy(), layout.index
        self.n_features_in_ = self.rows_.shape[1]
        return self

    @property
    def _n_features_out(self) -> int:
        return self.embedding_.shape[1]

    def transform(self, X: Any) -> Array:
        """Places in the map, (n, 2 or 3): a training row's own, or between those of the nearest five."""
        check_is_fitted(self)
        X = validate_data(self, flat(X), reset=False, dtype=np.float64)
        return placed(X, self.rows_, self.embedding_)

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
        return picture(self._run.layout.coordinates, self._run.source)
