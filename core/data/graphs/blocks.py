"""A random graph whose classes are known: blocks of nodes, dense within and sparse between."""

from __future__ import annotations

import numpy as np

from core.data.graphs.source import GraphSource, identity
from core.method import Array


def block_model(n: int, blocks: int, within: float, between: float, seed: int) -> GraphSource:
    """n nodes in equal blocks; each pair is joined with probability `within` in a block and `between` across.

    Nothing else is known of a node, so its features are a column of its own. Labels are the blocks.
    References: P. W. Holland, K. B. Laskey, S. Leinhardt (1983), Stochastic blockmodels, Social Networks 5, 109.
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) * blocks // n)
    pairs = [_drawn(labels, node, within, between, rng) for node in range(n)]
    return GraphSource(identity(n), labels=labels, edges=np.concatenate(pairs), rows=np.arange(n))


def _drawn(labels: Array, node: int, within: float, between: float, rng: np.random.Generator) -> Array:
    """The edges from a node to later ones."""
    later = np.arange(node + 1, len(labels))
    chance = np.where(labels[later] == labels[node], within, between)
    ends = later[rng.random(len(later)) < chance]
    return np.column_stack([np.full(len(ends), node), ends])
