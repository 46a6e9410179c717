"""Problems whose conditional density is known."""

from __future__ import annotations

from pydantic import Field

from core.data.references.base import Name, Reference
from core.method import Source
from core.sentences import Sentence


class ProblemData(Reference):
    """A one-to-many problem by name, such as "inverse"."""

    kind = "problem"
    problem: Name
    n: int = Field(1_000, ge=20, le=1_000_000)

    def source(self, seed: int, family: str) -> Source:
        from core.data.problems import problem_source

        return problem_source(self.problem, self.n, seed)

    def title(self) -> str:
        from core.data.problems import PROBLEMS

        return Sentence(PROBLEMS[self.problem].title) if self.problem in PROBLEMS else self.problem
