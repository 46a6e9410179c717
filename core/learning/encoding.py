"""Rows through a finished network part by part, and views as they are drawn."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from core.learning.scaling import tiles, unit
from core.method import Array

CHUNK = 1_000  # rows that go through the network at once when nothing is trained


@torch.no_grad()
def encode_in_batches(
    network: nn.Module, x: Tensor, look: Callable[[Tensor], Tensor], read: Callable[[Tensor], Tensor] | None = None
) -> Tensor:
    """What the network makes of a look at each of the scaled rows x, or `read` of that, part by part."""
    network.eval()
    like = next(network.parameters())
    # First the type, then the device: not every device knows double precision.
    found = (network(look(unit(part, like.dtype).to(like.device))) for part in x.split(CHUNK))
    return torch.cat([read(features) if read else features for features in found])


def drawn(first: Tensor, second: Tensor) -> dict[str, Array]:
    """Both looks as arrays, pictures as an image file has them."""
    sides = (side.cpu() if side.ndim == 2 else side.clamp(0, 1).cpu() for side in (first, second))
    return {
        name: side.numpy() if side.ndim == 2 else tiles(side.numpy())
        for name, side in zip(("first", "second"), sides, strict=True)
    }
