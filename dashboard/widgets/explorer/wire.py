"""What goes to the browser: a head in JSON and arrays in bytes; each part has a digest, so that it is sent once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

_KINDS = {"f": ("f4", "<f4"), "i": ("i4", "<i4"), "u": ("u1", "u1"), "b": ("u1", "u1")}


class Part(NamedTuple):
    """JSON in which arrays are {"kind", "at", "length"}, `at` counted from the part's own bytes; and its digest."""

    said: Any
    data: bytes
    digest: str


def part(content: Mapping[str, Any]) -> Part:
    """A part of arrays, bytes, text and numbers, at any depth."""
    blobs: list[bytes] = []
    said = _plain(content, blobs)
    data = b"".join(blobs)
    digest = blake2b(json.dumps(said).encode() + data, digest_size=9).hexdigest()
    return Part(said, data, digest)


def message(head: Mapping[str, Any], parts: Mapping[str, Part], sent: Mapping[str, str]) -> bytes:
    """The parts that the browser has not been sent, by digest, after a head that names all that are shown."""
    new = {p.digest: p for name, p in parts.items() if sent.get(name) != p.digest}
    start, said, data = 0, {}, []
    for digest, p in new.items():
        said[digest] = _moved(p.said, start)
        data.append(p.data)
        start += len(p.data)
    shown = {name: p.digest for name, p in parts.items()}
    text = json.dumps({**head, "shown": shown, "parts": said}, ensure_ascii=False, separators=(",", ":")).encode()
    filled = text + b" " * (-(4 + len(text)) % 8)
    return len(text).to_bytes(4, "little") + filled + b"".join(data)


def _plain(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, Mapping):
        return {k: _plain(v, blobs) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v, blobs) for v in value]
    if isinstance(value, bytes):
        value = np.frombuffer(value, np.uint8)
    if not isinstance(value, np.ndarray):
        return value
    kind, dtype = _KINDS[value.dtype.kind]
    data = np.ascontiguousarray(value, dtype).tobytes()
    at = sum(map(len, blobs))
    blobs.append(data + b"\0" * (-len(data) % 8))
    return {"kind": kind, "at": at, "length": value.size}


def _moved(said: Any, start: int) -> Any:
    """The same with its arrays counted from the first byte of all parts."""
    if isinstance(said, dict):
        if said.keys() == {"kind", "at", "length"}:
            return said | {"at": said["at"] + start}
        return {k: _moved(v, start) for k, v in said.items()}
    # Long lists are names: nothing in them is counted.
    return [_moved(v, start) for v in said] if isinstance(said, list) and said and isinstance(said[0], dict) else said
