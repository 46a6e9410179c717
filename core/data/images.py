"""Sets of pictures by name: what they are called, where they come from, and their arrays as a Source."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.data import downloads, published_sets, user_images
from core.data.numpy_files import read_arrays
from core.data.picture_cache import cached, is_cached
from core.data.picture_files import Progress
from core.data.published_sets import Pictures
from core.data.user_images import keep_folder, save_pictures, uploads
from core.method import Array, Source
from core.sentences import Sentence


@dataclass(frozen=True)
class ImageSet:
    """What a picker says about a set: its name for people, one sentence, where the pictures come from, and how many.

    `size` counts the training pictures; `classes` are the labels' names by number. `read` makes the arrays of its published
    files, by their names; a set without it lies in `assets/pictures` as NAME.npz. What is `packed` is unpacked once.
    """

    title: str
    sentence: str
    provenance: str
    size: int
    classes: tuple[str, ...]
    read: Callable[[dict[str, Path]], Pictures] | None = None
    packed: bool = False


BUNDLED = Path(__file__).resolve().parents[2] / "assets" / "pictures"
_DIGITS = tuple("0123456789")
SETS: dict[str, ImageSet] = {
    "digits": ImageSet(
        "Handwritten digits, 8 × 8",
        "1,797 small grey pictures of the digits 0 to 9, written by 43 people; they come with the program.",
        "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
        "CC BY 4.0; the test set, as bundled with scikit-learn",
        1_797,
        _DIGITS,
        lambda files: published_sets.digits(),
    ),
    "mnist": ImageSet(
        "MNIST digits, 28 × 28",
        "60,000 grey pictures of handwritten digits for training, and 10,000 by other writers kept apart as a test.",
        "Y. LeCun, C. Cortes, C. J. C. Burges (1998), The MNIST database of handwritten digits, CC BY-SA 3.0",
        60_000,
        _DIGITS,
        published_sets.idx_set,
    ),
    "fashion-mnist": ImageSet(
        "Fashion-MNIST, 28 × 28",
        "60,000 grey pictures of ten kinds of clothing for training, and 10,000 kept apart as a test.",
        "H. Xiao, K. Rasul, R. Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747, MIT licence, Zalando SE",
        60_000,
        (
            "T-shirt or top",
            "trousers",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ),
        published_sets.idx_set,
    ),
    "cifar10": ImageSet(
        "CIFAR-10, 32 × 32 in colour",
        "50,000 colour photographs of ten kinds of animals and vehicles for training, and 10,000 kept apart as a test.",
        "A. Krizhevsky (2009), Learning multiple layers of features from tiny images, University of Toronto",
        50_000,
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        published_sets.cifar10,
        packed=True,
    ),
}


def here(name: str) -> bool:
    """Whether a set is on this machine, packed as it may be."""
    return name in SETS and (name not in downloads.DOWNLOADS or downloads.located(name) is not None)


def ready(name: str) -> bool:
    """Whether pictures can be had at once: a set that is on this machine and unpacked, or an upload that was decoded."""
    if name in SETS:
        return here(name) and (not SETS[name].packed or is_cached(_unpacked(name, downloads.located(name) or {})))
    place = user_images.locate(name)
    return place is not None and is_cached(place.key)


def image_source(name: str, n: int | None = None, seed: int = 0) -> Source:
    """The pictures of a set, x: (n, c, h, w) uint8 from 0 to 255; `labels` (n,) are for reports only.

    name: one of SETS, the id of an upload, or the path of a folder or a .zip, .npz or .npy file.
    `n` takes that many training pictures, drawn without replacement by `seed` and kept in their order; None takes all.
    `test` holds the pictures that are kept apart, all of them, where there are any. Nothing is downloaded.
    Errors: ValueError for an unknown name, a set that is not on this machine, and for an `n` that is no number from 1
    to the size of the set.
    """
    pictures = load(name)
    count = len(pictures.x)
    if n is not None and not 1 <= n <= count:
        raise ValueError(
            Sentence(
                "n={n} is not between 1 and {count}, the number of pictures in {name}; choose fewer",
                n=n,
                count=count,
                name=title(name),
            )
        )
    few = n is not None and n < count
    rows = np.sort(np.random.default_rng(seed).permutation(count)[:n]) if few else np.arange(count)
    test = None if pictures.test_x is None else _source(name, pictures.test_x, pictures.test_labels, slice(None))
    found = _source(name, pictures.x, pictures.labels, rows if few else slice(None))
    return replace(found, notices=pictures.notices, rows=rows, test=test)


def _source(name: str, x: Array, labels: Array | None, chosen: Array | slice) -> Source:
    # Copied out of the mapped file: what a method is given lies in memory.
    return Source(np.array(x[chosen]), labels=None if labels is None else np.array(labels[chosen]), x_names=(name,))


def load(name: str, progress: Progress | None = None) -> Pictures:
    """All pictures of a set, an upload or a path, as arrays; what people bring is decoded on the first call.

    `progress(done, total)` is told while it is. Errors: ValueError for an unknown name, for a set that is not here, and
    where nothing can be read.
    """
    if name not in SETS:
        place = user_images.locate(str(name))
        if place is None:
            raise ValueError(_unknown(str(name)))
        return user_images.read(place, progress)
    files = downloads.located(name) if name in downloads.DOWNLOADS else {}
    if files is None:
        megabytes = downloads.DOWNLOADS[name].size / 1e6
        raise ValueError(
            Sentence(
                "the pictures of {name} are not on this machine: download them ({megabytes:.0f} MB) on the cluster page "
                "or with `python -m core download {name}`, or name a folder that holds {name} in {variable}",
                name=name,
                megabytes=megabytes,
                variable=downloads.VARIABLE,
            )
        )
    entry = SETS[name]
    read = entry.read or (lambda _: read_arrays(BUNDLED / f"{name}.npz", name))
    found = cached(_unpacked(name, files), lambda: read(files)) if entry.packed else read(files)
    return found._replace(classes=entry.classes)


def _unpacked(name: str, files: dict[str, Path]) -> str:
    """The key of what is unpacked from an archive as it is now."""
    about = next(iter(files.values())).stat()
    return f"{name}-{about.st_size}-{about.st_mtime_ns}"


def title(name: str) -> str:
    """What people call a set or an upload. Errors: ValueError for an unknown one."""
    if name in SETS:
        return SETS[name].title
    place = user_images.locate(name)
    if place is None:
        raise ValueError(_unknown(name))
    return place.name


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, SETS, 1)
    todo = (
        Sentence("did you mean {near}?", near=near[0])
        if near
        else Sentence("choose one of {names}, or upload your own again", names=", ".join(SETS))
    )
    return Sentence("images={name!r} is not a known set of pictures; {todo}", name=name[:80], todo=todo)


__all__ = [
    "SETS",
    "ImageSet",
    "Pictures",
    "here",
    "image_source",
    "keep_folder",
    "load",
    "ready",
    "save_pictures",
    "title",
    "uploads",
]
