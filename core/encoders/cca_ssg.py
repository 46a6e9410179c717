"""CCA-SSG: features of nodes that two thinned graphs agree on, and that do not repeat each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from core.learning.graph_encoder import GraphEncoder
from core.learning.graphs import GCN, Graph, Matrix, normalised
from core.params import Field, Range


@dataclass(eq=False, repr=False, kw_only=True)
class CCASSG(GraphEncoder):
    """Learns features that agree between two graphs with other edges and columns left out, without repeating each other.

    Each feature is brought to mean 0 and length 1 over the nodes, Z and Z′ in the two graphs, and

        ‖Z − Z′‖² + λ (‖Zᵀ Z − I‖² + ‖Z′ᵀ Z′ − I‖²)

    is descended: no critic, no negatives. One convolution, as in the other learners of graphs; the paper has two on Cora.
    References: H. Zhang, Q. Wu, J. Yan, D. Wipf, P. S. Yu (2021), arXiv:2106.12484, eq. 6.
    """

    title: ClassVar[str] = "Correlated features (CCA-SSG)"
    rank: ClassVar[int] = 32
    descends: ClassVar[str] = "disagreement and repetition (no information)"
    reference: ClassVar[str] = (
        "H. Zhang et al. (2021), From canonical correlation analysis to self-supervised graph neural networks, "
        "arXiv:2106.12484"
    )
    views: ClassVar[tuple[str, ...]] = ("features",)

    epochs: Annotated[
        int, Range(1, 100_000, log=True), "Steps at most, each of them over the whole graph.", Field("Epochs")
    ] = 100
    edges_dropped: Annotated[
        float, Range(0.0, 0.9), "Part of the edges that a view leaves out.", Field("Edges left out", "Views")
    ] = 0.4
    columns_dropped: Annotated[
        float, Range(0.0, 0.9), "Part of the columns that a view sets to 0.", Field("Columns left out", "Views")
    ] = 0.1
    weight: Annotated[
        float,
        Range(1e-6, 10.0, log=True),
        "How much it counts that features do not repeat each other.",
        Field("Weight of repetition", "Training"),
    ] = 1e-3

    def make_network(self, d: int, generator: torch.Generator) -> nn.Module:
        """A graph convolution."""
        return GCN(d, self.n_features, generator)

    def loss(self, network: Any, graph: Graph, generator: torch.Generator) -> Tensor:
        """Disagreement, and λ times the repetition in both views, each divided by the number of features."""
        first, second = (_standardised(self._view(network, graph, generator)) for _ in range(2))
        one = torch.eye(first.shape[1], device=first.device)
        repeated = sum(((z.T @ z - one) ** 2).sum() for z in (first, second))
        return (((first - second) ** 2).sum() + self.weight * repeated) / first.shape[1]

    def _view(self, network: Any, graph: Graph, generator: torch.Generator) -> Tensor:
        where = network.weight.device
        draw = lambda n: torch.rand(n, generator=generator, device=generator.device)  # noqa: E731
        edges = graph.edges[np.asarray((draw(len(graph.edges)) >= self.edges_dropped).cpu())]
        columns = (draw(len(network.weight)) >= self.columns_dropped).to(where, torch.float32)
        adjacency = Matrix.of(normalised(edges, len(graph)), where)
        found: Tensor = network.mixed(graph.x @ (columns[:, None] * network.weight), adjacency)
        return found

    def embed(self, network: Any, graph: Graph) -> Tensor:
        """H of the whole graph."""
        found: Tensor = network(graph.x, graph.adjacency)
        return found


def _standardised(h: Tensor) -> Tensor:
    """Each feature with mean 0 and length 1 over the nodes."""
    return torch.nn.functional.normalize(h - h.mean(0), dim=0)
