"""Two label columns of a table as two clusterings of the same rows, beside what shuffled labels would show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from core.analysis.clusterings import Comparison, chance, compare_clusterings
from core.analysis.permutations import p_value
from core.analysis.significance import LEVEL
from core.method import Checkpoint, Step, Sweep, TableSource
from core.params import Range
from core.sentences import Sentence

_CELLS = 10_000  # of a table of counts that is kept
_SHARE = {"nmi": 1 - LEVEL, "ari": 1 - LEVEL, "accuracy": 1 - LEVEL, "vi": LEVEL}  # of the copies that are less alike


@dataclass
class _Board:
    """The run: the comparison, of how many rows, and what each shuffled copy gave."""

    found: Comparison
    rows: int
    copies: list[dict[str, float]] = field(default_factory=list)


@dataclass(eq=False, repr=False, kw_only=True)
class TwoClusterings(Sweep):
    """Two columns of labels compared as `core.compare_clusterings` does, then once more for each shuffled copy.

    Sets `comparison_`, `p_value_` and `chance_`: what 95 % of shuffled labels with the same sizes of groups stay below
    (of VI above), by measure. The sizes alone decide what NMI, ARI and VI are by chance; AMI has that taken off already.
    """

    title: ClassVar[str] = "Two label columns"
    reference: ClassVar[str] = "Vinh, Epps and Bailey (2010), JMLR 11, 2837; Boyett (1979), Algorithm AS 144 (copies)"

    copies: Annotated[int, Range(19, 10_000, log=True), "How often the labels are shuffled."] = 200

    def steps(  # type: ignore[override]  # of a table
        self, source: TableSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """A Step for the columns as they are, then one for each copy: "nmi" and "ari"."""
        self.check_parameters()
        if len(source.columns) != 2:
            said = "{n} columns were given; two columns of labels are compared: name two"
            raise ValueError(Sentence(said, n=len(source.columns)))
        done = list(start.meta["copies"]) if start else []
        found = compare_clusterings(source.table, *source.columns)
        self._run = board = _Board(found, len(source.table.frame), done)
        if not done:
            yield Step(1, {"nmi": found.nmi, "ari": found.ari})
        for copy in chance(found, range(len(done), self.copies), self.seed()):
            board.copies.append(copy)
            yield Step(1 + len(board.copies), {"nmi": copy["nmi"], "ari": copy["ari"]})

    @property
    def total(self) -> int:
        """The comparison and its shuffled copies."""
        return 1 + self.copies

    def checkpoint(self) -> Checkpoint | None:
        """The copies so far."""
        copies = self._under_way().copies
        return Checkpoint(1 + len(copies), {}, {"copies": copies})

    def finish(self) -> Self:
        """Set the attributes from as many copies as were reached. Errors: ValueError where the run did not begin."""
        board = self._under_way()
        self.comparison_, copies = board.found, board.copies
        self.p_value_ = p_value(board.found.nmi, [copy["nmi"] for copy in copies]) if copies else None
        self.chance_ = (
            {name: float(np.quantile([copy[name] for copy in copies], share)) for name, share in _SHARE.items()}
            if copies
            else {}
        )
        return self

    def result(self) -> dict[str, Any]:
        """The measures, what chance gives, and the counts, where there are not too many of them."""
        found, board = self.comparison_, self._under_way()
        measures = {name: getattr(found, name) for name in ("accuracy", "nmi", "ami", "ari", "vi")}
        said: dict[str, Any] = {"n": found.n, "left_out": board.rows - found.n, "copies": len(board.copies)}
        headline = Sentence("NMI {nmi}, ARI {ari}", nmi=f"{found.nmi:.3f}", ari=f"{found.ari:.3f}")
        said |= (
            measures
            | {"headline": headline}
            | {"p_value": self.p_value_, "chance": self.chance_, "shape": list(found.counts.shape)}
        )
        if found.counts.size <= _CELLS:
            labels, names = list(found.counts.index), list(found.counts.columns)
            order = [names.index(name) for name in found.matched.columns]
            said |= {"counts": found.counts.to_numpy().tolist(), "labels": labels, "names": names, "order": order}
            said["rows"] = [labels.index(label) for label in found.matched.index]
        return said
