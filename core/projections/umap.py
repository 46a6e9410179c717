"""UMAP: a map of the rows that keeps neighbours together, by a cross entropy over a graph, drawn while it unfolds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from core.method import Array
from core.params import Range
from core.projections._graph import GraphLayout
from core.projections._layout import Layout


@dataclass(eq=False, repr=False, kw_only=True)
class UMAP(Layout):
    """Joins each row to its nearest others, and lays this graph out; quicker than t-SNE, with tighter groups.

        max Σ w_ij ln q_ij + (1 − w_ij) ln (1 − q_ij), w_ij the graph's weights, q_ij = 1 / (1 + a ‖z_i − z_j‖^2b)

    It begins at the principal components. Our own implementation: the moves of a pass are made in batches, so that its
    maps are alike to those of umap-learn, and not the same. `transform` is that of t-SNE. Every 5 passes a step gives
    "loss", the mean −ln q of the graph's edges, weighted (nats).

    References: McInnes, Healy and Melville, 2018, arXiv:1802.03426; Kobak and Linderman, 2021 (where to begin).
    """

    title: ClassVar[str] = "UMAP"
    rank: ClassVar[int] = 1
    reference: ClassVar[str] = "McInnes, Healy and Melville, 2018, UMAP, arXiv:1802.03426"
    every: ClassVar[int] = 5

    n_neighbors: Annotated[
        int | None,
        Range(2, 200, log=True),
        "Nearest rows that each row is joined to, itself counted: few show detail, many the whole; empty takes 15, or fewer.",
    ] = None
    min_dist: Annotated[
        float, Range(0.001, 0.99, log=True), "How near neighbours may come to each other in the map."
    ] = 0.1
    iterations: Annotated[int, Range(10, 5_000, log=True), "Passes over the graph's edges."] = 250

    def _mover(self, rows: Array) -> GraphLayout:
        return GraphLayout(rows, self.n_neighbors, self.min_dist, self.seed(), self.iterations, self.dimensions)
