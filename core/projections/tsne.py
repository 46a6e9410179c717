"""t-SNE: a map of the rows in the plane or in space that keeps neighbours together, drawn while it unfolds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from core.method import Array
from core.params import Range
from core.projections._descent import Descent
from core.projections._layout import Layout

FIRST, NEXT = 500, 200  # iterations of the first map of a sequence, and of those that begin from the one before


def sequence(frames: Iterable[Array], seed: int = 0) -> Iterator[Array]:
    """A map (n, 2) of each of the features (n, d) of the same n rows, begun from the map before: what stays together stays
    where it is. Errors: ValueError."""
    last = None
    for features in frames:
        descent = Descent(features, seed=seed, iterations=FIRST if last is None else NEXT, start=last)
        descent.advance(descent.iterations)
        last = descent.coordinates
        yield last


@dataclass(eq=False, repr=False, kw_only=True)
class TSNE(Layout):
    """Lays rows out in the plane, or in space, so that neighbours stay neighbours; distances between groups mean little.

        min KL(P ‖ Q), p_ij Gaussian neighbourhoods of the given perplexity, q_ij ∝ 1 / (1 + ‖z_i − z_j‖²)

    A row that was there in training keeps its place in `transform`; a new one goes to the mean of its five nearest
    training rows, weighted by 1 / distance², because the map itself is no function of x. Every 25 iterations a step
    gives "kl", the KL divergence (nats) of the map's neighbourhoods from the data's.

    References: van der Maaten and Hinton, 2008, JMLR 9; Poličar et al., 2024, JSS 109(3); Shepard, 1968 (weighting).
    """

    title: ClassVar[str] = "t-SNE"
    rank: ClassVar[int] = 0
    reference: ClassVar[str] = "van der Maaten and Hinton, 2008, Visualizing data using t-SNE, JMLR 9; by openTSNE"
    figure: ClassVar[str] = "kl"

    perplexity: Annotated[
        float | None, Range(1, 500, log=True), "Neighbours that count for each row; empty takes 30, or fewer."
    ] = None
    iterations: Annotated[
        int, Range(10, 10_000, log=True), "Steps of the descent; the first third exaggerates attraction."
    ] = 750

    def _mover(self, rows: Array) -> Descent:
        return Descent(rows, self.perplexity, self.seed(), self.iterations, self.dimensions)

    def finish(self) -> Self:
        """Set the map from where it stands. Errors: ValueError before the first step."""
        super().finish()
        descent = self._under_way().mover
        self.kl_divergence_, self.perplexity_ = descent.figure, descent.perplexity
        return self

    def result(self) -> dict[str, Any]:
        """KL divergence (nats), perplexity, and how faithful the map is."""
        return super().result() | {"kl": self.kl_divergence_, "perplexity": self.perplexity_}
