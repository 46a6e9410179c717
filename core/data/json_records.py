"""JSON as records of strings: an object a line (JSON lines), or one list of objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from core.data.opening import TableError
from core.data.records import Record
from core.sentences import Sentence

_DEEP = 8  # objects within objects that become columns of their own, called a.b
_BEGINS = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*(\{\s*"|\[\s*\{\s*"|\{\s*\}\s*\n)')


def is_json(data: bytes) -> bool:
    """Whether the bytes begin as an object of JSON, or a list of objects."""
    return _BEGINS.match(data[:4096]) is not None


def json_records(data: bytes, name: str) -> Iterator[Record]:
    """(line, cells): the names first, in the order in which they appear. Errors: TableError that names the line."""
    names: dict[str, None] = {}
    for _, found in _objects(data, name):
        names.update(dict.fromkeys(found))
    yield 0, list(names)
    for line, found in _objects(data, name):
        yield line, [found.get(key, "") for key in names]


def _objects(data: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TableError(
            Sentence("{name} is JSON, but a byte in line {line} is not UTF-8: save it as UTF-8", name=name, line=line)
        ) from error
    if text.lstrip().startswith("["):
        for place, value in enumerate(_parsed(text, name, 1), 1):
            yield place, _cells(value, name, place)
        return
    for place, part in enumerate(text.split("\n"), 1):
        if part.strip():
            yield place, _cells(_parsed(part, name, place), name, place)


def _parsed(text: str, name: str, line: int) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)  # as written
    except (ValueError, RecursionError) as error:
        raise TableError(
            Sentence(
                "{name} is JSON that is no table: line {line} is not a whole object; give an object a line, or a list of objects",
                name=name,
                line=line + getattr(error, "lineno", 1) - 1,
            )
        ) from error


def _cells(value: Any, name: str, line: int) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TableError(
            Sentence("{name} is JSON, and entry {line} is no object with a value for each column", name=name, line=line)
        )
    return dict(_flat(value, "", _DEEP))


def _flat(value: dict[str, Any], above: str, deep: int) -> Iterator[tuple[str, str]]:
    for key, part in value.items():
        if isinstance(part, dict) and part and deep:
            yield from _flat(part, f"{above}{key}.", deep - 1)
        elif isinstance(part, (dict, list)):
            yield f"{above}{key}", json.dumps(part)
        elif isinstance(part, bool):
            yield f"{above}{key}", "true" if part else "false"
        else:
            yield f"{above}{key}", "" if part is None else str(part)
