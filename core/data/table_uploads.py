"""Uploaded tables: kept byte for byte under an id made from their content, found again by that id."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from core.data import upload_store
from core.data.bundled_tables import BUNDLED, bundled_path
from core.data.opening import TableError, refuse_large
from core.data.reading import OPTIONS
from core.data.table import Table
from core.paths import data_folder
from core.sentences import Sentence


def folder() -> Path:
    """Where uploads lie."""
    return data_folder() / "tables"


def save_upload(table: bytes, name: str, **options: Any) -> str:
    """Keep an upload and return its id: 16 hexadecimal digits of the SHA-256 of the bytes and of how to read them.

    options: what `read_table` was told, of OPTIONS. Errors: TableError beyond the size limit.
    """
    refuse_large(table, name)
    unknown = set(options) - set(OPTIONS)
    if unknown:
        raise TableError(
            Sentence(
                "an upload is not read with {option}: {known} are known",
                option=min(unknown),
                known=", ".join(OPTIONS),
            )
        )
    options = {key: value for key, value in options.items() if value not in (None, {})}
    settings = json.dumps(options, sort_keys=True).encode() if options else b""
    key = upload_store.identify(bytes(table), settings)
    upload_store.keep(folder(), key, ".csv", bytes(table), {"name": name, "options": options})
    return key


def describe_upload(reference: str, table: Table) -> None:
    """Keep beside an upload how large it is, by which it is told from others of its name."""
    if upload_store.find(folder(), reference, ".csv"):
        upload_store.describe(folder(), reference, shape=list(table.frame.shape))


def reread(reference: str, **options: Any) -> str:
    """Keep an upload a second time, to be read as told; returns that id. Errors: TableError for an unknown id."""
    path, _, name = _upload(reference)
    return save_upload(path.read_bytes(), name, **options)


def discard(reference: str) -> None:
    """Forget an upload, such as one that cannot be read."""
    for suffix in (".csv", ".json"):
        if path := upload_store.find(folder(), reference, suffix):
            path.unlink(missing_ok=True)


def uploads(most: int = 20) -> dict[str, str]:
    """What was uploaded to this data folder, id → name, the newest first."""
    return upload_store.listed(folder(), most)


def locate(reference: str) -> tuple[Path, dict[str, Any], str]:
    """(path, reading options, name to show) of a bundled table, an upload or a file. Errors: TableError."""
    if reference in BUNDLED:
        return bundled_path(reference), {}, reference
    if upload_store.ID.fullmatch(reference):
        return _upload(reference)
    if "/" in reference or os.sep in reference or Path(reference).suffix:
        return Path(reference), {}, Path(reference).name
    raise TableError(
        Sentence(
            "there is no table {reference!r}: name one of {names}, an upload's id, or a file's path",
            reference=reference[:80],
            names=", ".join(BUNDLED),
        )
    )


def _upload(key: str) -> tuple[Path, dict[str, Any], str]:
    path = upload_store.find(folder(), key, ".csv")
    if path is None:
        raise TableError(Sentence("This uploaded table is not in this data folder any more: upload it again."))
    note = upload_store.note(folder(), key)
    options = note.get("options")
    return path, dict(options) if isinstance(options, dict) else {}, str(note.get("name", f"{key}.csv"))
