"""What an earlier run has learned."""

from __future__ import annotations

from pydantic import Field

from core.data.references._base import Reference
from core.method import Source
from core.sentences import Sentence


class RunData(Reference):
    """The features that an earlier run learned, by the run's id."""

    kind = "run"
    run: str = Field(pattern=r"^[a-z0-9]{6,64}$")

    def source(self, seed: int, family: str) -> Source:
        from core.data.features import features_source

        return features_source(self.run)

    def title(self) -> str:
        return Sentence("features of run {id}", id=self.run[:4])
