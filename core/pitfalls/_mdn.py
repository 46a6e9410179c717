"""A mixture density network as it is often first written: raw columns, σ = exp(output), no floor, no clipping, no split."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from core.method import Array, Source
from core.sentences import Sentence

HIDDEN, COMPONENTS, RATE = 20, 5, 1e-3  # of the recipe, with Adam


class Plain(nn.Module):
    """x (n, dx) → log π, μ, log σ, (n, k) each, of one output, from `HIDDEN` tanh units."""

    def __init__(self, dx: int, seed: int, k: int = COMPONENTS) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):  # the layers draw their first weights from the global stream
            torch.manual_seed(seed % 2**63)
            self.layers = nn.Sequential(nn.Linear(dx, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 3 * k))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits, means, log_widths = self.layers(x).chunk(3, 1)
        return logits.log_softmax(1), means, log_widths

    def nll(self, x: Tensor, y: Tensor) -> Tensor:
        """−log p(y | x) of each row, by log-sum-exp; y (n, 1)."""
        log_weights, means, log_widths = self(x)
        parts = log_weights - 0.5 * ((y - means) * torch.exp(-log_widths)) ** 2 - log_widths
        return 0.5 * math.log(2 * math.pi) - torch.logsumexp(parts, 1)


LARGEST = 1e12  # beyond it, sums of squares of targets times a thousand leave single precision


@dataclass(frozen=True, eq=False)
class Rows:
    """Training rows and test rows, float32 tensors x (n, dx), y (n, 1): fresh ones if the source has them, else a tenth."""

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor

    @classmethod
    def of(cls, source: Source, seed: int, most: int = 1000) -> Self:
        """Errors: ValueError without y, with fewer than 20 rows, or with values beyond ordinary size."""
        if source.y is None or len(source.x) < 20:
            raise ValueError(
                Sentence("this pitfall needs x and y with at least 20 rows: choose a problem or columns of a table")
            )
        x, y = _columns(source.x), _columns(source.y)[:, :1]
        if (most_seen := max(np.abs(x).max(), np.abs(y).max())) > LARGEST:
            raise ValueError(
                Sentence(
                    "this pitfall takes values up to {largest:g}, but the largest is {most_seen:.3g}: choose other columns or units",
                    largest=LARGEST,
                    most_seen=most_seen,
                )
            )
        order = np.random.default_rng(seed).permutation(len(x))
        cut = 0 if source.test else max(2, len(x) // 10)
        kept = order[cut : cut + most]
        test = (x[order[:cut]], y[order[:cut]])
        if source.test and source.test.y is not None:
            test = (_columns(source.test.x), _columns(source.test.y)[:, :1])
        tensor = lambda a: torch.as_tensor(a, dtype=torch.float32)  # noqa: E731
        return cls(tensor(x[kept]), tensor(y[kept]), tensor(test[0]), tensor(test[1]))


def _columns(values: Any) -> Array:
    array = np.asarray(values, dtype=np.float64)
    return array.reshape(len(array), -1)
