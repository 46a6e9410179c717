"""The best weights so far, kept one way: in a training's `extras` under "best.", so that every checkpoint holds them."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from core.learning.training import Training

PREFIX = "best."


@torch.no_grad()
def merged(training: Training, better: Tensor, weights: Mapping[str, Tensor] | None = None) -> dict[str, Tensor]:
    """The weights given, or else the module's, where they are better, and those kept before where they are not; copies.

    better: () for one network, (k,) for k side by side, whose weights have k as their first dimension.
    """
    found = {}
    for name, weight in (training.module.state_dict() if weights is None else weights).items():
        which = better.view(-1, *[1] * (weight.ndim - 1)) if better.ndim else better
        found[name] = torch.where(which, weight, training.extras.get(PREFIX + name, weight))
    return found


def keep(training: Training, better: Tensor, weights: Mapping[str, Tensor] | None = None) -> None:
    """Remember `merged`."""
    training.extras |= {PREFIX + name: weight for name, weight in merged(training, better, weights).items()}


def kept(training: Training) -> dict[str, Tensor]:
    """The best weights so far, by name; empty before any were kept."""
    return section(training.extras, PREFIX)


def section(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those whose name begins so, without that beginning."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
