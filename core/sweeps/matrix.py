"""The MI between every pair of a table's columns, a Step a pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from core import discover, files
from core.analysis.estimate import estimator_class
from core.method import Array, Checkpoint, MIEstimator, Step, Sweep, TableSource
from core.sentences import Sentence


@dataclass(eq=False, repr=False, kw_only=True)
class Matrix(Sweep):
    """I(X; Y) of every pair of columns, or of every column with one target, in nats.

    The same as `core.mi_matrix`, but watched: `view("matrix")` is the square as far as it is filled.
    """

    title: ClassVar[str] = "Matrix of column pairs"
    reference: ClassVar[str] = (
        "Kraskov, Stögbauer and Grassberger (2004), Phys. Rev. E 69, 066138; arXiv:cond-mat/0305641"
    )
    views: ClassVar[tuple[str, ...]] = ("matrix",)

    method: Annotated[str, "The estimator of each pair, one that does not train or that trains many pairs at once."] = (
        "ksg"
    )
    target: Annotated[str | None, "Only pairs with this column; empty takes every pair."] = None

    def check_parameters(self) -> None:
        """Also that the estimator is there and suits many pairs. Errors: ValueError in one sentence."""
        super().check_parameters()
        cls = estimator_class(self.method)
        if not cls.closed_form and not cls.batched:
            known = (discover.having(MIEstimator.family, **{what: True}) for what in ("closed_form", "batched"))
            names = ", ".join(chain(*known))
            raise ValueError(
                Sentence(
                    "method={method!r} trains anew for each pair; use one of {names}", method=self.method, names=names
                )
            )

    def steps(  # type: ignore[override]  # a matrix is of a table
        self, source: TableSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """One Step a pair, and more where many train at once: "mi" in nats. A checkpoint's pairs are not computed again."""
        from core.analysis.matrix import Pairs

        self.check_parameters()
        self._run = Pairs(
            source.table,
            columns=list(source.columns),
            target=self.target or None,
            method=self.method,
            seed=self.seed(),
            done=start.meta["rows"] if start else (),
        )
        last = len(self._run.rows)
        for _ in self._run.steps():
            # Also between two pairs there is a Step, so that whoever pulls can pause or stop there.
            further, last = self._run.reached > last, max(last, self._run.reached)
            if last:
                yield Step(last, {"mi": self._run.rows[-1]["mi"]} if further and self._run.rows else {})

    @property
    def total(self) -> int:
        """The number of pairs."""
        return len(self._run) if self._current is not None else 1

    def checkpoint(self) -> Checkpoint | None:
        """The pairs so far."""
        rows = self._under_way().rows
        return Checkpoint(len(rows), {}, {"rows": rows})

    def finish(self) -> Self:
        """Set `matrix_`, from as many pairs as were reached. Errors: ValueError where the run did not begin."""
        self.matrix_ = self._under_way().matrix()
        return self

    def result(self) -> dict[str, Any]:
        """Columns, the list of pairs with n, MI and trust, and what was left out."""
        long = self.matrix_.long
        return {
            "columns": [str(c) for c in self.matrix_.mi.columns],
            "long": [files.plain(row) for row in long.to_dict("records")],
            "notices": list(self.matrix_.notices),
        }

    def view(self, name: str) -> dict[str, Array]:
        """ "matrix": mi (k, k), NaN where nothing is known yet."""
        if name != "matrix":
            return super().view(name)
        return {"mi": np.asarray(self._shown_run(name).matrix().mi, dtype=np.float64)}
