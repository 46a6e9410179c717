"""What a run of a network density consists of: the units of its data, its rows, its weights."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Self

import numpy as np
from torch import Tensor, nn

from core.method import Array, Source
from core.training import Training


@dataclass(frozen=True, eq=False)
class Scale:
    """Mean and spread of the columns of x and y; a constant column keeps its unit."""

    x_mean: Array
    x_spread: Array
    y_mean: Array
    y_spread: Array

    @classmethod
    def of(cls, x: Array, y: Array) -> Self:
        spread = lambda a: np.where(a.std(0) > 1e-12 * (np.abs(a).max(0) + 1e-300), a.std(0), 1.0)  # noqa: E731
        return cls(x.mean(0), spread(x), y.mean(0), spread(y))

    def x(self, x: Array) -> Array:
        return (x - self.x_mean) / self.x_spread

    def y(self, y: Array) -> Array:
        return (y - self.y_mean) / self.y_spread

    @property
    def log_volume(self) -> float:
        """What a log-density loses on the way back to the original units: Σ log of y's spreads."""
        return float(np.log(self.y_spread).sum())


@dataclass(eq=False)
class Run:
    """A run under way: the training rows and the held-out ones as standardised tensors, and the training state."""

    source: Source
    scale: Scale
    x: Tensor
    y: Tensor
    x_held: Tensor
    y_held: Tensor
    held: Array
    average: nn.Module
    training: Training
    window: Array
    points: dict[str, Array]
    truth: Array | None = None


def reach(x: Array, y: Array) -> Array:
    """Limits of the picture, ((x low, x high), (y low, y high)): a tenth beyond the data, where a model must guess."""
    low, high = np.array([x[:, 0].min(), y[:, 0].min()]), np.array([x[:, 0].max(), y[:, 0].max()])
    margin = np.where(high > low, 0.1 * (high - low), 0.5)
    return np.stack([low - margin, high + margin], axis=1)


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def settled(run: Run, prefix: str) -> nn.Module:
    """The network with the weights of that name, in float64 on the CPU: rows give the same answer in any batch."""
    network = copy.deepcopy(run.average)
    network.load_state_dict(part(run.training.extras, prefix))
    return network.cpu().double()
