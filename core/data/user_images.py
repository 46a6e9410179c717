"""Pictures that people bring: an upload or a folder, kept by id, decoded once and then mapped from the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from core.data import downloads, published_sets, upload_store
from core.data.archive_listing import folder_listing
from core.data.numpy_files import read_arrays
from core.data.opening import LIMIT
from core.data.picture_cache import cached
from core.data.picture_files import Progress, read_pictures
from core.data.published_sets import Pictures
from core.paths import data_folder
from core.sentences import Sentence

SUFFIXES = (".zip", ".npz", ".npy")


class Place(NamedTuple):
    """Where pictures lie, the name to show and the key of their decoded copy."""

    path: Path
    name: str
    key: str


def folder() -> Path:
    """Where uploads lie."""
    return data_folder() / "pictures"


def save_pictures(data: bytes, name: str) -> str:
    """Keep an uploaded .zip, .npz or .npy and return its id, 16 hexadecimal digits of its SHA-256.

    Nothing is decoded yet. Errors: ValueError beyond the size limit and for another kind of file.
    """
    if len(data) > LIMIT:
        raise ValueError(
            Sentence(
                "{name} is larger than the limit of {limit} MB: keep fewer or smaller pictures",
                name=name,
                limit=LIMIT // 2**20,
            )
        )
    suffix = ".npy" if data[:6] == b"\x93NUMPY" else Path(name).suffix.lower()
    if data[:4] not in (b"PK\x03\x04", b"PK\x05\x06") and suffix != ".npy":
        raise ValueError(
            Sentence(
                "{name} is no zip archive: put the pictures into a .zip, or save arrays as .npz or .npy", name=name
            )
        )
    if suffix not in SUFFIXES:
        suffix = ".zip"
    key = upload_store.identify(data)
    upload_store.keep(folder(), key, suffix, data, {"name": name})
    return key


def uploads(most: int = 20) -> dict[str, str]:
    """What was uploaded to this data folder or opened from this machine, id → name, the newest first."""
    return upload_store.listed(folder(), most)


def keep_folder(path: str) -> str:
    """Remember a folder (or a .zip, .npz, .npy) of this machine and return an id that stands for it as it is now.

    Only for somebody who may read this machine's files: never with a path from a link. Errors: ValueError.
    """
    place = _at(Path(path).expanduser())
    folder().mkdir(parents=True, exist_ok=True)
    note = {"name": place.name, "path": str(place.path.resolve())}
    upload_store.keep(folder(), place.key, ".path", b"", note)
    return place.key


def locate(reference: str) -> Place | None:
    """Where the pictures of an id or of a path are, None for what is neither. Errors: ValueError for one that is gone."""
    if upload_store.ID.fullmatch(reference):
        return _kept(reference)
    path = Path(reference).expanduser()
    if "/" in reference or os.sep in reference or path.suffix:
        return _at(path)
    return None


def _kept(key: str) -> Place | None:
    note = upload_store.note(folder(), key)
    if (path := upload_store.find(folder(), key, *SUFFIXES)) is not None:
        return Place(path, str(note.get("name", path.name)), key)
    if "path" in note:
        return Place(Path(str(note["path"])), str(note.get("name", "folder")), key)
    return None


def read(place: Place, progress: Progress | None = None) -> Pictures:
    """The pictures of a place, decoded on the first call. Errors: ValueError in one sentence."""

    def make() -> Pictures:
        if place.path.parent != folder().resolve() and _at(place.path).key != place.key:
            raise ValueError(Sentence("{name} has changed since it was opened: open it again", name=place.name))
        return _decoded(place, progress)

    return cached(place.key, make)


def _decoded(place: Place, progress: Progress | None) -> Pictures:
    path, name = place.path, place.name
    if path.suffix.lower() in (".npy", ".npz"):
        return read_arrays(path, name)
    if path.is_dir():
        if files := downloads.files_in(path, "mnist"):
            return published_sets.idx_set(files)
        if files := downloads.files_in(path, "cifar10"):
            return published_sets.cifar10(files)
    return read_pictures(path, name, progress)


def _at(path: Path) -> Place:
    """A path's key changes with its name and with the names, sizes and times of what lies there."""
    name = path.name or str(path)
    try:
        path = path.resolve()
        if path.is_dir():
            listing = folder_listing(path)
            contents = [(m.name, m.size, (path / m.name).stat().st_mtime_ns) for m in listing.members]
            contents += [
                (f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in sorted(path.iterdir()) if f.is_file()
            ]
        elif path.exists() and path.suffix.lower() not in SUFFIXES:
            raise ValueError(
                Sentence(
                    "{name} is neither a folder of pictures nor a {names} file: name one of these",
                    name=name,
                    names=", ".join(SUFFIXES),
                )
            )
        else:
            contents = [(name, path.stat().st_size, path.stat().st_mtime_ns)]
    except FileNotFoundError as error:
        raise ValueError(Sentence("there is no folder or file {name} to read pictures from", name=name)) from error
    except (OSError, RuntimeError) as error:
        raise ValueError(
            Sentence(
                "{name} cannot be opened: {why}",
                name=name,
                why=getattr(error, "strerror", None) or Sentence("a link leads to itself"),
            )
        ) from error
    return Place(
        path,
        name,
        upload_store.identify(str(path).encode("utf-8", "surrogateescape"), repr(contents).encode("utf-8", "replace")),
    )
