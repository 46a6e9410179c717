"""Sparse products and the graph convolution that learners of graphs share."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from core.method import Array


@dataclass(frozen=True, eq=False)
class Matrix:
    """A constant matrix, dense or sparse, that dense ones are multiplied by; a sparse one holds its transpose too."""

    here: Tensor
    turned: Tensor

    @classmethod
    def of(cls, values: Any, where: torch.device) -> Matrix:
        """From an array or a `scipy.sparse` matrix."""
        if not sparse.issparse(values):
            dense = torch.as_tensor(np.asarray(values, dtype=np.float32)).to(where)
            return cls(dense, dense.T)
        return cls(_csr(values, where), _csr(values.T, where))

    def __matmul__(self, other: Tensor) -> Tensor:
        product: Tensor = _Product.apply(other, self.here, self.turned)  # type: ignore[no-untyped-call]
        return product


class _Product(torch.autograd.Function):
    """A @ B with the gradient of B alone, by the transpose that was made once: row by row, and so always in one order."""

    @staticmethod
    def forward(ctx: Any, other: Tensor, here: Tensor, turned: Tensor) -> Tensor:
        ctx.turned = turned
        return here @ other

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return ctx.turned @ gradients[0].contiguous(), None, None


def _csr(values: Any, where: torch.device) -> Tensor:
    rows = sparse.csr_matrix(values, dtype=np.float32)
    rows.sort_indices()
    starts, columns = (torch.as_tensor(part.astype(np.int64)) for part in (rows.indptr, rows.indices))
    with warnings.catch_warnings():  # that sparse tensors may still change is no news to who runs this
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(starts, columns, torch.as_tensor(rows.data), rows.shape, device=where)


def normalised(edges: Array, n: int) -> sparse.csr_matrix:
    """D^-½ (A + I) D^-½ of an undirected graph, D the degrees of A + I.

    References: T. N. Kipf, M. Welling (2017), Semi-supervised classification with graph convolutional networks,
    arXiv:1609.02907, eq. 2.
    """
    both = np.concatenate([edges, edges[:, ::-1], np.column_stack([np.arange(n)] * 2)])
    a = sparse.csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), (n, n))
    scale = sparse.diags(1 / np.sqrt(np.asarray(a.sum(1)).ravel()))
    return sparse.csr_matrix(scale @ a @ scale, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Graph:
    """A graph as a network takes it: features (n, d) and the normalised adjacency (n, n), on a device."""

    x: Matrix
    adjacency: Matrix
    edges: Array

    @classmethod
    def of(cls, x: Any, edges: Array, where: torch.device) -> Graph:
        """From what `core.data.graphs.source.checked` gives."""
        return cls(Matrix.of(x, where), Matrix.of(normalised(edges, x.shape[0]), where), edges)

    def __len__(self) -> int:
        return int(self.adjacency.here.shape[0])


class GCN(nn.Module):
    """One graph convolution, H = PReLU(Â X W + b), (n, d) → (n, k), with Xavier's weights from the generator."""

    def __init__(self, d: int, k: int, generator: torch.Generator) -> None:
        super().__init__()
        self.weight = nn.Parameter(xavier(d, k, generator))
        self.bias = nn.Parameter(torch.zeros(k))
        self.slope = nn.PReLU()

    def forward(self, x: Any, adjacency: Matrix) -> Tensor:
        """The features of all nodes."""
        return self.mixed(x @ self.weight, adjacency)

    def mixed(self, product: Tensor, adjacency: Matrix) -> Tensor:
        """The same from X W, whose rows may have been shuffled: X and its product are shuffled alike."""
        found: Tensor = self.slope(adjacency @ product + self.bias)
        return found


def xavier(d: int, k: int, generator: torch.Generator) -> Tensor:
    """Weights (d, k), uniform, of variance 2 / (d + k)."""
    return nn.init.xavier_uniform_(torch.empty(d, k), generator=generator)
