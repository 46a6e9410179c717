"""What people bring along: kept under an id made from its content, with a note beside it, and found again by that id."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from core import files

ID = re.compile(r"[a-z0-9]{8,64}")


def identify(*parts: bytes) -> str:
    """16 hexadecimal digits of the SHA-256 of the parts, one after the other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:16]


def keep(folder: Path, key: str, suffix: str, data: bytes, note: dict[str, Any]) -> None:
    """Keep bytes and their note under the id."""
    # The note first: what has no note would be read in another way than its id says.
    files.write(folder / f"{key}.json", files.to_json(note))
    files.write(folder / f"{key}{suffix}", data)


def describe(folder: Path, key: str, **more: Any) -> None:
    """Write more into the note of that id; when it was kept stays what it was."""
    path = folder / f"{key}.json"
    kept = path.stat().st_mtime_ns
    files.write(path, files.to_json(note(folder, key) | more))
    os.utime(path, ns=(kept, kept))


def note(folder: Path, key: str) -> dict[str, Any]:
    """The note of that id; empty where there is none that can be read."""
    try:
        found = files.from_json((folder / f"{key}.json").read_text("utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def listed(folder: Path, most: int) -> dict[str, str]:
    """The newest that were kept: id → name, the newest first; of equal names each says how large it is, where that is known,
    and when it was kept, and where that is the same too how its id begins."""
    notes = [path for path in folder.glob("*.json") if ID.fullmatch(path.stem)]
    notes.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    found = {path.stem: note(folder, path.stem) for path in notes[:most]}
    names = {key: str(said.get("name", key)) for key, said in found.items()}
    when = {path.stem: datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y-%m-%d %H:%M") for path in notes[:most]}
    large = {key: "{:,} × {:,}, ".format(*said["shape"]) if "shape" in said else "" for key, said in found.items()}
    names = _apart(names, {key: f"{large[key]}{when[key]}" for key in names})
    return _apart(names, {key: key[:4] for key in names})


def _apart(names: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    """Each name, and in brackets what more is known where another has the same."""
    several = {name for name, count in Counter(names.values()).items() if count > 1}
    return {key: f"{name} ({more[key]})" if name in several else name for key, name in names.items()}


def find(folder: Path, key: str, *suffixes: str) -> Path | None:
    """Where the bytes of that id lie, or None. A link in the folder, which would lead out of it, is not followed."""
    for suffix in suffixes:
        path = (folder / f"{key}{suffix}").resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path
    return None
