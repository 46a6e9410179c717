"""What a run of a network density consists of: the units of its data, its rows, its weights, what its pictures and report need."""

from __future__ import annotations

import copy
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from core import device as devices
from core.arrays import evenly
from core.learning.best import section
from core.learning.scaling import Scale
from core.learning.training import Training
from core.method import Array, Source

SAMPLE, _HELD = 1000, 10_000  # training rows kept for pictures and notices, and unseen rows for the report


@dataclass(frozen=True, eq=False)
class Scales:
    """The scales of the columns of x and of y."""

    x: Scale
    y: Scale

    @property
    def log_volume(self) -> float:
        """What a log-density loses on the way back to the original units: Σ log of y's spreads."""
        return float(np.log(self.y.span).sum())

    def arrays(self) -> dict[str, Array]:
        """As a file has them."""
        return {
            "x_mean": self.x.offset,
            "x_spread": self.x.span,
            "y_mean": self.y.offset,
            "y_spread": self.y.span,
        }

    @classmethod
    def kept(cls, x_mean: Array, x_spread: Array, y_mean: Array, y_spread: Array) -> Self:
        """As a file has them. Errors: ValueError for parts that do not belong together."""
        return cls(Scale.kept(x_mean.shape, x_mean, x_spread), Scale.kept(y_mean.shape, y_mean, y_spread))


@dataclass(frozen=True, eq=False)
class ReportData:
    """What pictures and reports need beside the network: rows, limits, and which input is varied.

    x (m, dx), y (m, dy): training rows. x_held (h, dx), y_held (h, dy): unseen rows, and owner (h,) the network that each
    was kept from, (0,) where none has seen any of them. support (2, dx): the least and largest x of training;
    median (dx,); window (2,): the y of a picture; varied (): the input on which the first output depends most.
    """

    x: Array
    y: Array
    x_held: Array
    y_held: Array
    owner: Array
    support: Array
    median: Array
    window: Array
    varied: Array

    @classmethod
    def of(cls, x: Array, y: Array, x_held: Array, y_held: Array, owner: Array) -> Self:
        some = evenly(np.arange(len(x_held)), _HELD)  # of every network's
        return cls(
            x[:SAMPLE],
            y[:SAMPLE],
            x_held[some],
            y_held[some],
            owner[some] if len(owner) else owner,
            np.stack([x.min(0), x.max(0)]),
            np.median(x, 0),
            margin(np.concatenate([y[:, 0], y_held[:, 0]])),
            np.array(_most_telling(x, y[:, 0])),
        )

    def tensors(self) -> dict[str, Tensor]:
        return {f.name: torch.as_tensor(getattr(self, f.name)) for f in fields(self)}


@dataclass(eq=False)
class Run:
    """A run under way: the training rows and the validation rows as standardised tensors, and the training state."""

    source: Source
    scale: Scales
    x: Tensor
    y: Tensor
    x_validation: Tensor
    y_validation: Tensor
    validation: Array
    average: nn.Module
    training: Training
    report_data: ReportData
    cache: dict[str, Any]
    finished: int = -1  # the step after which the run was last finished

    @property
    def leader(self) -> int:
        """The network that is best on the held-out rows so far."""
        return int(np.argmin(self.training.meta["best"]))


def columns(values: Any) -> Array:
    """(n, d) float64."""
    array = np.asarray(values, dtype=np.float64)
    return array.reshape(len(array), -1)


def generators(seed: int, n: int) -> list[torch.Generator]:
    """A private stream for each of n networks: the first of them is the same whatever n is."""
    seeds = np.random.SeedSequence((seed, 1)).generate_state(n)
    return [devices.generator(int(s), torch.device("cpu")) for s in seeds]


def margin(values: Array) -> Array:
    """(low, high) a tenth beyond the values, where a model must guess."""
    low, high = values.min(), values.max()
    more = 0.1 * (high - low) if high > low else 0.5
    return np.array([low - more, high + more])


def _most_telling(x: Array, y: Array) -> int:
    """The input whose bins differ most in y: the largest share of y's variance that lies between 10 equal-count bins.

    Ranks in place of y's values, so that one far value does not decide.
    """
    ranks = y.argsort().argsort().astype(float)
    shares = []
    for column in x.T:
        parts = np.array_split(ranks[column.argsort(kind="stable")], min(10, len(ranks)))
        shares.append(sum(len(p) * (p.mean() - ranks.mean()) ** 2 for p in parts) * (np.ptp(column) > 0))
    return int(np.argmax(shares))


def settled(run: Run, prefix: str, keep: str) -> nn.Module:
    """The networks with the weights of that name, or the best of them, in float64 on the CPU: rows give the same answer
    in any batch."""
    network = copy.deepcopy(run.average)
    network.load_state_dict(section(run.training.extras, prefix))
    if keep == "best":
        for weights in network.parameters():
            weights.data = weights.data[run.leader : run.leader + 1]
    return network.cpu().double().eval()
