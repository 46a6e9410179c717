"""What an earlier run has learned."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from core.data.references.base import Reference
from core.method import Array, Source
from core.sentences import Sentence


class RunData(Reference):
    """The features that an earlier run learned, by the run's id; n of the rows, or all that are kept."""

    kind = "run"
    run: str = Field(pattern=r"^[a-z0-9]{6,64}$")
    n: int | None = Field(None, ge=4)

    def source(self, seed: int, family: str) -> Source:
        from core.data.features import features_source

        return features_source(self.run, self.n, seed)

    def title(self) -> str:
        return Sentence("features of run {id}", id=self.run[:4])

    def description(self) -> str:
        return self.title() if self.n is None else Sentence("{n:,} of {name}", n=self.n, name=self.title())

    def label_names(self) -> tuple[str, ...]:
        from core.data.features import Features

        learned_from = self._learned_from()
        return learned_from.label_names() if learned_from and Features.load(self.run).labels is not None else ()

    def origin(self, rows: Array) -> pd.DataFrame:
        learned_from = self._learned_from()
        return learned_from.origin(rows) if learned_from else super().origin(rows)

    def learned_by(self) -> str:
        return self.run

    def _learned_from(self) -> Reference | None:
        """The data of the run that learned the features; None where an old file does not say."""
        from core.data.features import Features
        from core.data.references import parse

        data = Features.load(self.run).data
        return None if data is None else parse(data)
