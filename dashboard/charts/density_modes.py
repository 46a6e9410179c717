"""Where a density has its maxima, and which of them are answers of their own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from scipy.signal import find_peaks

_VALLEY = 0.35  # of the lower of two maxima: a density that falls no deeper between them has one mode
_MASS = 0.1  # round a mode, at least
_COLUMNS = 5  # neighbouring ones that show a branch: fewer are an accident of a few points


def mixture(y: Any, means: Any, sigmas: Any, weights: Any) -> np.ndarray:
    """The weighted Gaussians of a mixture, (k, ny), at y (ny,): weights · N(y; means, sigmas²), each (k,)."""
    y = np.asarray(y, float)[None]
    m, s, w = (np.asarray(a, float)[:, None] for a in (means, sigmas, weights))
    return w * np.exp(-0.5 * ((y - m) / s) ** 2) / (s * np.sqrt(2 * np.pi))


def modes(density: Any) -> np.ndarray:
    """Places of the separate maxima of a density on a grid, the highest first.

    Two are separate where the density falls to about a third of the lower one between them, and each has a tenth of the mass round
    it: ripples, and a component on a handful of points, are no answers of their own.
    """
    p = np.pad(np.asarray(density, float), 1)  # a maximum may lie at the picture's edge
    places, _ = find_peaks(p)
    while len(places) > 1:
        valleys = _valleys(p, places)
        height = p[valleys] / np.minimum(p[places[:-1]], p[places[1:]])
        shallow = int(height.argmax())
        if height[shallow] <= _VALLEY:
            break
        places = np.delete(places, shallow + int(p[places[shallow]] >= p[places[shallow + 1]]))
    while len(places) > 1:
        mass = np.add.reduceat(p, [0, *_valleys(p, places)]) / p.sum()
        if mass.min() >= _MASS:
            break
        places = np.delete(places, mass.argmin())
    return places[np.argsort(-p[places])] - 1


def shares(density: Any, places: np.ndarray) -> np.ndarray:
    """The part of the mass round each of these `modes` of a density on a grid, up to the valleys between them."""
    p, order = np.asarray(density, float), np.argsort(places)
    found = np.empty(len(places))
    found[order] = np.add.reduceat(p, [0, *_valleys(p, places[order])]) / p.sum()
    return found


def _valleys(p: np.ndarray, places: np.ndarray) -> list[int]:
    """Where p is lowest between neighbouring maxima."""
    return [int(a + p[a:b].argmin()) for a, b in pairwise(places)]


def branches(density: Any) -> tuple[int, int]:
    """The most modes that several neighbouring columns of p (ny, nx) have, and the column amid the first of these."""
    counts = np.array([len(modes(column)) for column in np.asarray(density, float).T])
    for n in range(int(counts.max(initial=1)), 1, -1):
        ends = np.flatnonzero(np.diff(np.pad(counts >= n, 1).astype(int)))
        for begin, end in ends.reshape(-1, 2):
            if end - begin >= _COLUMNS:
                return n, int((begin + end) // 2)
    return 1, len(counts) // 2
