"""What layouts share: pictures become rows, all of them are shown up to a limit, and new rows are placed among the old."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from core.arrays import evenly, unit_of
from core.learning.scaling import Scale
from core.method import Array, Source
from core.sentences import Sentence

Standardise = Annotated[
    bool,
    "Bring every column to mean 0 and deviation 1 first, so that units do not count: for tables, not for pictures.",
]
SHOWN = 100_000  # rows that a picture shows; of more, that many spread evenly over the data
_NEAR = 5  # training rows among which a new row is placed


def picture(coordinates: Array, source: Source | None) -> dict[str, Array]:
    """ "coordinates" (m, 2 or 3) in single precision of at most 100,000 rows, their "rows" in the data, and "labels"."""
    rows = evenly(np.arange(len(coordinates)), SHOWN)
    out = {"coordinates": coordinates[rows].astype(np.float32), "rows": rows}
    if source is not None and source.labels is not None:
        out["labels"] = np.asarray(source.labels)[rows]
    return out


def checked(features: Any, limit: int) -> tuple[Array, float]:
    """The features (n, d) in a unit in which they can be squared, and that unit, a power of two. Errors: ValueError."""
    features = np.asarray(features)
    features = features.reshape(len(features), -1).astype(np.float64, copy=False)
    if not np.isfinite(features).all():
        raise ValueError(Sentence("the features hold values that are not finite numbers: leave those rows out"))
    if not 4 <= len(features) <= limit:
        raise ValueError(
            Sentence(
                "a projection needs 4 to {limit:,} rows, and there are {n:,}: take a part of them",
                limit=limit,
                n=len(features),
            )
        )
    unit = float(unit_of(features))
    return features / unit, unit


def scale_of(rows: Array, standardise: bool) -> Scale | None:
    """What brings columns (n, d) to mean 0 and deviation 1; None where they keep their units."""
    return Scale.of_columns(rows) if standardise else None


def same_rows(saved: Array, here: Array) -> None:
    """That a checkpoint's coordinates are of as many rows and dimensions. Errors: ValueError."""
    if saved.shape != here.shape:
        said = "this checkpoint has {n_saved} rows, the data {n}"
        raise ValueError(Sentence(said, n_saved=len(saved), n=len(here)))


def principal(features: Array, k: int, least: int, seed: int) -> Array:
    """The first k principal components, or all columns, centred, where there are no more; at least so many columns."""
    from sklearn.decomposition import PCA

    k = min(k, *features.shape)
    out = PCA(k, random_state=seed, svd_solver="covariance_eigh" if features.shape[1] <= 1000 else "randomized")
    columns = out.fit_transform(features)
    return np.pad(columns, ((0, 0), (0, max(0, least - k))))


def placed(new: Array, rows: Array, layout: Array) -> Array:
    """Places of new rows in a layout: a training row's own, or the mean of the nearest five weighted by 1 / distance²."""
    from sklearn.neighbors import NearestNeighbors

    # A tree measures each distance itself, so that an equal row is at exactly 0; the brute way rounds.
    unit = max(float(unit_of(rows)), float(unit_of(new)))
    tree = NearestNeighbors(n_neighbors=min(_NEAR, len(rows)), algorithm="kd_tree").fit(rows / unit)
    distance, near = tree.kneighbors(new / unit)
    same = distance < 1e-100  # below it 1 / distance² leaves the numbers
    weight = np.where(same.any(1, keepdims=True), same, 1 / np.where(same, 1, distance) ** 2)
    return np.einsum("ij,ijk->ik", weight / weight.sum(1, keepdims=True), layout[near])
