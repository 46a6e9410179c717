"""The bytes of a table's file: read from wherever they are, and refused where they are no table."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from core.arrays import shown
from core.sentences import Sentence

LIMIT = 200 * 2**20  # the upload limit of the dashboard, in bytes
TEXT = (".csv", ".tsv", ".txt", ".tab", ".dat", ".data")
SUFFIXES = (
    *TEXT,
    *(".gz", ".bz2", ".xz", ".zip", ".parquet", ".pq", ".feather", ".arrow", ".ipc"),
    *(".xlsx", ".xlsm", ".jsonl", ".ndjson", ".json", ""),
)
_CSV = Sentence("save it as CSV and open that")

_TAKEN = Sentence("a table is CSV or similar text, an Excel workbook (.xlsx), Parquet, Feather or JSON lines")
_SAVED = ("Excel", "SQLite", "HDF5", "NumPy", "XML", "JSON")  # what programs save as CSV

# First bytes → what the file is. Nothing below is ever opened, unpacked or unpickled.
_MAGIC = (
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"7z\xbc\xaf", "a 7-zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one that is locked with a password"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_PATTERNS = (
    (rb"\A\s*<(!doctype\s+html|html)\b", "a web page (HTML); perhaps a sign-in page was saved in place of the table"),
    (rb"\A\s*<\?xml\b", "an XML document"),
    (rb'\A\s*(\{\s*"[^"\n]*"\s*:|\[\s*[\[{]\s*["\d-])', "JSON"),
    (rb"\A\x80[\x02-\x05][\x95}\]()c]", "a pickle, which is never opened because it can run a program"),
    (rb"\Ac[A-Za-z_][\w.]*\n\w+\n\(", "a pickle, which is never opened because it can run a program"),
)


class TableError(ValueError):
    """A file that is not read, in one sentence: the file, the line or column where there is one, and what to do."""


def load(path_or_file: Any, name: str | None) -> tuple[bytes, str]:
    """The bytes and the name to show, from a path, bytes or a binary file. Errors: TableError, also beyond LIMIT."""
    if isinstance(path_or_file, (str, os.PathLike)):
        return _of_path(path_or_file, name)
    if isinstance(path_or_file, (bytes, bytearray, memoryview)):
        return bytes(path_or_file), name or "table.csv"
    if hasattr(path_or_file, "read"):
        name = name or Path(str(getattr(path_or_file, "name", None) or "table.csv")).name
        return _of_file(path_or_file, name), name
    hint = "core.mi_matrix takes it as it is" if hasattr(path_or_file, "columns") else "name a CSV file"
    raise TableError(
        Sentence("{path_or_file} is not a path or a binary file: {hint}", path_or_file=shown(path_or_file), hint=hint)
    )


def _of_path(given: Any, name: str | None) -> tuple[bytes, str]:
    if not os.fspath(given):
        raise TableError(Sentence("the path is empty: name a CSV file"))
    try:
        path = Path(os.fsdecode(given))
        name = name or path.name[:80] or str(path)
        if path.is_dir():
            name = path.resolve().name or name
        with path.open("rb") as file:
            return file.read(LIMIT + 1), name
    except FileNotFoundError as error:
        raise TableError(Sentence("there is no file {name}", name=name)) from error
    except IsADirectoryError as error:
        raise TableError(Sentence("{name} is a folder, not a table: name a file in it", name=name)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its path is not one that this system accepts"
        raise TableError(Sentence("{name} cannot be opened: {reason}", name=name, reason=reason)) from error


def _of_file(file: Any, name: str) -> bytes:
    try:
        if hasattr(file, "seek"):
            file.seek(0)
        data = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:  # a closed file says ValueError
        reason = getattr(error, "strerror", None) or str(error).rstrip(".") or "it refuses"
        raise TableError(
            Sentence(
                "{name} cannot be read from the file that was given ({reason}): open it again", name=name, reason=reason
            )
        ) from error
    if isinstance(data, str):
        return data.encode("utf-8", "surrogatepass")
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TableError(
            Sentence(
                "{name} cannot be read: the file that was given yields {kind}, not bytes",
                name=name,
                kind=type(data).__name__,
            )
        )
    return bytes(data)


def refuse_large(data: bytes, name: str) -> None:
    """TableError where the bytes are too many."""
    if len(data) > LIMIT:
        raise TableError(
            Sentence(
                "{name} is larger than the limit of {limit} MB: keep fewer rows or columns",
                name=name,
                limit=LIMIT // 2**20,
            )
        )


def refuse_foreign(data: bytes, name: str) -> None:
    """TableError where the bytes are no text table whatever the file is called."""
    head = data[:4096]
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise _foreign(name, what)
    for pattern, what in _PATTERNS:
        if re.match(pattern, head, re.IGNORECASE if b"html" in pattern else 0):
            raise _foreign(name, what)


def _foreign(name: str, what: str) -> TableError:
    """What a file is, and what can be done: an image or a program becomes no table however it is saved."""
    todo = _CSV if any(kind in what for kind in _SAVED) else _TAKEN
    if "compressed" in what or "archive" in what:
        todo = Sentence("unpack it and open the table inside")
    return TableError(Sentence("{name} is {what}, not a table: {todo}", name=name, what=what, todo=todo))


def refuse_named(name: str) -> None:
    """TableError where the name ends as no table's does."""
    if Path(name).suffix.lower() not in SUFFIXES:
        allowed = ", ".join(s for s in SUFFIXES if s)
        raise TableError(
            Sentence(
                "{name} has a file type that is not allowed: a table's name ends in {allowed}",
                name=name,
                allowed=allowed,
            )
        )
