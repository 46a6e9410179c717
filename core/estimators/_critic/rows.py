"""The rows of a run of a critic: as they are given, and mapped, on the device, with which of them serve for what."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from core.estimators import _sides
from core.estimators._critic.folds import FEWEST, Blocks, Parts, split
from core.estimators._marginal_transforms import Mapped, Margins
from core.evaluation.trust import Names
from core.evaluation.trust.serial import in_series
from core.method import Array, Source
from core.method.source import indicated
from core.sentences import Sentence

_MAPPED, _VALIDATED = (
    20_000,
    5_000,
)  # fresh draws that the maps of the columns are fitted on, and that judge the weights


class CrossFitted(Protocol):
    """What a method chooses about its rows."""

    folds: int
    blocks: Blocks
    margins: Mapped
    batch_size: int


class Rows:
    """`x`, `y` (n, d) on the device in the order in which the critic has the sides; `train`, `validation` and `test`, each
    (k, m), are the rows of k folds. Fresh draws: one fold without training rows, whose `test` rows are the source's own."""

    sources = 1  # whose folds stand side by side

    def __init__(self, method: CrossFitted, source: Source, seed: int, device: torch.device) -> None:
        x, y = _columns(source.x, "x"), _columns(source.y, "y")
        if len(x) != len(y):
            raise ValueError(Sentence("x has {n_x:,} rows and y has {n_y:,}", n_x=len(x), n_y=len(y)))
        self.given, self.swapped = (x, y), _sides.swapped(x, y)
        self.source, self.seed, self.device = source, seed, device
        if source.draw is None:
            parts = split(len(x), method.folds, np.random.default_rng(seed), _in_series(method.blocks, x, y, source))
            self.margins = (
                Margins.fit(x, method.margins, indicated(x, source.x_codes)),
                Margins.fit(y, method.margins, indicated(y, source.y_codes)),
            )
        else:
            x, y, parts = self._fresh(method, x, y)
        self.x, self.y = self.tensors(x, y)
        self.train, self.validation, self.test = (torch.from_numpy(p).to(device) for p in parts)
        self.batch = method.batch_size if source.draw else min(method.batch_size, self.train.shape[1])

    def _fresh(self, method: CrossFitted, x: Array, y: Array) -> tuple[Array, Array, Parts]:
        if len(x) < FEWEST:
            raise ValueError(
                Sentence("there are {n_x} held-out rows, and at least {fewest} are needed", n_x=len(x), fewest=FEWEST)
            )
        first = self._draw(_MAPPED, 0)
        self.margins = Margins.fit(first[0], method.margins), Margins.fit(first[1], method.margins)
        rows, new = len(x), self._draw(_VALIDATED, 1)
        parts = Parts(np.empty((1, 0), int), rows + np.arange(_VALIDATED)[None], np.arange(rows)[None])
        return np.concatenate([x, new[0]]), np.concatenate([y, new[1]]), parts

    def _draw(self, n: int, number: int) -> tuple[Array, Array]:
        assert self.source.draw is not None
        x, y = self.source.draw(n, int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0]))
        return _columns(x, "x"), _columns(y, "y")

    def tensors(self, x: Array, y: Array) -> tuple[Tensor, Tensor]:
        """The sides mapped and on the device, in the order in which the critic has them."""
        a, b = (torch.from_numpy(f(side)).to(self.device) for f, side in zip(self.margins, (x, y), strict=True))
        return (b, a) if self.swapped else (a, b)

    def drawn(self, index: int) -> tuple[Tensor, Tensor]:
        """The fresh batch of a step, (1, batch, d) each."""
        a, b = self.tensors(*self._draw(self.batch, index + 2))
        return a[None], b[None]


def _in_series(blocks: str, x: Array, y: Array, source: Source) -> bool:
    return blocks == "always" or (blocks == "where rows are in series" and in_series(x, y, Names.of(source)))


def _columns(values: Array | None, name: str) -> Array:
    if values is None:
        raise ValueError(Sentence("{name} is missing: an estimate of MI needs both x and y", name=name))
    values = np.asarray(values, dtype=np.float64)
    return values.reshape(len(values), -1)
