"""The arrays of the sets that come with the program or are downloaded, read from their published files."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.data.idx_files import read_pairs
from core.method import Array
from core.sentences import Sentence

_RECORD = 1 + 3 * 32 * 32  # CIFAR-10: a label, then the red, green and blue plane of a picture, row by row
_BATCH = 10_000
_TRAINING, _TEST = tuple(f"data_batch_{i}.bin" for i in range(1, 6)), ("test_batch.bin",)


class Pictures(NamedTuple):
    """Pictures x (n, c, h, w) uint8 with labels (n,) int64 or None, those kept apart as a test set, and what to say.

    `classes` are the labels' names by number, `files` the names of x's files where each picture has one.
    """

    x: Array
    labels: Array | None = None
    test_x: Array | None = None
    test_labels: Array | None = None
    classes: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def digits() -> Pictures:
    """The 8 × 8 digits of scikit-learn; they have no test set of their own."""
    from sklearn.datasets import load_digits

    bundled = load_digits()
    # Each pixel counts the ink in 4 × 4 cells: 0 … 16, brought to the 0 … 255 that uint8 pictures mean everywhere else.
    x = np.rint(bundled.images * (255 / 16)).astype(np.uint8)[:, None]
    return Pictures(x, bundled.target.astype(np.int64))


def idx_set(files: dict[str, Path]) -> Pictures:
    """MNIST or a set in its four files. Errors: ValueError that names the file."""
    part = {
        name: read_pairs(files[f"{name}-images-idx3-ubyte.gz"], files[f"{name}-labels-idx1-ubyte.gz"])
        for name in ("train", "t10k")
    }
    return Pictures(*part["train"], *part["t10k"])


def cifar10(files: dict[str, Path]) -> Pictures:
    """CIFAR-10's binary version, from its archive or the folder in it. Errors: ValueError that names the file."""
    path = files["cifar-10-binary.tar.gz"]
    batches: dict[str, Array] = {}
    try:
        if path.is_dir():
            batches = {name: _batch((path / name).read_bytes(), name) for name in (*_TRAINING, *_TEST)}
        else:
            with tarfile.open(path, "r:gz") as archive:
                for member in archive:
                    name = member.name.rpartition("/")[2]
                    if member.isfile() and name in (*_TRAINING, *_TEST) and member.size == _BATCH * _RECORD:
                        batches[name] = _batch(archive.extractfile(member).read(), name)  # type: ignore[union-attr]
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise ValueError(
            Sentence("{name} is damaged: it is no complete tar.gz archive; get it again", name=path.name)
        ) from error
    except OSError as error:
        raise ValueError(
            Sentence(
                "{name} cannot be read: {why}",
                name=path.name,
                why=error.strerror or Sentence("its gzip data are corrupt"),
            )
        ) from error
    if absent := [name for name in (*_TRAINING, *_TEST) if name not in batches]:
        raise ValueError(
            Sentence(
                "{name} lacks {absent} at its full size: get the binary version of CIFAR-10 again",
                name=path.name,
                absent=absent[0],
            )
        )
    return Pictures(*_joined([batches[n] for n in _TRAINING]), *_joined([batches[n] for n in _TEST]))


def _batch(data: bytes, name: str) -> Array:
    if len(data) != _BATCH * _RECORD:
        raise ValueError(
            Sentence(
                "{name} is damaged: {batch:,} bytes are expected and {n_data:,} are there",
                name=name,
                batch=_BATCH * _RECORD,
                n_data=len(data),
            )
        )
    rows = np.frombuffer(data, np.uint8).reshape(_BATCH, _RECORD)
    if rows[:, 0].max() > 9:
        raise ValueError(Sentence("{name} is damaged: it holds a label above 9", name=name))
    return rows


def _joined(batches: list[Array]) -> tuple[Array, Array]:
    rows = np.concatenate(batches)
    return np.ascontiguousarray(rows[:, 1:]).reshape(-1, 3, 32, 32), rows[:, 0].astype(np.int64)
