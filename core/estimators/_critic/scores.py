"""What a critic says of pairs of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor


class Scores(NamedTuple):
    """joint (k, n): T(x_i, y_i). marginal (k, s, n): T(x_i, y_j) with j = i − shift, counted round the end of the rows of a fold,
    of which these n are the first or all."""

    joint: Tensor
    marginal: Tensor
    shifts: Sequence[int]
