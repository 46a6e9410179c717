"""Sets of pictures by name: what they are called, where they come from, and their arrays as a Source."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from core.method import Array, Source


class ImageSet(NamedTuple):
    """What a picker says about a set: its name for people, one sentence, and where the pictures come from."""

    title: str
    sentence: str
    provenance: str


SETS: dict[str, ImageSet] = {
    "digits": ImageSet(
        "Handwritten digits, 8 × 8",
        "1,797 small grey pictures of the digits 0 to 9, written by 43 people; they come with the program.",
        "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
        "CC BY 4.0; the test set, as bundled with scikit-learn",
    ),
}


def image_source(name: str, n: int | None = None, seed: int = 0) -> Source:
    """The pictures of a set, x: (n, c, h, w) uint8 from 0 to 255; `labels` (n,) are for reports only.

    `n` takes that many pictures, drawn without replacement by `seed` and kept in their order; None takes all.
    Errors: ValueError for an unknown name, and for an `n` that is no number from 1 to the size of the set.
    """
    if name not in _READERS:
        near = difflib.get_close_matches(str(name), _READERS, 1)
        raise ValueError(
            f"images={name!r} is not a known set of pictures; "
            + (f"did you mean {near[0]}?" if near else f"choose one of {', '.join(_READERS)}")
        )
    x, labels = _READERS[name]()
    if n is not None and not 1 <= n <= len(x):
        raise ValueError(f"n={n} is not between 1 and {len(x)}, the number of pictures in {name}; choose fewer")
    if n is not None and n < len(x):
        chosen = np.sort(np.random.default_rng(seed).permutation(len(x))[:n])
        x, labels = x[chosen], labels[chosen]
    return Source(x, labels=labels, x_names=(name,))


def _digits() -> tuple[Array, Array]:
    from sklearn.datasets import load_digits

    bundled = load_digits()
    # Each pixel counts the ink in 4 × 4 cells: 0 … 16, brought to the 0 … 255 that uint8 pictures mean everywhere else.
    return np.rint(bundled.images * (255 / 16)).astype(np.uint8)[:, None], bundled.target.astype(np.int64)


_READERS: dict[str, Callable[[], tuple[Array, Array]]] = {"digits": _digits}
