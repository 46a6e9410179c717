"""Tasks whose mutual information is known, for estimators to be compared on."""

from __future__ import annotations

from pydantic import Field, model_validator

from core.data.references.base import Name, Reference
from core.method import TaskSource
from core.sentences import Sentence, nearest

# A few that tell estimators apart: easy, narrow noise, long tails, several dimensions, bent and stretched.
TELLING = (
    "1v1-normal-0.75",
    "1v1-additive-0.1",
    "student-identity-1-1-1",
    "student-identity-5-5-2",
    "multinormal-sparse-5-5-2-2.0",
    "spiral-multinormal-sparse-3-3-2-2.0",
    "swissroll_x-normal_cdf-1v1-normal-0.75",
    "half_cube-1v1-normal-0.75",
)


class TasksData(Reference):
    """Tasks by their names in `core.distributions.tasks`, and how many rows are drawn of each."""

    kind = "tasks"
    gives = "tasks"
    tasks: list[Name] = Field(min_length=1, max_length=100)
    n: int = Field(2_000, ge=50, le=100_000)

    @model_validator(mode="after")
    def _known(self) -> TasksData:
        from core.distributions import tasks

        known = tasks()
        for name in self.tasks:
            if name not in known:
                hint = nearest(name, known, Sentence("see core.distributions.tasks"))
                raise ValueError(Sentence("there is no task {name!r:.80}; {hint}", name=name, hint=hint))
        object.__setattr__(self, "tasks", list(dict.fromkeys(self.tasks)))  # each once, in the order given
        return self

    def source(self, seed: int, family: str) -> TaskSource:
        from core.distributions import tasks

        known = tasks()
        return TaskSource(tuple((name, known[name]) for name in self.tasks), self.n)

    def title(self) -> str:
        return Sentence("{n} task", many="{n} tasks", n=len(self.tasks))

    def description(self) -> str:
        return Sentence("{tasks} of {rows:,} rows", tasks=self.title(), rows=self.n)
