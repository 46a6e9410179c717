"""Chebyshev distances between all pairs of rows, some rows at a time: where there are too many columns for a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.method import Array

if TYPE_CHECKING:
    import torch

PAIRS = 4_000_000  # in a block, of which three distances are held: 96 MB


class Blocks:
    """Rows x (n, dx), y (n, dy) in double precision on a device."""

    def __init__(self, x: Array, y: Array, where: str = "cpu") -> None:
        import torch  # not before it is needed: it takes seconds to load

        from core import device

        found = device.resolve(where)
        found = torch.device("cpu") if found.type == "mps" else found  # which has no double precision
        self.x, self.y = (torch.from_numpy(np.ascontiguousarray(side)).to(found) for side in (x, y))

    def at(self, rows: Array) -> Block:
        """Some of the rows among all, at most `size` of them."""
        return Block(self, rows)

    @property
    def size(self) -> int:
        """Rows whose distances fit into a block."""
        return max(1, PAIRS // len(self.x))


class Block:
    """Distances of m rows to all n: in x, in y and in both, each (m, n)."""

    def __init__(self, among: Blocks, rows: Array) -> None:
        import torch

        at = torch.from_numpy(rows).to(among.x.device)
        self.dx, self.dy = (torch.cdist(side[at], side, p=float("inf")) for side in (among.x, among.y))
        self.both = torch.maximum(self.dx, self.dy)

    def nearest(self, m: int, last: int = 0) -> tuple[Array, Array]:
        """Distances and numbers of the m nearest rows, itself the first, or of the last so many of them: (rows, m or last);
        infinite where there are not so many."""
        found = self.both.topk(min(m, self.both.shape[1]), largest=False)
        distances, at = found.values.cpu().numpy(), found.indices.cpu().numpy()
        missing = ((0, 0), (0, m - distances.shape[1]))
        return np.pad(distances, missing, constant_values=np.inf)[:, -last:], np.pad(at, missing)[:, -last:]

    def inside(self, reach: Array, which: Array) -> Array:
        """Rows within a distance (m,) in both, of each; at least of those (m,) that are meant."""
        return _counted(self.both, reach)

    def alone(self, reach_x: Array, reach_y: Array) -> tuple[Array, Array]:
        """Rows within a distance in x, and in y."""
        return _counted(self.dx, reach_x), _counted(self.dy, reach_y)


def _counted(distances: torch.Tensor, reach: Array) -> Array:
    import torch

    found: Array = (distances <= torch.from_numpy(reach).to(distances.device)[:, None]).sum(1).cpu().numpy()
    return found
