"""What a critic says of pairs of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from torch import Tensor

from core.learning.critics import before, earlier


@dataclass(eq=False)
class Scores:
    """joint (k, n): T(x_i, y_i). others (k, s, n): T(x_i, y_j) with j = i − shift, counted round the end of the m rows of a fold,
    of which these n are the first or all. Where one product gives all pairs, `matrix` (k, n, m) has them, and others is None."""

    joint: Tensor
    others: Tensor | None
    shifts: Sequence[int]
    matrix: Tensor | None = None

    @cached_property
    def marginal(self) -> Tensor:
        """The others; those of a matrix are put in their order when they are first asked for."""
        if self.others is not None:
            return self.others
        assert self.matrix is not None
        (n, m), s = self.matrix.shape[1:], len(self.shifts)
        return before(self.matrix[:, :, earlier(0, n, s, m, self.matrix.device)], s)

    def of(self, folds: slice) -> Scores:
        """Those of some folds."""
        cut = {name: getattr(self, name) for name in ("joint", "others", "matrix")}
        return replace(self, **{name: all_[folds] for name, all_ in cut.items() if all_ is not None})
