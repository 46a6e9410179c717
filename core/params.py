"""A hyper-parameter describes itself once, in its annotation; form, validation, URL, docs and tests read that line.

clip: Annotated[float, Range(0.1, 20.0, log=True), "Scores are clipped to plus or minus this."] = 5.0
"""

from __future__ import annotations

import difflib
import inspect
import math
import numbers
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from core.sentences import Sentence


class ParameterError(ValueError):
    """A parameter is unknown, of the wrong type or outside its range; the message names it, its value and the limit."""


@dataclass(frozen=True)
class Range:
    """The legal values of a number, both ends included; `log` asks for a logarithmic slider."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Field:
    """How a form shows a parameter: its name for people, the folded group that it stands in ("" for none), and the kind of
    data it is for ("" for any)."""

    label: str = ""
    group: str = ""
    data: Literal["", "pictures", "rows"] = ""


@dataclass(frozen=True)
class Param:
    """One hyper-parameter as its annotation describes it.

    `type` is bool, int, float, str or tuple; `choices` is set for a `Literal`; `optional` admits None.
    """

    name: str
    type: type
    default: Any
    help: str
    range: Range | None = None
    choices: tuple[str, ...] | None = None
    optional: bool = False
    field: Field = Field()

    @property
    def label(self) -> str:
        """Its name for people: as its annotation has it, or the words of its name."""
        if self.field.label:
            return self.field.label
        words = self.name.removeprefix("n_").replace("_", " ")
        return (
            Sentence("Number of {words}", words=Sentence(words)) if self.name.startswith("n_") else words.capitalize()
        )

    def check(self, value: Any) -> Any:
        """The value, converted to the parameter's type, or a ParameterError that says what is wrong."""
        if value is None and self.optional:
            return None
        if self.choices is not None:
            if not isinstance(value, str) or value not in self.choices:
                raise ParameterError(
                    Sentence(
                        "{name}={value!r} is not one of {names}",
                        name=self.name,
                        value=value,
                        names=", ".join(self.choices),
                    )
                )
            return value
        if self.type is bool:
            if not isinstance(value, (bool, numbers.Integral)) or value not in (0, 1):
                raise ParameterError(Sentence("{name}={value!r} is not true or false", name=self.name, value=value))
            return bool(value)
        if self.type in (int, float):
            return self._number(value)
        if self.type is tuple:
            if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
                raise ParameterError(Sentence("{name}={value!r} is not a list", name=self.name, value=value))
            return _frozen(value)
        if not isinstance(value, self.type):
            raise ParameterError(
                Sentence("{name}={value!r} is not a {kind}", name=self.name, value=value, kind=self.type.__name__)
            )
        return value

    def _number(self, value: Any) -> float | int:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise ParameterError(Sentence("{name}={value!r} is not a number", name=self.name, value=value))
        if not math.isfinite(value):
            raise ParameterError(Sentence("{name}={value} is not a finite number", name=self.name, value=value))
        if self.type is int and value != int(value):  # type: ignore[call-overload]
            raise ParameterError(Sentence("{name}={value} is not a whole number", name=self.name, value=value))
        value = int(value) if self.type is int else float(value)  # type: ignore[call-overload]
        if self.range and not self.range.low <= value <= self.range.high:
            raise ParameterError(
                Sentence(
                    "{name}={value} is outside [{low}, {high}]",
                    name=self.name,
                    value=value,
                    low=self.range.low,
                    high=self.range.high,
                )
            )
        return value


def _frozen(value: Any) -> Any:
    """Lists become tuples, so that a default stays immutable and JSON gives back an equal object."""
    if isinstance(value, (list, tuple)) or getattr(value, "ndim", None):
        return tuple(_frozen(v) for v in value)
    return value.item() if hasattr(value, "item") else value


@cache
def parameters(cls: type) -> dict[str, Param]:
    """The hyper-parameters of a dataclass, in the order in which they are written, the class's own before inherited ones and
    those of a nearer class before those of one further up."""
    hints = get_type_hints(cls, include_extras=True)
    found = {f.name: _describe(cls, f.name, hints[f.name], f.default) for f in fields(cls) if f.init}
    written = [name for owner in cls.__mro__ for name in inspect.get_annotations(owner) if name in found]
    return {name: found[name] for name in dict.fromkeys(written)}


def _describe(cls: type, name: str, hint: Any, default: Any) -> Param:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{cls.__name__}.{name} has no help sentence: write Annotated[type, Range(…), 'help']")
    base, *extras = get_args(hint)
    text = next((e for e in extras if isinstance(e, str)), "")
    limits = next((e for e in extras if isinstance(e, Range)), None)
    if not text or default is MISSING:
        raise TypeError(f"{cls.__name__}.{name} needs a help sentence and a default")
    optional = False
    if get_origin(base) in (Union, UnionType):
        members = [a for a in get_args(base) if a is not NoneType]
        optional, base = len(members) < len(get_args(base)), members[0]
    choices = get_args(base) if get_origin(base) is Literal else None
    kind = str if choices else (get_origin(base) or base)
    shown = next((e for e in extras if isinstance(e, Field)), Field())
    return Param(name, kind, default, text, limits, choices, optional, shown)


def check(cls: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, each checked against its annotation; unknown names are refused with the nearest known one."""
    known = parameters(cls)
    checked = {}
    for name, value in values.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = (
                Sentence("; did you mean {near}?", near=near[0])
                if near
                else Sentence("; it has {names}", names=", ".join(known) or Sentence("none"))
            )
            raise ParameterError(
                Sentence("{name} has no parameter {parameter}{hint}", name=cls.__name__, parameter=name, hint=hint)
            )
        checked[name] = known[name].check(value)
    return checked


def seed(value: Any, optional: bool = False) -> Any:
    """A seed as a whole number, or None where that is allowed. Errors: ParameterError."""
    return Param("seed", int, 0, "", Range(0, 2**32 - 1), optional=optional).check(value)


def refuse(values: Mapping[str, Any], **elsewhere: str) -> None:
    """ParameterError for parameters that are written in another way where these are given: name → how."""
    for name, how in elsewhere.items():
        if name in values:
            raise ParameterError(Sentence("{name} is not a parameter here: write it as {how}", name=name, how=how))
