"""The files of a folder or a zip that may be pictures, listed without following links or leaving the place."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from core.sentences import Sentence

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm")
MOST = 200_000  # pictures
ENTRIES = 1_000_000  # files that are looked at: somebody may name the folder of a whole disk
FILE = 64 * 2**20  # bytes of one picture's file
TOTAL = 8 * 2**30  # bytes of all of them, unpacked
_LITTER = ("__macosx", "thumbs.db", "desktop.ini")


class Member(NamedTuple):
    """A picture's place below the folder, its size in bytes, and what reads it."""

    parts: tuple[str, ...]
    size: int
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """As it is named in messages."""
        return "/".join(self.parts)


@dataclass
class Listing:
    """What may be pictures, in order; `skipped` names those that are not read and why; `others` counts other files.

    `folders` are all folders just below the top, also those without pictures.
    """

    members: list[Member] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    others: int = 0
    folders: set[tuple[str, ...]] = field(default_factory=set)

    def offer(self, parts: tuple[str, ...], size: int, read: Callable[[], bytes], fault: str | None) -> None:
        """Take a file in, or say why not."""
        if len(parts) > 1:
            self.folders.add(parts[:-1])
        if PurePosixPath(parts[-1]).suffix.lower() not in SUFFIXES:
            self.others += 1
        elif fault:
            self.skipped["/".join(parts)] = fault
        elif size == 0:
            self.skipped["/".join(parts)] = "is empty, 0 bytes"
        elif size > FILE:
            self.skipped["/".join(parts)] = Sentence(
                "is larger than the limit of {file} MB for one picture", file=FILE // 2**20
            )
        else:
            self.members.append(Member(parts, size, read))

    def close(self, name: str) -> Listing:
        """Sort, and check the limits. Errors: ValueError."""
        self.members.sort(key=lambda member: member.parts)
        if len(self.members) > MOST:
            raise ValueError(
                Sentence(
                    "{name} holds {n_members:,} pictures, more than the limit of {most:,}: take fewer",
                    name=name,
                    n_members=len(self.members),
                    most=MOST,
                )
            )
        if (total := sum(member.size for member in self.members)) > TOTAL:
            raise ValueError(
                Sentence(
                    "{name} unpacks to {total:.0f} GB, more than the limit of 8 GB: take fewer pictures",
                    name=name,
                    total=total / 2**30,
                )
            )
        return self


def litter(parts: tuple[str, ...]) -> bool:
    """What operating systems leave behind: hidden files and folders, thumbnails."""
    return any(part.startswith(".") or part.lower() in _LITTER for part in parts)


def folder_listing(root: Path) -> Listing:
    """The pictures below a folder. Errors: ValueError where it cannot be read or holds too much."""
    listing, seen = Listing(), 0
    try:
        os.listdir(root)  # os.walk would say nothing
    except OSError as error:
        raise ValueError(
            Sentence(
                "the folder {name} cannot be read: {strerror}; name another", name=root.name, strerror=error.strerror
            )
        ) from error
    for place, folders, files in os.walk(root, followlinks=False):
        above = Path(place).relative_to(root).parts
        folders[:] = sorted(f for f in folders if not litter((f,)) and not (Path(place) / f).is_symlink())
        listing.folders |= {(*above, f) for f in folders}
        seen += len(files)
        if seen > ENTRIES:
            raise ValueError(
                Sentence(
                    "the folder {name} holds more than {entries:,} files: name one with pictures only",
                    name=root.name,
                    entries=ENTRIES,
                )
            )
        for name in files:
            if not litter((name,)):
                path = Path(place) / name
                about = path.lstat()
                listing.offer((*above, name), about.st_size, _opener(path), _fault(path, about.st_mode))
    return listing.close(Sentence("the folder {name}", name=root.name))


def _fault(path: Path, mode: int) -> str | None:
    if stat.S_ISLNK(mode):
        return "is a link, and links are not followed" if path.exists() else "is a link to a file that is missing"
    return None if stat.S_ISREG(mode) else "is not an ordinary file"


def _opener(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        # A link that took the file's place since it was listed is not followed either.
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
            return file.read(FILE)

    return read


def zip_listing(archive: zipfile.ZipFile, name: str) -> Listing:
    """The pictures in a zip, read from it one by one; nothing is unpacked to the disk. Errors: ValueError."""
    listing, entries = Listing(), archive.infolist()
    if len(entries) > ENTRIES:
        raise ValueError(Sentence("{name} holds more than {entries:,} files: take fewer", name=name, entries=ENTRIES))
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        if not parts or litter(tuple(part for part in parts if part != "..")):
            continue
        if entry.is_dir():
            listing.folders.add(parts)
            continue
        mode, fault = entry.external_attr >> 16, None
        if ".." in parts or path.startswith("/") or parts[0].endswith(":"):
            fault = "has a path that leads outside the archive"
        elif stat.S_ISLNK(mode):
            fault = "is a link, and links are not followed"
        elif entry.flag_bits & 1:
            fault = "is locked with a password"
        listing.offer(parts, entry.file_size, _extractor(archive, entry), fault)
    return listing.close(name)


def _extractor(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(entry) as file:
                return file.read(FILE)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise OSError(Sentence("is damaged inside the archive")) from error

    return read
