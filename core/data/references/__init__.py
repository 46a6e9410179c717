"""What a spec says of its data: one class for each kind, which gives the rows, the labels' names and a description.

A spec imports this, and nothing here knows a spec. A further kind is one more class in a file of this folder; its first
field is called as the kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Discriminator, Tag, TypeAdapter

from core.data.references.base import Brought, Reference, beside
from core.data.references.distribution import DistributionData
from core.data.references.graph import GraphData
from core.data.references.images import ImageData
from core.data.references.problem import ProblemData
from core.data.references.run import RunData
from core.data.references.table import TableData
from core.data.references.tasks import TasksData
from core.sentences import Sentence

KINDS: dict[str, type[Reference]] = {
    cls.kind: cls for cls in (DistributionData, TableData, ImageData, GraphData, ProblemData, RunData, TasksData)
}


def _kind(value: Any) -> str | None:
    get = value.get if isinstance(value, dict) else lambda key: getattr(value, key, None)
    return next((kind for kind in KINDS if get(kind) is not None), None)


if TYPE_CHECKING:
    Data = Reference
else:
    Data = Annotated[
        Union[tuple(Annotated[cls, Tag(kind)] for kind, cls in KINDS.items())],  # noqa: UP007 (of a tuple)
        Discriminator(
            _kind,
            custom_error_type="data",
            custom_error_message=Sentence("data must hold one of {names}", names=", ".join(KINDS)),
        ),
    ]


def parse(given: dict[str, Any]) -> Reference:
    """A reference from its JSON part of a spec. Errors: ValueError."""
    return TypeAdapter(Data).validate_python(given)


__all__ = [
    "KINDS",
    "Brought",
    "Data",
    "DistributionData",
    "GraphData",
    "ImageData",
    "ProblemData",
    "Reference",
    "RunData",
    "TableData",
    "TasksData",
    "beside",
    "parse",
]
