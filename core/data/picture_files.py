"""A folder or a zip of picture files as one array: its classes and test set, one size, and what was left out."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core import sentences
from core.data import decoding
from core.data.archive_listing import Listing, Member, folder_listing, zip_listing
from core.data.class_folders import NAMED, classes_of, places_of
from core.data.published_sets import Pictures
from core.method import Array
from core.sentences import Sentence

KEPT, REDUCED = 96, 64  # pixels a side: a common size up to KEPT stays, anything larger is brought to REDUCED
BYTES = 2 * 2**30  # of all pixels

Progress = Callable[[int, int], None]


def read_pictures(path: Path, name: str, progress: Progress | None = None) -> Pictures:
    """All pictures below a folder or in a zip, x (n, c, h, w) uint8, c = 1 where all are grey.

    Folders are classes; train/ and test/ (or val/) above them split the set. What cannot be read is left out and named
    in the notices. `progress(done, total)` is told files, each of which is looked at twice.
    Errors: ValueError in one sentence where nothing is left or a limit is passed.
    """
    if path.is_dir():
        return _read(folder_listing(path), name, progress)
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(zip_listing(archive, name), name, progress)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise ValueError(
            Sentence("{name} is damaged: it is no complete zip archive; make it again", name=name)
        ) from error
    except OSError as error:
        raise ValueError(
            Sentence("{name} cannot be read: {why}", name=name, why=error.strerror or Sentence("the system refuses"))
        ) from error


@dataclass
class _Taken:
    """What was done on the way, to be said once for all pictures."""

    skipped: dict[str, str]
    resized: int = 0
    transparent: int = 0
    animated: int = 0
    notices: list[str] = field(default_factory=list)


def _read(listing: Listing, name: str, progress: Progress | None) -> Pictures:
    taken, count = _Taken(listing.skipped), len(listing.members)
    told = progress or (lambda done, total: None)
    sizes: dict[Member, tuple[int, int]] = {}
    for done, member in enumerate(listing.members):
        told(done, 2 * count)
        if (size := _tried(taken, member, decoding.size_of)) is not None:
            sizes[member] = size
    if not sizes:
        raise ValueError(
            Sentence("{name} holds no images that can be read{taken}", name=name, taken=_because(taken, listing))
        )
    size = _common(list(sizes.values()))
    if len(sizes) * 3 * size[0] * size[1] > BYTES:
        raise ValueError(
            Sentence(
                "{name} holds {n:,} pictures of {height} × {width} pixels, more than the memory limit of "
                "{limit} GB: take fewer or smaller ones",
                name=name,
                n=len(sizes),
                height=size[0],
                width=size[1],
                limit=BYTES // 2**30,
            )
        )
    members, values = _decoded(list(sizes), size, taken, lambda done: told(count + done, 2 * count))
    if not members:
        raise ValueError(
            Sentence("{name} holds no images that can be read{taken}", name=name, taken=_because(taken, listing))
        )
    told(2 * count, 2 * count)
    return _arranged(members, values, listing, taken, len(members) + len(taken.skipped), size)


def _tried(taken: _Taken, member: Member, what: Callable[[bytes], object]):  # type: ignore[no-untyped-def]
    """What a file gives, or None after its fault was noted."""
    try:
        return what(member.read())
    except decoding.PictureError as error:
        taken.skipped[member.name] = sentences.of(error)
    except OSError as error:
        taken.skipped[member.name] = error.strerror or str(error) or Sentence("cannot be read")
    return None


def _common(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    """The size of most pictures where half share one, at most KEPT a side; else a square that suits the middle one."""
    (width, height), often = Counter(sizes).most_common(1)[0]
    if 2 * often < len(sizes):
        width = height = int(np.median([min(size) for size in sizes]))
    scale = 1.0 if max(width, height) <= KEPT else REDUCED / max(width, height)
    return max(decoding.SMALLEST, round(width * scale)), max(decoding.SMALLEST, round(height * scale))


def _decoded(
    members: list[Member], size: tuple[int, int], taken: _Taken, told: Callable[[int], None]
) -> tuple[list[Member], list[Array]]:
    kept, values = [], []
    for done, member in enumerate(members):
        told(done)
        pixels = _tried(taken, member, lambda data: decoding.decode(data, size))
        if pixels is not None:
            kept.append(member)
            values.append(pixels.values)
            taken.resized += pixels.resized
            taken.transparent += pixels.transparent
            taken.animated += pixels.animated
    return kept, values


def _arranged(
    members: list[Member], values: list[Array], listing: Listing, taken: _Taken, offered: int, size: tuple[int, int]
) -> Pictures:
    places, folders = places_of(members, listing.folders, taken.notices)
    keep = [i for i, place in enumerate(places) if place is not None]
    placed = [place for place in places if place is not None]
    colour = any(values[i].ndim == 3 for i in keep)
    grey = sum(values[i].ndim == 2 for i in keep)
    x = np.empty((len(keep), size[1], size[0], 3 if colour else 1), np.uint8)
    for row, i in enumerate(keep):
        x[row] = values[i][..., None] if values[i].ndim == 2 else values[i]
        values[i] = x[:0]  # a picture is held once
    x = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    classes = classes_of(placed, folders, taken.notices)
    labels = np.array([classes.index(p.label) for p in placed], np.int64) if classes else None  # type: ignore[arg-type]
    test = np.array([place.test for place in placed])
    _tell(taken, offered, listing, size, grey if colour else 0, len(keep))
    labels_of = lambda rows: None if labels is None else labels[rows]  # noqa: E731
    apart = test if test.any() else None
    return Pictures(
        x[~test],
        labels_of(~test),
        None if apart is None else x[apart],
        None if apart is None else labels_of(apart),
        tuple(classes),
        tuple(taken.notices),
        tuple(members[i].name for i, place in zip(keep, placed, strict=True) if not place.test),
    )


def _tell(taken: _Taken, offered: int, listing: Listing, size: tuple[int, int], grey: int, kept: int) -> None:
    if taken.skipped:
        bad = sorted(taken.skipped.items())
        named: list[str] = [_faulty(name, why) for name, why in bad[:NAMED]]
        if len(bad) > NAMED:
            named.append(Sentence("and {n:,} more", n=len(bad) - NAMED))
        one, many = (
            "{n:,} of {offered:,} pictures is skipped: {named}.",
            "{n:,} of {offered:,} pictures are skipped: {named}.",
        )
        taken.notices.insert(0, Sentence(one, many=many, n=len(bad), offered=offered, named=sentences.Listing(named)))
    told = (
        (
            taken.resized,
            Sentence("brought to the size {height} × {width}, cropped at the centre", height=size[0], width=size[1]),
        ),
        (taken.transparent, Sentence("in parts transparent, which is taken as white")),
        (taken.animated, Sentence("made of several frames, of which the first is taken")),
        (grey, Sentence("grey among coloured ones and taken as coloured")),
    )
    for count, what in told:
        if count:
            one, many = "{n:,} picture of {kept:,} is {what}.", "{n:,} pictures of {kept:,} are {what}."
            taken.notices.append(Sentence(one, many=many, n=count, kept=kept, what=what))
    if listing.others:
        taken.notices.append(
            Sentence(
                "{n:,} other file is left aside: it is not a picture.",
                many="{n:,} other files are left aside: they are not pictures.",
                n=listing.others,
            )
        )


def _because(taken: _Taken, listing: Listing) -> str:
    if not taken.skipped:
        only = Sentence(", only {n:,} other file", many=", only {n:,} other files", n=listing.others)
        return only if listing.others else Sentence(": it is empty")
    name, why = next(iter(sorted(taken.skipped.items())))
    more = Sentence(" (and {n_more:,} more like it)", n_more=len(taken.skipped) - 1) if len(taken.skipped) > 1 else ""
    return Sentence(": {faulty}{more}", faulty=_faulty(name, why), more=more)


def _faulty(name: str, why: str) -> Sentence:
    return Sentence("{name} {why}", name=name, why=why)
