"""What a run has learned of each row, kept beside it for later runs and pages: a file that is mapped, not read.

Old files hold a picture's at most 2,000 rows and do not say of which data; they open as they did.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from core import files
from core.arrays import evenly, principal_axes
from core.method import Array, Method, Source
from core.paths import run_folder
from core.sentences import Sentence

ROWS, COLUMNS = 100_000, 128  # that are kept at most: 51 MB
_PART = 5_000  # rows that are computed at once
_TYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "I32": "<i4"}


@dataclass(frozen=True, eq=False)
class Features:
    """features (m, d) of `rows` (m,), places in the run's x, of which there were `total`; labels and clusters (m,).

    `origin` (m,) are their numbers in the user's own table or set, counted from 0. `data` is the reference that the rows
    came from, as JSON, read with `seed`; `step` and `epoch` say when. What an old file does not say is None.
    """

    features: Array
    rows: Array | None = None
    origin: Array | None = None
    labels: Array | None = None
    clusters: Array | None = None
    total: int | None = None
    data: dict[str, Any] | None = None
    seed: int | None = None
    step: int | None = None
    epoch: float | None = None

    def __len__(self) -> int:
        return len(self.features)

    @classmethod
    def learned(cls, method: Method, source: Source, **about: Any) -> Self | None:
        """What a finished method makes of the rows it has learned from; None where it learns no features of rows."""
        if not isinstance(source, Source):  # a sweep goes over columns
            return None
        rows = evenly(np.arange(len(source)), ROWS)
        found = _computed(method, source, rows)
        if found is None:
            return None
        clusters = getattr(method, "labels_", None)
        origin, labels, clusters = (_taken(v, rows) for v in (source.rows, source.labels, clusters))
        return cls(found, rows, origin, labels, clusters, total=len(source), **about)

    def notices(self) -> tuple[Sentence, ...]:
        """What people are told where not all rows are kept."""
        if self.total is None or len(self) == self.total:
            return ()
        template = "Features of {n:,} of the {total:,} rows are kept, spread evenly over the data."
        return (Sentence(template, n=len(self), total=self.total),)

    def save(self, identifier: str) -> None:
        """Keep them beside the run of that id. Errors: OSError."""
        from safetensors.numpy import save

        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays = {k: np.ascontiguousarray(v) for k, v in parts.items() if isinstance(v, np.ndarray)}
        about = {k: v for k, v in parts.items() if v is not None and k not in arrays}
        files.write(_file(identifier), save(arrays, {"about": files.to_json(about)}))

    @classmethod
    def load(cls, identifier: str) -> Self:
        """The features of a run; arrays are mapped from the disk. Errors: ValueError in one sentence."""
        try:
            arrays, about = _mapped(_file(identifier))
            known = {field.name for field in fields(cls)}
            return cls(**{k: v for k, v in (arrays | about).items() if k in known})
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise ValueError(
                Sentence(
                    "run {identifier} has no features to look at; choose a finished run of a clusterer or an encoder",
                    identifier=identifier,
                )
            ) from error


def has_features(identifier: str) -> bool:
    """Whether a run left features."""
    return _file(identifier).is_file()


def features_source(identifier: str, n: int | None = None, seed: int = 0) -> Source:
    """The features of a run as x, its labels (or else its clusters) as labels; n rows drawn by the seed, or all.

    Errors: ValueError in one sentence.
    """
    notices = Features.load(identifier).notices()
    few = some_features(identifier, n, seed)
    labels = few.clusters if few.labels is None else few.labels
    return Source(few.features, labels=labels, x_names=(identifier,), notices=notices, rows=few.origin)


def some_features(identifier: str, n: int | None = None, seed: int = 0) -> Features:
    """What a run has kept, of n rows drawn by the seed, or of all. Errors: ValueError in one sentence."""
    kept = Features.load(identifier)
    if n is not None and n > len(kept):
        template = "n={n} is more than the {count:,} rows that run {id} has kept; choose fewer"
        raise ValueError(Sentence(template, n=n, count=len(kept), id=identifier[:4]))
    few = np.sort(np.random.default_rng(seed).permutation(len(kept))[:n])
    arrays: dict[str, Any] = {
        f.name: v[few] for f in fields(kept) if isinstance(v := getattr(kept, f.name), np.ndarray)
    }
    return replace(kept, **arrays)


def _taken(values: Array | None, rows: Array) -> Array | None:
    return None if values is None else np.asarray(values)[rows]


def _file(identifier: str) -> Path:
    return run_folder(identifier) / "features.safetensors"


def _computed(method: Method, source: Source, rows: Array) -> Array | None:
    """(m, ≤ 128) single precision; of wider features the leading principal components, as some of the rows have them."""
    some = method.learned(source, evenly(rows, _PART))
    if some is None:
        return None
    narrow = _narrowing(some)
    if len(rows) <= _PART:
        return narrow(some)
    return np.concatenate(
        [narrow(method.learned(source, part)) for part in np.array_split(rows, -(-len(rows) // _PART))]
    )


def _narrowing(some: Array) -> Callable[[Any], Array]:
    if some.shape[1] <= COLUMNS:
        return lambda features: np.asarray(features, dtype=np.float32)
    mean = some.mean(0, dtype=np.float64)
    axes = principal_axes((some - mean).T @ (some - mean), COLUMNS)
    return lambda features: ((features - mean) @ axes).astype(np.float32)


def _mapped(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays of a safetensors file, mapped read-only, and what it says of them."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > path.stat().st_size:
            raise ValueError(Sentence("the header is cut short"))
        header = json.loads(file.read(length))
    about = header.pop("__metadata__", {}).get("about", "{}")
    arrays: dict[str, Array] = {
        name: np.memmap(path, _TYPES[part["dtype"]], "r", 8 + length + part["data_offsets"][0], tuple(part["shape"]))
        for name, part in header.items()
    }
    return arrays, files.from_json(about)
