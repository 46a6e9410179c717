"""t-SNE: a map of the rows in the plane or in space that keeps neighbours together, drawn while it unfolds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
import torch

from core.arrays import flat
from core.method import Array, Checkpoint, Projection, Source, Step, check_is_fitted, validate_data
from core.params import Range
from core.projections._descent import Descent
from core.projections._faithfulness import faithfulness
from core.projections._rows import picture, placed

_EVERY = 25  # iterations between steps


class _Run(NamedTuple):
    """The map under way, and where its rows come from."""

    descent: Descent
    source: Source


@dataclass(eq=False, repr=False, kw_only=True)
class TSNE(Projection):
    """Lays rows out in the plane, or in space, so that neighbours stay neighbours; distances between groups mean little.

        min KL(P ‖ Q), p_ij Gaussian neighbourhoods of the given perplexity, q_ij ∝ 1 / (1 + ‖z_i − z_j‖²)

    A row that was there in training keeps its place in `transform`; a new one goes to the mean of its five nearest
    training rows, weighted by 1 / distance², because the map itself is no function of x.

    References: van der Maaten and Hinton, 2008, JMLR 9; Poličar et al., 2024, JSS 109(3); Shepard, 1968 (weighting).
    """

    title: ClassVar[str] = "t-SNE"
    rank: ClassVar[int] = 0
    reference: ClassVar[str] = "van der Maaten and Hinton, 2008, Visualizing data using t-SNE, JMLR 9; by openTSNE"
    views: ClassVar[tuple[str, ...]] = ("embedding",)

    perplexity: Annotated[
        float | None, Range(1, 500, log=True), "Neighbours that count for each row; empty takes 30, or fewer."
    ] = None
    iterations: Annotated[
        int, Range(10, 10_000, log=True), "Steps of the descent; the first third exaggerates attraction."
    ] = 750
    dimensions: Annotated[int, Range(2, 3), "Dimensions of the map: the plane, or space, which can be turned."] = 2

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, d), or pictures (n, c, h, w), of 4 to 100,000 rows. Errors: ValueError."""
        return self.drain(Source(validate_data(self, flat(X), dtype=np.float64, ensure_min_samples=4)))

    @property
    def total(self) -> int:
        return self.iterations

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Yield every 25 iterations "kl", the KL divergence (nats) of the map's neighbourhoods from the data's."""
        descent = Descent(flat(source.x), self.perplexity, self.seed(), self.iterations, self.dimensions)
        if start is not None:
            descent.restore(
                {name: value.numpy() for name, value in start.tensors.items()}, start.index, start.meta["kl"]
            )
        self._run = _Run(descent, source)
        while descent.index < self.iterations:
            descent.advance(min(_EVERY, self.iterations - descent.index))
            yield Step(descent.index, {"kl": descent.kl})

    def checkpoint(self) -> Checkpoint | None:
        if self._current is None or self._run.descent.index == 0:
            return None
        descent = self._run.descent
        return Checkpoint(
            descent.index, {k: torch.as_tensor(v) for k, v in descent.state().items()}, {"kl": descent.kl}
        )

    def finish(self) -> Self:
        """Set the map from where it stands. Errors: ValueError before the first step."""
        descent, source = self._under_way()
        self.rows_ = flat(source.x).astype(np.float64)
        self.embedding_, self.kl_divergence_, self.n_iter_ = descent.coordinates, descent.kl, descent.index
        self.perplexity_, self.n_features_in_ = descent.perplexity, self.rows_.shape[1]
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
        """KL divergence (nats), perplexity, and how faithful the map is: see `core.projections._faithfulness`."""
        check_is_fitted(self)
        return {
            "kl": self.kl_divergence_,
            "perplexity": self.perplexity_,
            "n_iter": self.n_iter_,
            **faithfulness(self.rows_, self.embedding_),
        }

    def view(self, name: str) -> dict[str, Array]:
        """ "embedding": "coordinates" (m ≤ 100,000, 2 or 3), their "rows" in the data, and "labels" where there are."""
        if name not in self.views:
            return super().view(name)
        if self._current is None:
            check_is_fitted(self)
            return picture(self.embedding_, None)
        return picture(self._run.descent.coordinates, self._run.source)
