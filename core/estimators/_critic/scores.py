"""What a critic says of pairs of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor


class Scores(NamedTuple):
    """joint (k, n): T(x_i, y_i). marginal (k, s, n): T(x_i, y_j) with j = i − shift, shifts in 1 … n − 1."""

    joint: Tensor
    marginal: Tensor
    shifts: Sequence[int]
