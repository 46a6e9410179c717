"""The state of a learner of two views while it trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from core.learning.pairs import Pairs
from core.learning.training import Training
from core.method import Source


@dataclass(eq=False, kw_only=True)
class TwoViewRun:
    """A run under way: its training, the pairs of its scaled rows, which rows it trains on, and at the end the network."""

    source: Source
    training: Training
    pairs: Pairs
    train: Tensor
    batch: int
    epochs: int
    final: Any = None

    @property
    def x(self) -> Tensor:
        """The scaled rows, on the device."""
        return self.pairs.x

    @property
    def per_epoch(self) -> int:
        """Full batches in an epoch."""
        return len(self.train) // self.batch

    @property
    def network(self) -> Any:
        """The kept network at the end, the one that trains before."""
        return self.final or self.training.module
