"""Graph Group Discrimination: features of nodes by telling true nodes from shuffled ones, each by its own sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from core.learning.graph_encoder import GraphEncoder
from core.learning.graphs import GCN, Graph, xavier


class _Network(nn.Module):
    """h = GCN(x), and the logit of a node, the sum of P h + c."""

    def __init__(self, d: int, k: int, generator: torch.Generator) -> None:
        super().__init__()
        self.gcn = GCN(d, k, generator)
        self.weight = nn.Parameter(xavier(k, k, generator))
        self.bias = nn.Parameter(torch.zeros(k))

    def logits(self, h: Tensor) -> Tensor:
        return (h @ self.weight + self.bias).sum(1)


@dataclass(eq=False, repr=False, kw_only=True)
class GGD(GraphEncoder):
    """Learns features h of nodes by a plain binary loss: node of the graph, or of the one with shuffled features.

    DGI whose summary says nothing is this: the logit of a node is the sum of its projected features, sum(P h + c), and

        −½ E[ln σ(sum(P h + c))] − ½ E[ln(1 − σ(sum(P h̃ + c)))]

    is descended. `embedding_` is h + Â² h, the node with its neighbours' neighbours. Dropout of edges and columns, which
    the paper adds for some graphs, is left out.
    References: Y. Zheng, S. Pan, V. C. S. Lee, Y. Zheng, P. S. Yu (2022), arXiv:2206.01535, eq. 4 and section 4.
    """

    title: ClassVar[str] = "Graph group discrimination (GGD)"
    rank: ClassVar[int] = 31
    descends: ClassVar[str] = "logistic loss (nats, no information)"
    reference: ClassVar[str] = (
        "Y. Zheng et al. (2022), Rethinking and scaling up graph contrastive learning, arXiv:2206.01535"
    )

    def make_network(self, d: int, generator: torch.Generator) -> nn.Module:
        """A graph convolution and a linear projection."""
        return _Network(d, self.n_features, generator)

    def loss(self, network: Any, graph: Graph, generator: torch.Generator) -> Tensor:
        """The logistic loss (nats) of true nodes and of shuffled ones, as likely as each other."""
        order = torch.randperm(len(graph), generator=generator, device=generator.device)
        product = graph.x @ network.gcn.weight
        true, shuffled = (
            network.logits(network.gcn.mixed(rows, graph.adjacency)) for rows in (product, product[order])
        )
        return 0.5 * (softplus(-true).mean() + softplus(shuffled).mean())

    def embed(self, network: Any, graph: Graph) -> Tensor:
        """h + Â² h."""
        h = network.gcn(graph.x, graph.adjacency)
        found: Tensor = h + graph.adjacency @ (graph.adjacency @ h)
        return found

    def genuine(self, network: Any, graph: Graph) -> Tensor:
        """σ(sum(P h + c))."""
        return torch.sigmoid(network.logits(network.gcn(graph.x, graph.adjacency)))
