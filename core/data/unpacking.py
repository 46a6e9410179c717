"""Compressed tables: one file in gzip, bzip2, xz or zip, unpacked up to the limit of a table and never to the disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Any

from core.data import opening
from core.data.archive_listing import litter
from core.data.opening import TableError
from core.sentences import Sentence

_STREAMS: dict[bytes, tuple[str, Callable[..., Any]]] = {
    b"\x1f\x8b": ("gzip", gzip.open),
    b"BZh": ("bzip2", bz2.open),
    b"\xfd7zXZ": ("xz", lzma.open),
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FAULTS = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, ValueError)
# What programs keep in a zip of their own → what people call it.
_DOCUMENTS = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "content.xml": "an OpenDocument file",
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
}


def unpacked(data: bytes, name: str) -> tuple[bytes, str]:
    """The bytes of the one file inside and its name; bytes that are not compressed, and Excel's, as they are.

    Errors: TableError for several files, a password, damage, or more than a table may have.
    """
    for magic, (method, opener) in _STREAMS.items():
        if data.startswith(magic):
            named = PurePosixPath(name)
            inside = named.stem if named.suffix.lower() in (".gz", ".bz2", ".xz") else name
            return _read(partial(opener, io.BytesIO(data)), name, method), inside
    if data.startswith(_ZIP):
        return _of_zip(data, name)
    return data, name


def stream(file: IO[bytes]) -> Any:
    """The bytes inside of an open file that may be compressed; zip is none that can be read from its beginning."""
    head = file.read(8)
    file.seek(0)
    return next((opener(file) for magic, (_, opener) in _STREAMS.items() if head.startswith(magic)), file)


def _read(opener: Callable[[], IO[bytes]], name: str, method: str) -> bytes:
    try:
        with opener() as file:
            inside = file.read(opening.LIMIT + 1)
    except RuntimeError as error:  # how zipfile says it
        raise TableError(
            Sentence("{name} is locked with a password: unlock it and open the file inside", name=name)
        ) from error
    except _FAULTS as error:
        raise TableError(
            Sentence(
                "{name} is compressed with {method} and damaged or cut short: fetch or save it again",
                name=name,
                method=method,
            )
        ) from error
    if len(inside) > opening.LIMIT:
        raise TableError(
            Sentence(
                "{name} is compressed with {method} and too large: it unpacks to more than the limit of {limit} MB",
                name=name,
                method=method,
                limit=opening.LIMIT // 2**20,
            )
        )
    if not inside.strip(b"\0 \t\r\n"):
        raise TableError(
            Sentence("{name} is compressed with {method}, and the file in it is empty", name=name, method=method)
        )
    if inside.startswith((*_STREAMS, b"PK\x05\x06")) or (inside.startswith(_ZIP) and not is_workbook(inside)):
        raise TableError(
            Sentence("{name} is an archive in an archive (zip, gzip): unpack it and open the table inside", name=name)
        )
    return inside


def _of_zip(data: bytes, name: str) -> tuple[bytes, str]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _FAULTS as error:
        raise TableError(Sentence("{name} is a zip that is damaged or cut short: save it again", name=name)) from error
    with archive:
        if "xl/workbook.xml" in archive.namelist():
            return data, name
        for part, what in _DOCUMENTS.items():
            if part in archive.namelist():
                raise TableError(
                    Sentence("{name} is {what}, not a table: save it as CSV or .xlsx", name=name, what=Sentence(what))
                )
        files = [m for m in archive.infolist() if not m.is_dir() and not litter(PurePosixPath(m.filename).parts)]
        if len(files) != 1:
            raise TableError(
                Sentence(
                    "{name} is a zip of {n} files, and one table is read at a time: unpack it and open one",
                    name=name,
                    n=len(files),
                )
            )
        return _read(lambda: archive.open(files[0]), name, "zip"), PurePosixPath(files[0].filename).name or name


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a zip that holds Excel's workbook."""
    if not data.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except _FAULTS:
        return False
