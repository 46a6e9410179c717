"""Uploaded tables: kept byte for byte under an id made from their content, found again by that id."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from core.data._bundled import BUNDLED, bundled_path
from core.data._bytes import LIMIT, TableError
from core.places import data_folder

_ID = re.compile(r"[a-z0-9]{8,64}")


def folder() -> Path:
    """Where uploads lie."""
    return data_folder() / "tables"


def save_upload(table: bytes, name: str, **options: str) -> str:
    """Keep an upload and return its id: 16 hexadecimal digits of the SHA-256 of the bytes and of how to read them.

    options: what `read_table` was told, of encoding, delimiter and decimal. Errors: TableError beyond the size limit.
    """
    if len(table) > LIMIT:
        raise TableError(f"{name} is larger than the limit of {LIMIT // 2**20} MB: keep fewer rows or columns")
    unknown = set(options) - {"encoding", "delimiter", "decimal"}
    if unknown:
        raise TableError(f"an upload is not read with {min(unknown)}: encoding, delimiter and decimal are known")
    options = {key: value for key, value in options.items() if value is not None}
    told = json.dumps(options, sort_keys=True).encode() if options else b""
    key = hashlib.sha256(bytes(table) + told).hexdigest()[:16]
    folder().mkdir(parents=True, exist_ok=True)
    # The note first: a table without a note would be read with other options than the ones in its id.
    _put(folder() / f"{key}.json", json.dumps({"name": name, "options": options}).encode())
    _put(folder() / f"{key}.csv", bytes(table))
    return key


def _put(path: Path, data: bytes) -> None:
    """Write beside, flush to the disk, move into place: a crash leaves the old file or the new one."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def locate(reference: str) -> tuple[Path, dict[str, Any], str]:
    """(path, reading options, name to show) of a bundled table, an upload or a file. Errors: TableError."""
    if reference in BUNDLED:
        return bundled_path(reference), {}, reference
    if _ID.fullmatch(reference):
        return _upload(reference)
    if "/" in reference or os.sep in reference or Path(reference).suffix:
        return Path(reference), {}, Path(reference).name
    raise TableError(
        f"there is no table {reference[:80]!r}: name one of {', '.join(BUNDLED)}, an upload's id, or a file's path"
    )


def _upload(key: str) -> tuple[Path, dict[str, Any], str]:
    path = (folder() / f"{key}.csv").resolve()
    # A link in the folder would lead out of it.
    if not path.is_relative_to(folder().resolve()) or not path.is_file():
        raise TableError(f"there is no uploaded table {key!r} here: upload it again")
    try:
        note = json.loads((folder() / f"{key}.json").read_text("utf-8"))
        return path, dict(note["options"]), str(note["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return path, {}, f"{key}.csv"
