"""A permutation test as it goes on: the estimate of the rows as they are, then of many other orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from core.analysis.permutations import orders, p_value, refuse_trained, shifts
from core.estimators._closed import rows
from core.method import Array, Checkpoint, Source, Step
from core.params import Range
from core.sweeps._of_one import OfOneEstimator


@dataclass
class _Test:
    mi: float
    shifted: bool
    surrogates: list[float] = field(default_factory=list)


@dataclass(eq=False, repr=False, kw_only=True)
class Permutations(OfOneEstimator):
    """The estimate against estimates of rows without dependence: y in another order, a series shifted round its ends.

    Sets `p_value_` = (1 + #{surrogates ≥ estimate}) / (1 + N), as `core.analysis.permutations.permutation_test`.
    """

    title: ClassVar[str] = "Permutation test"
    reference: ClassVar[str] = (
        "Phipson and Smyth, 2010, Permutation P-values should never be zero, Stat. Appl. Genet. Mol. Biol. 9(1), 39"
    )
    views: ClassVar[tuple[str, ...]] = ("surrogates",)

    method: Annotated[str, "The estimator, one that does not train."] = "ksg"
    permutations: Annotated[int, Range(19, 100_000, log=True), "How many other orders of the rows are estimated."] = 200

    def check_parameters(self) -> None:
        """Also that the estimator is there and does not train. Errors: ValueError in one sentence."""
        super().check_parameters()
        refuse_trained(self.method)

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step for the rows as they are, then one for each other order: "mi" in nats."""
        self.check_parameters()
        (x, y), estimator = rows(source), self._estimator()
        shifted = shifts(x, y)
        self._run = test = _Test(estimator.alone(x, y), shifted)
        yield Step(1, {"mi": test.mi})
        others = orders(len(x), self.permutations, shifted, self.seed())
        for index, value in enumerate(estimator.in_orders(x, y, others), 2):
            test.surrogates.append(value)
            yield Step(index, {"mi": test.surrogates[-1]})

    @property
    def total(self) -> int:
        """The estimates: one and those of the other orders."""
        return self.permutations + 1

    def finish(self) -> Self:
        """Set `p_value_` from as many orders as were reached. Errors: ValueError where the run did not begin."""
        test = self._under_way()
        self.p_value_ = p_value(test.mi, test.surrogates)
        return self

    def result(self) -> dict[str, Any]:
        """mi, p_value, how many orders, whether a series was shifted."""
        test = self._under_way()
        return {"mi": test.mi, "p_value": self.p_value_, "orders": len(test.surrogates), "shifted": test.shifted}

    def view(self, name: str) -> dict[str, Array]:
        """ "surrogates": mi (1,), and the estimates without dependence so far, in their order (m,)."""
        if name != "surrogates":
            return super().view(name)
        test = self._shown_run(name)
        return {"mi": np.array([test.mi]), "surrogates": np.array([*test.surrogates] or [np.nan])}
