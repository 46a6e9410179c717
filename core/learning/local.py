"""Scores of the places of a feature map with features of the whole picture: what local mutual information is made of."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from core.learning.critics import Critic


def scores(critic: Critic, places: Tensor, y: Tensor, shifts: Sequence[int]) -> tuple[Tensor, Tensor]:
    """T of each place with the features of its own picture, (p, n), and with those of row i − shift, (p, s, n).

    places: (p, n, c), y: (n, k); the critic is a single one, of c and k numbers.
    """
    p, n = places.shape[:2]
    f, g = critic.encode(places.flatten(0, 1)[None], y[None])
    f, g = f.view(p, n, -1), g.expand(p, n, -1)
    return critic.combine(f, g), critic.shifted(f, g, shifts)


def places(map_: Tensor) -> Tensor:
    """A map (n, c, h, w) as its places, (h w, n, c)."""
    return map_.permute(2, 3, 0, 1).flatten(0, 1)
