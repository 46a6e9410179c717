"""What is said to people: a template and its values, English as it stands, and translatable until the moment it is shown."""

from __future__ import annotations

import difflib
import json
import re
import string
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self


class Sentence(str):
    """A sentence that knows what it was made of.

    `Sentence("{name} = {value:g} is below {low:g}", name="clip", value=0, low=0.1)` is the English text, as any string is,
    and keeps `template` and `values`, from which `said` makes it again in another language. Values may be sentences.
    With `many`, the template is for one thing and `many` for any other number of them, counted by the value `n`.
    """

    template: str
    many: str | None
    values: dict[str, Any]

    def __new__(cls, template: str, /, *, many: str | None = None, **values: Any) -> Self:
        values = {name: of(value) if isinstance(value, BaseException) else value for name, value in values.items()}
        chosen = template if many is None or values.get("n") == 1 else many
        self = super().__new__(cls, _filled(chosen, values))
        self.template, self.many, self.values = template, many, values
        return self

    def said(self, translate: Callable[[str, str | None, Any], str]) -> str:
        """The sentence with its template, and those of its values, passed through translate(template, many, n)."""
        values = {name: _said(value, translate) for name, value in self.values.items()}
        chosen = translate(self.template, self.many, self.values.get("n"))
        return _filled(chosen, values)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:  # pickled from worker to server
        return (self.template,), {"many": self.many, **self.values}

    def to_dict(self) -> dict[str, Any]:
        """As JSON keeps it; `revive` gives it back."""
        kept: dict[str, Any] = {"sentence": self.template, "values": dict(self.values)}
        return kept if self.many is None else kept | {"many": self.many}


class Listing(Sentence):
    """Sentences one after the other, as one."""

    def __new__(cls, parts: Iterable[str], between: str = "; ") -> Self:
        parts = list(parts)
        places = between.join(f"{{p{i}}}" for i in range(len(parts)))
        return super().__new__(cls, places, **{f"p{i}": part for i, part in enumerate(parts)})

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (list(self.values.values()), self.between), {}

    @property
    def between(self) -> str:
        """What stands between two of them."""
        return self.template.partition("{p0}")[2].partition("{p1}")[0] or "; "


def setting(word: str, value: Any) -> Sentence:
    """A setting and its value: "ρ = 0.8", "rows = 2,000"."""
    word = {"rho": "ρ", "n": "rows"}.get(word, word.replace("_", " "))
    return Sentence("{setting} = {value}", setting=Sentence(word), value=_value(value, grouped=word != "seed"))


def _value(value: Any, grouped: bool) -> str:
    if isinstance(value, (list, tuple)):
        return _minus(", ".join(map(str, value)))
    if isinstance(value, bool):
        return Sentence("yes") if value else Sentence("no")
    if isinstance(value, (int, float)):
        return _minus(f"{value:,}" if isinstance(value, int) and grouped else f"{value:g}")
    return Sentence(value) if isinstance(value, str) else str(value)


def nearest(name: Any, known: Iterable[str], otherwise: str = "") -> str:
    """What to do about a name that is not known: the known one that it resembles, or another sentence."""
    near = difflib.get_close_matches(name, known, 1) if isinstance(name, str) else []
    return Sentence("did you mean {near}?", near=near[0]) if near else otherwise


def _minus(text: str) -> str:
    return f"−{text[1:]}" if text.startswith("-") else text


def of(error: BaseException) -> str:
    """The sentence of an error, still to be translated where it was made as one."""
    return error.args[0] if error.args and isinstance(error.args[0], Sentence) else str(error)


def parse(text: str) -> str:
    """A sentence that stands alone in a column of text, as `to_dict` has kept it; other text as it is."""
    if not text.startswith('{"sentence"'):
        return text
    try:
        found = json.loads(text, object_hook=revive)
    except ValueError:
        return text
    return found if isinstance(found, str) else text


def revive(kept: Mapping[str, Any]) -> Any:
    """A sentence that `to_dict` has kept; any other mapping as it is. For json.loads(object_hook=…)."""
    if isinstance(kept.get("sentence"), str) and isinstance(kept.get("values"), dict) and set(kept) <= _KEYS:
        try:
            return Sentence(kept["sentence"], many=kept.get("many"), **kept["values"])
        except (LookupError, ValueError, TypeError):  # a template that its values do not fill: shown as it is
            return kept["sentence"]
    return kept


_KEYS = {"sentence", "values", "many"}


class _Formatter(string.Formatter):
    """As `str.format`, but a number that is written in a format has a minus and no hyphen."""

    def format_field(self, value: Any, format_spec: str) -> str:
        written = super().format_field(value, format_spec)
        number = format_spec and isinstance(value, (int, float))
        return re.sub(r"(?<!e)-", "−", written) if number else written  # 1e-06 keeps its hyphen


def _filled(template: str, values: Mapping[str, Any]) -> str:
    return _Formatter().vformat(template, (), values) if values else template


def _said(value: Any, translate: Callable[[str, str | None, Any], str]) -> Any:
    return value.said(translate) if isinstance(value, Sentence) else value
