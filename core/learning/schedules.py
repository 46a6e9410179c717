"""How a step size falls during a run, as a factor of the learning rate."""

from __future__ import annotations

import math

FLAT = 0.5  # part of a run before a late cosine begins to fall


def cosine(index: int, total: int, floor: float = 0.01) -> float:
    """1 at the start, `floor` at the end, a half cosine between."""
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * index / max(total, 1)))


def late_cosine(index: int, total: int) -> float:
    """1 in the first half, then a cosine."""
    flat = int(FLAT * total)
    return cosine(max(0, index - flat), total - flat)
