"""Pictures in NumPy's own files: one array in .npy, or arrays by name in .npz; nothing that would need a pickle."""

from __future__ import annotations

import math
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from core.data.published_sets import Pictures
from core.method import Array
from core.sentences import Sentence

LIMIT = 2 * 2**30  # bytes of one array
_X, _Y = ("x_train", "train_images", "x", "images", "arr_0"), ("y_train", "train_labels", "y", "labels", "arr_1")
_TEST_X, _TEST_Y = ("x_test", "test_images"), ("y_test", "test_labels")
_FEWEST = 10


def read_arrays(path: Path, name: str) -> Pictures:
    """Pictures (n, h, w), (n, h, w, c) or (n, c, h, w), c = 1 or 3: whole numbers 0 … 255, or fractions 0 … 1.

    An .npz may name labels and a test set: x_train, y_train, x_test, y_test, or images and labels.
    Errors: ValueError that names the file and the array.
    """
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                return Pictures(_pictures(_array(file, path.stat().st_size, name), name))
        with zipfile.ZipFile(path) as archive:
            return _named(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, UnicodeDecodeError) as error:
        raise ValueError(
            Sentence("{name} is damaged: it is no complete .npz file; save it again", name=name)
        ) from error
    except OSError as error:
        raise ValueError(
            Sentence("{name} cannot be read: {why}", name=name, why=error.strerror or Sentence("the system refuses"))
        ) from error


def _named(archive: zipfile.ZipFile, name: str) -> Pictures:
    entries = {e.filename.removesuffix(".npy"): e for e in archive.infolist() if e.filename.endswith(".npy")}

    def get(names: tuple[str, ...]) -> Array | None:
        for word in names:
            if word in entries:
                with archive.open(entries[word]) as file:
                    return _array(file, entries[word].file_size, f"{name}: {word}")
        return None

    x = get(_X)
    if x is None:
        raise ValueError(
            Sentence(
                "{name} has no array called {names}: name the pictures so and save it again",
                name=name,
                names=", ".join(_X[:-1]),
            )
        )
    pictures, test_x = _pictures(x, name), get(_TEST_X)
    if test_x is None:
        return Pictures(pictures, _labels(get(_Y), len(pictures), name))
    test = _pictures(test_x, name)
    if test.shape[1:] != pictures.shape[1:]:
        raise ValueError(
            Sentence(
                "{name} has training pictures {training_shape} and test pictures {test_shape}",
                name=name,
                training_shape=pictures.shape[1:],
                test_shape=test.shape[1:],
            )
        )
    return Pictures(pictures, _labels(get(_Y), len(pictures), name), test, _labels(get(_TEST_Y), len(test), name))


def _array(file: IO[bytes], size: int, name: str) -> Array:
    """One .npy, whose header is believed only as far as the file's size allows."""
    try:
        version = np.lib.format.read_magic(file)  # type: ignore[arg-type]
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, fortran, dtype = read(file)  # type: ignore[arg-type]
        if min(shape, default=0) < 0:
            raise ValueError(Sentence("a dimension is negative"))
    except Exception as error:  # the header is a piece of Python that NumPy parses, and parsers raise what they like
        raise ValueError(
            Sentence("{name} is damaged: its header is no header of a NumPy array; save it again", name=name)
        ) from error
    if dtype.hasobject:
        raise ValueError(
            Sentence(
                "{name} holds Python objects, a pickle, which is never opened because it can run a program", name=name
            )
        )
    if dtype.kind not in "buif":
        raise ValueError(
            Sentence("{name} holds no numbers (its type is {kind!r}): save numbers", name=name, kind=dtype.kind)
        )
    expected = math.prod(shape) * dtype.itemsize
    if expected > min(LIMIT, size):
        raise ValueError(
            Sentence(
                "{name} claims {expected:,} bytes of data, but the size of the file is {size:,} bytes",
                name=name,
                expected=expected,
                size=size,
            )
        )
    data = file.read(expected + 1)
    if len(data) != expected:
        raise ValueError(
            Sentence(
                "{name} is damaged: {expected:,} bytes of data are expected, other than what is there",
                name=name,
                expected=expected,
            )
        )
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _pictures(values: Array, name: str) -> Array:
    if values.ndim == 3:
        values = values[:, None]
    elif values.ndim == 4 and values.shape[3] in (1, 3) and values.shape[1] not in (1, 3):
        values = values.transpose(0, 3, 1, 2)
    if values.ndim != 4 or values.shape[1] not in (1, 3) or min(values.shape[2:], default=0) < 4:
        raise ValueError(
            Sentence(
                "{name} has the shape {shape}: give pictures (n, h, w), (n, h, w, 3) or (n, 3, h, w), "
                "at least 4 pixels a side",
                name=name,
                shape=values.shape,
            )
        )
    if len(values) < _FEWEST:
        raise ValueError(
            Sentence(
                "{name} holds {n_values} pictures, too few: at least {fewest} are needed",
                name=name,
                n_values=len(values),
                fewest=_FEWEST,
            )
        )
    if values.dtype.kind == "f":
        if not np.isfinite(values).all() or values.min() < 0 or values.max() > 255:
            raise ValueError(
                Sentence(
                    "{name} has values outside 0 … 255, or not finite: scale it to 0 … 1 and save it again", name=name
                )
            )
        values = np.rint(values * (255 if values.max() <= 1 else 1))
    elif values.dtype.kind != "b" and (values.min() < 0 or values.max() > 255):
        raise ValueError(
            Sentence(
                "{name} has values from {min_values} to {max_values}: scale it to 0 … 255",
                name=name,
                min_values=values.min(),
                max_values=values.max(),
            )
        )
    elif values.dtype.kind == "b":
        values = values * np.uint8(255)
    return np.ascontiguousarray(values, dtype=np.uint8)


def _labels(values: Array | None, n: int, name: str) -> Array | None:
    if values is None:
        return None
    flat = values.reshape(len(values), -1) if values.ndim else values.reshape(0, 1)
    if flat.shape != (n, 1) or values.dtype.kind not in "bui":
        raise ValueError(
            Sentence(
                "{name} has {shape} labels for {n} pictures: give one whole number for each",
                name=name,
                shape=values.shape,
                n=n,
            )
        )
    if flat.min() < 0 or flat.max() > 10_000:
        raise ValueError(
            Sentence(
                "{name} has labels from {min_flat} to {max_flat}: number the classes from 0",
                name=name,
                min_flat=flat.min(),
                max_flat=flat.max(),
            )
        )
    return flat[:, 0].astype(np.int64)
