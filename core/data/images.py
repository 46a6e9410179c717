"""Sets of pictures by name: what they are called, where they come from, and their arrays as a Source."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np

from core.data import _sets, downloads
from core.data._sets import Pictures
from core.method import Source


@dataclass(frozen=True)
class ImageSet:
    """What a picker says about a set: its name for people, one sentence, where the pictures come from, and how many.

    `size` counts the training pictures; `classes` are the labels' names by number.
    """

    title: str
    sentence: str
    provenance: str
    size: int
    classes: tuple[str, ...]


_DIGITS = tuple("0123456789")
SETS: dict[str, ImageSet] = {
    "digits": ImageSet(
        "Handwritten digits, 8 × 8",
        "1,797 small grey pictures of the digits 0 to 9, written by 43 people; they come with the program.",
        "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
        "CC BY 4.0; the test set, as bundled with scikit-learn",
        1_797,
        _DIGITS,
    ),
    "mnist": ImageSet(
        "MNIST digits, 28 × 28",
        "60,000 grey pictures of handwritten digits for training, and 10,000 by other writers kept apart as a test.",
        "Y. LeCun, C. Cortes, C. J. C. Burges (1998), The MNIST database of handwritten digits, CC BY-SA 3.0",
        60_000,
        _DIGITS,
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
    ),
    "cifar10": ImageSet(
        "CIFAR-10, 32 × 32 in colour",
        "50,000 colour photographs of ten kinds of animals and vehicles for training, and 10,000 kept apart as a test.",
        "A. Krizhevsky (2009), Learning multiple layers of features from tiny images, University of Toronto",
        50_000,
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    ),
}


def here(name: str) -> bool:
    """Whether the pictures of a named set can be read now, without a download."""
    return name == "digits" or downloads.located(name) is not None


def image_source(name: str, n: int | None = None, seed: int = 0) -> Source:
    """The pictures of a set, x: (n, c, h, w) uint8 from 0 to 255; `labels` (n,) are for reports only.

    `n` takes that many training pictures, drawn without replacement by `seed` and kept in their order; None takes all.
    `test` holds the pictures that the set's authors keep apart, all of them, where there are any. Nothing is downloaded.
    Errors: ValueError for an unknown name, a set that is not on this machine, and for an `n` that is no number from 1
    to the size of the set.
    """
    pictures = load(name)
    count = len(pictures.x)
    if n is not None and not 1 <= n <= count:
        raise ValueError(f"n={n} is not between 1 and {count}, the number of pictures in {name}; choose fewer")
    x, labels = pictures.x, pictures.labels
    if n is not None and n < count:
        chosen = np.sort(np.random.default_rng(seed).permutation(count)[:n])
        x, labels = x[chosen], None if labels is None else labels[chosen]
    test = None if pictures.test_x is None else Source(pictures.test_x, labels=pictures.test_labels, x_names=(name,))
    return Source(x, labels=labels, x_names=(name,), notices=pictures.notices, test=test)


def load(name: str) -> Pictures:
    """All pictures of a set, as arrays. Errors: ValueError for an unknown name and for a set that is not here."""
    if name not in SETS:
        near = difflib.get_close_matches(str(name), SETS, 1)
        raise ValueError(
            f"images={name!r} is not a known set of pictures; "
            + (f"did you mean {near[0]}?" if near else f"choose one of {', '.join(SETS)}")
        )
    if name == "digits":
        return _sets.digits()._replace(classes=SETS[name].classes)
    files = downloads.located(name)
    if files is None:
        megabytes = downloads.DOWNLOADS[name].size / 1e6
        raise ValueError(
            f"the pictures of {name} are not on this machine: download them ({megabytes:.0f} MB) on the cluster page "
            f"or with `python -m core download {name}`, or name a folder that holds {name} in {downloads.VARIABLE}"
        )
    found = _sets.cifar10(files) if name == "cifar10" else _sets.idx_set(files)
    return found._replace(classes=SETS[name].classes)
