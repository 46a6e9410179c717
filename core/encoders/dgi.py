"""Deep Graph Infomax: features of nodes that share information with a summary of their graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from core.learning.graph_encoder import GraphEncoder
from core.learning.graphs import GCN, Graph, xavier


class _Network(nn.Module):
    """h = GCN(x), and the logit hᵀ W s + b that h is a node of the graph whose summary is s."""

    def __init__(self, d: int, k: int, generator: torch.Generator) -> None:
        super().__init__()
        self.gcn = GCN(d, k, generator)
        self.weight = nn.Parameter(xavier(k, k, generator))
        self.bias = nn.Parameter(torch.zeros(()))

    def logits(self, h: Tensor, summary: Tensor) -> Tensor:
        return h @ (self.weight @ summary) + self.bias


@dataclass(eq=False, repr=False, kw_only=True)
class DGI(GraphEncoder):
    """Learns features h of nodes that tell the graph from one whose nodes have changed places.

    h = PReLU(Â X W + b), Â = D^-½ (A + I) D^-½; the summary is s = σ(mean h), and a critic T(h, s) = hᵀ M s descends

        −½ E[ln σ(T(h, s))] − ½ E[ln(1 − σ(T(h̃, s)))],

    where h̃ are the features of the same edges with the rows of X shuffled. It begins at ln 2, where nothing is told
    apart; a JSD loss is no mutual information. `fit(features, edges)` sets `embedding_` (n, n_features), `history_`.
    References: P. Veličković, W. Fedus, W. L. Hamilton, P. Liò, Y. Bengio, R. D. Hjelm (2019), arXiv:1809.10341.
    """

    title: ClassVar[str] = "Deep Graph Infomax (DGI)"
    rank: ClassVar[int] = 30
    descends: ClassVar[str] = "logistic loss (nats, no information)"
    reference: ClassVar[str] = "P. Veličković et al. (2019), Deep Graph Infomax, arXiv:1809.10341"

    def make_network(self, d: int, generator: torch.Generator) -> nn.Module:
        """A graph convolution and a bilinear critic."""
        return _Network(d, self.n_features, generator)

    def loss(self, network: Any, graph: Graph, generator: torch.Generator) -> Tensor:
        """The logistic loss (nats) of true nodes and of shuffled ones, as likely as each other."""
        order = torch.randperm(len(graph), generator=generator, device=generator.device)
        product = graph.x @ network.gcn.weight
        h, other = (network.gcn.mixed(rows, graph.adjacency) for rows in (product, product[order]))
        summary = h.mean(0).sigmoid()
        true, shuffled = network.logits(h, summary), network.logits(other, summary)
        return 0.5 * (softplus(-true).mean() + softplus(shuffled).mean())

    def embed(self, network: Any, graph: Graph) -> Tensor:
        """h."""
        found: Tensor = network.gcn(graph.x, graph.adjacency)
        return found

    def genuine(self, network: Any, graph: Graph) -> Tensor:
        """σ(T(h, s))."""
        h = self.embed(network, graph)
        return torch.sigmoid(network.logits(h, h.mean(0).sigmoid()))
