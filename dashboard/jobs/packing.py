"""Named arrays to bytes and back without pickle (safetensors), and batches of steps as sparse columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import load, save

from core.sentences import Sentence

if TYPE_CHECKING:
    from core.method import Step

_TEXT = "text:"  # safetensors holds numbers only: strings travel as their code points


def pack(arrays: Mapping[str, Any]) -> bytes:
    """Numbers, truth values and strings of any shape. Errors: ValueError that names the array."""
    plain = {}
    for name, value in arrays.items():
        array = np.asarray(value)
        if array.dtype.kind == "U":
            width = max(array.dtype.itemsize // 4, 1)
            codes = np.ascontiguousarray(array.astype(f"U{width}")).reshape(-1).view(np.uint32)
            plain[_TEXT + name] = codes.reshape(*array.shape, width)
        elif array.dtype.kind in "biuf":
            plain[name] = np.ascontiguousarray(array).reshape(array.shape)
        else:
            raise ValueError(
                Sentence(
                    "the array {name!r} holds {dtype}, which is neither numbers nor text", name=name, dtype=array.dtype
                )
            )
    return save(plain)


def unpack(blob: bytes) -> dict[str, np.ndarray]:
    """What `pack` was given."""
    arrays = {}
    for name, array in load(blob).items():
        if name.startswith(_TEXT):
            text = np.ascontiguousarray(array).reshape(-1).view(f"U{array.shape[-1]}")
            arrays[name[len(_TEXT) :]] = text.reshape(array.shape[:-1])
        else:
            arrays[name] = array
    return arrays


def pack_steps(steps: Iterable[Step]) -> bytes:
    """A batch of steps: for every scalar the steps that had it and its values; what is not finite is left out."""
    columns: dict[str, tuple[list[int], list[float]]] = {}
    for index, info in steps:
        for name, value in info.items():
            if math.isfinite(value):
                at, values = columns.setdefault(name, ([], []))
                at.append(index)
                values.append(float(value))
    return pack_columns(columns)


def pack_columns(columns: Mapping[str, tuple[Any, Any]]) -> bytes:
    """Columns of (steps, values); unbroken steps are stored as their first one alone."""
    arrays = {}
    for name, (steps, values) in columns.items():
        at = np.asarray(steps, dtype=np.int64)
        whole = at[-1] - at[0] == len(at) - 1
        arrays[f"s:{name}"] = at[:1] if whole else at
        arrays[f"v:{name}"] = np.asarray(values, dtype=np.float64)
    return pack(arrays)


def join_columns(batches: list[dict[str, np.ndarray]]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The columns of several unpacked batches, in their order, those that came first first."""
    parts: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for batch in batches:
        for key, values in batch.items():
            if key.startswith("v:"):
                at = batch["s:" + key[2:]]
                if len(at) != len(values):
                    at = np.arange(at[0], at[0] + len(values))
                parts.setdefault(key[2:], []).append((at, values))
    return {
        name: (np.concatenate([a for a, _ in pairs]), np.concatenate([v for _, v in pairs]))
        for name, pairs in parts.items()
    }
