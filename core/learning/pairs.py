"""Which two looks make a pair: a row and the same row varied, one of its nearest rows varied, or the row some time later."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from core import device
from core.arrays import Array, evenly, principal_axes
from core.learning.scaling import unit
from core.learning.views import PictureViews, Views

FEWEST, NEAREST, PER = 5, 40, 500  # rows that may stand in for a row: one of 500, but 5 to 40
AXES = 50  # principal components in which nearness is measured
CANDIDATES = 20_000  # rows among which neighbours are sought; more would cost n² and find hardly nearer ones
PART = 2_000  # rows handled at once
NEAR = 24  # pixels a side in which nearness is measured at most: more tell no more and cost their cube


@dataclass(eq=False)
class Pairs:
    """The rows x (n, …) of a run and how a second look at each is got.

    With probability `share` the second look is at one of the row's nearest rows (`near`, (n, 5 to 40)), otherwise at the row
    `lag` places later (0: the row itself); it is always varied, `copies` times. Neighbours tie together what no turn or crop can turn
    into each other. References: W. Van Gansbeke et al. (2020), SCAN, arXiv:2005.12320.
    """

    x: Tensor
    views: Views
    share: float = 0.0
    near: Tensor | None = None
    lag: int = 0
    copies: int = 1

    def looks(self, rows: Tensor, generator: torch.Generator) -> Tensor:
        """First looks at these rows and `copies` varied looks at their partners, one below the other."""
        varied = [self.views.vary(self._at(self._partners(rows, generator)), generator) for _ in range(self.copies)]
        return torch.cat([self.views.first(self._at(rows), generator), *varied])

    def among(self, rows: Array, most: int) -> Tensor | None:
        """Places in `rows`, of which each is near the other, (2, at most so many); None where neighbours make no pairs."""
        if self.near is None:
            return None
        place = np.full(len(self.x), -1)
        place[rows] = np.arange(len(rows))
        partners = place[self.near.cpu().numpy()[rows]]
        one, which = np.nonzero(partners >= 0)
        found = np.stack([one, partners[one, which]])
        return torch.as_tensor(found[:, evenly(np.arange(len(one)), most)], device=self.x.device)

    def _at(self, rows: Tensor) -> Tensor:
        return unit(self.x[rows])

    def _partners(self, rows: Tensor, generator: torch.Generator) -> Tensor:
        partners = later(rows, self.lag, len(self.x))
        if self.near is None:
            return partners
        uniform, which = torch.rand(2, len(rows), generator=generator, device=rows.device)
        chosen = self.near[rows, (which * self.near.shape[1]).long()]
        return torch.where(uniform < self.share, chosen, partners)


def with_neighbours(x: Tensor, views: Views, share: float, seed: int, lag: int = 0, copies: int = 1) -> Pairs:
    """Pairs of which this share have a neighbour, where there are any."""
    near = None
    if share and len(x) >= 3:
        seen = replace(views, size=min(views.size, NEAR)) if isinstance(views, PictureViews) else views
        near = nearest(x, seen, device.generator(seed, x.device))
    return Pairs(x, views, share, near, lag, copies)


def later(rows: Tensor, lag: int, n: int) -> Tensor:
    """The rows `lag` places later, or earlier where the end is nearer."""
    return torch.where(rows + lag < n, rows + lag, rows - lag) if lag else rows


@torch.no_grad()
def nearest(x: Tensor, views: Views, generator: torch.Generator) -> Tensor:
    """The nearest other rows of each row of x, (n, 5 to 40), by the leading components of the anchors."""
    flat = torch.cat([views.anchor(unit(part)).flatten(1).float() for part in x.split(PART)])
    flat = flat - flat.mean(0)
    if flat.shape[1] > AXES:
        flat = flat @ _axes(flat)
    n = len(x)
    among = torch.randperm(n, generator=generator, device=x.device)[:CANDIDATES]
    pool, own = flat[among], torch.arange(n, device=x.device)
    k = min(len(among) - 1, max(FEWEST, min(NEAREST, n // PER)))
    half, found = (pool * pool).sum(1) / 2, []
    for part, ids in zip(flat.split(PART), own.split(PART), strict=True):
        distance = half - part @ pool.T
        distance[among[None] == ids[:, None]] = torch.inf  # a row is no neighbour of itself
        found.append(among[distance.topk(k, largest=False).indices])
    return torch.cat(found)


def _axes(centred: Tensor) -> Tensor:
    """The leading principal axes, (d, 50); of rows that hardly differ, the columns that vary most."""
    gram = (centred.T @ centred).cpu().double().numpy()
    try:
        axes = principal_axes(gram, AXES)
    except np.linalg.LinAlgError:
        axes = np.eye(len(gram))[:, gram.diagonal().argsort()[::-1][:AXES]]
    return torch.as_tensor(axes.copy()).to(centred.dtype).to(centred.device)
