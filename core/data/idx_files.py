"""IDX, the format of MNIST's files: read strictly, so that a cut or lying file is refused before memory is taken.

Two zero bytes, 8 for unsigned bytes, the number of dimensions, each dimension in four bytes (the highest first), data.
Reference: Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits, "file formats".
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.method import Array
from core.sentences import Sentence

LIMIT = 2**30  # bytes of pixels: 22 times MNIST's training pictures
_PIECE = 2**20


def read_idx(path: Path, dimensions: int) -> Array:
    """The bytes of an IDX file, plain or compressed with gzip, as a uint8 array of so many dimensions.

    Errors: ValueError that names the file, for another format, another number of dimensions, and for data that are
    fewer or more than the header says.
    """
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not compressed:
                return _read(raw, path, dimensions)
            with gzip.GzipFile(fileobj=raw) as file:
                return _read(file, path, dimensions)  # type: ignore[arg-type]  # a GzipFile reads as a binary file does
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(
            Sentence("{name} is damaged: its gzip data are cut or corrupt; get the file again", name=path.name)
        ) from error
    except OSError as error:
        raise ValueError(
            Sentence(
                "{name} cannot be read: {why}", name=path.name, why=error.strerror or Sentence("the system refuses")
            )
        ) from error


def read_pairs(images: Path, labels: Path) -> tuple[Array, Array]:
    """Pictures (n, 1, h, w) uint8 and their labels (n,) int64. Errors: ValueError, also where the counts differ."""
    x, y = read_idx(images, 3), read_idx(labels, 1)
    if len(x) != len(y):
        raise ValueError(
            Sentence(
                "{labels_file} holds {n_labels} labels, but {images_file} holds {n_images} images: the two files do not belong together",
                labels_file=labels.name,
                n_labels=len(y),
                images_file=images.name,
                n_images=len(x),
            )
        )
    if not x.size:
        raise ValueError(Sentence("{name} is empty: it holds no images", name=images.name))
    return x[:, None], y.astype(np.int64)


def _read(file: BinaryIO, path: Path, dimensions: int) -> Array:
    head = file.read(4 + 4 * dimensions)
    magic = bytes([0, 0, 8, dimensions])
    if head[:4] != magic:
        raise ValueError(
            Sentence(
                "{name} is not in the IDX format: its first bytes are {found}, and {expected} are expected for {what}",
                name=path.name,
                found=head[:4].hex(" ") or Sentence("missing"),
                expected=magic.hex(" "),
                what=Sentence("images") if dimensions == 3 else Sentence("labels"),
            )
        )
    if len(head) < 4 + 4 * dimensions:
        raise ValueError(Sentence("{name} is damaged: it ends inside its header; get the file again", name=path.name))
    shape = struct.unpack(f">{dimensions}I", head[4:])
    expected = math.prod(shape)
    if expected > LIMIT:
        raise ValueError(
            Sentence(
                "{name} claims {expected:,} bytes of data, more than the limit of {limit:,}: not read",
                name=path.name,
                expected=expected,
                limit=LIMIT,
            )
        )
    data = bytearray()
    while len(data) <= expected and (piece := file.read(min(_PIECE, expected + 1 - len(data)))):
        data += piece
    if len(data) != expected:
        found = f"{len(data):,}" if len(data) < expected else "more"
        raise ValueError(
            Sentence(
                "{name} is damaged: {expected:,} bytes of data are expected and {found} are there",
                name=path.name,
                expected=expected,
                found=found,
            )
        )
    return np.frombuffer(bytes(data), np.uint8).reshape(shape)
