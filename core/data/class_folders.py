"""What the folders around pictures say: their classes, and which are a test set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.data.archive_listing import Member
from core.sentences import Sentence

NAMED = 20  # bad files that are named one by one
_TRAIN = ("train", "training")
_TEST = ("test", "testing", "val", "valid", "validation")


@dataclass
class Place:
    """Where a picture belongs: in the test set or not, and its class or None."""

    test: bool
    label: str | None


def places_of(
    members: list[Member], folders: Iterable[tuple[str, ...]], notices: list[str]
) -> tuple[list[Place | None], set[str]]:
    """Each picture's place, None for those left aside, and the names of all class folders."""
    inside = [member.parts[:-1] for member in members]
    while (
        inside and all(inside) and len({parts[0] for parts in inside}) == 1
    ):  # a folder around everything says nothing
        top = inside[0][0]
        inside = [parts[1:] for parts in inside]
        folders = [parts[1:] for parts in folders if parts[0] == top]
    tops = {parts[0].lower() if parts else "" for parts in inside}
    train, tests = next((n for n in _TRAIN if n in tops), None), [n for n in _TEST if n in tops]
    if train is None or not tests:
        return [Place(False, parts[0] if parts else None) for parts in inside], {f[0] for f in folders if f}
    split = {train: False, tests[0]: True}
    places = [
        Place(split[parts[0].lower()], parts[1] if len(parts) > 1 else None)
        if parts and parts[0].lower() in split
        else None
        for parts in inside
    ]
    if aside := sum(place is None for place in places):
        notices.append(
            Sentence(
                "{n:,} picture outside {train}/ and {tests}/ is left aside.",
                many="{n:,} pictures outside {train}/ and {tests}/ are left aside.",
                n=aside,
                train=train,
                tests=tests[0],
            )
        )
    return places, {f[1] for f in folders if len(f) > 1 and f[0].lower() in split}


def classes_of(places: list[Place], folders: set[str], notices: list[str]) -> list[str]:
    """The classes in order, none where a picture lies beside the class folders or there is one class only."""
    loose = sum(place.label is None for place in places)
    names = {place.label for place in places if place.label is not None}
    for empty in sorted(folders - names)[:NAMED]:
        notices.append(
            Sentence("The folder {empty} holds no images that can be read: no class is made of it.", empty=empty)
        )
    if loose and names:
        notices.append(
            Sentence(
                "{n:,} picture lies beside the class folders, so no labels are used.",
                many="{n:,} pictures lie beside the class folders, so no labels are used.",
                n=loose,
            )
        )
    # 2 before 10, as people count.
    return (
        []
        if loose or len(names) < 2
        else sorted(names, key=lambda n: (not n.isdecimal(), int(n) if n.isdecimal() else 0, n))
    )
