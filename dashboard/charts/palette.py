"""One palette for the whole program: Okabe and Ito's colours, one for each method, and scales for maps.

Figures are written in the colours of light mode. `DARK` gives each of them its counterpart on a dark ground.
References: Okabe, Ito (2008), Color Universal Design; scales after Crameri (2020), Nature Communications 11, 5444,
and Brewer's RdBu: equal steps of lightness, readable without hue.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

BLUE, VERMILION, GREEN, ORANGE = "#0072b2", "#d55e00", "#009e73", "#e69f00"
PURPLE, SKY, YELLOW, BROWN = "#cc79a7", "#56b4e9", "#9a8700", "#7a5230"
TEXT, INK, QUIET, GRID, PAPER = "#1f252d", "#3f4650", "#6b7480", "#e6e9ed", "#fdfdfd"  # from letters to the ground

CATEGORIES = (BLUE, ORANGE, GREEN, PURPLE, VERMILION, SKY, YELLOW, BROWN, "#4b5d8a", "#8f8f8f")
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star", "pentagon", "triangle-down", "hexagon")

_METHODS = {
    "mine": BLUE, "nwj": SKY, "jsd": PURPLE, "infonce": VERMILION, "smile": GREEN,
    "ksg": ORANGE, "histogram": YELLOW, "gaussian": BROWN,
    "iic": BLUE, "kmeans": ORANGE, "mdn": BLUE, "mse": VERMILION, "pca": GREEN,
}  # fmt: skip

# White paper to deep blue, and its counterpart from the dark ground to pale blue: more is always more contrast.
SEQUENTIAL = ("#fbfcfd", "#dce9f3", "#b3d1e6", "#7fb3d5", "#4a90bf", "#1f6ea3", "#0b4a7a", "#062c4d")
_SEQUENTIAL_DARK = ("#171b22", "#1b2c40", "#1d4263", "#22608f", "#3382b8", "#5ea5d4", "#98c9e8", "#dcedf8")
DIVERGING = ("#0a4878", "#3b86b8", "#8fbfdb", "#d6e6f0", "#f7f7f6", "#f6ddcb", "#eba97c", "#d0692c", "#8a3a06")
_DIVERGING_DARK = ("#6cb4e6", "#4a93c6", "#356f98", "#264560", "#20242b", "#553a28", "#8f5228", "#c9783a", "#f2a065")

DARK: dict[str, str] = {
    BLUE: "#4aa3df", VERMILION: "#f0803c", GREEN: "#2dc49b", ORANGE: "#f0b53c", PURPLE: "#e39ac3",
    SKY: "#8ccdf4", YELLOW: "#e8dc4a", BROWN: "#c99a6b", "#4b5d8a": "#94a6d6", "#8f8f8f": "#a8adb3",
    TEXT: "#eef1f5", INK: "#d3d8de", QUIET: "#98a2ad", GRID: "#2a313b", PAPER: "#14181e",
    **dict(zip(SEQUENTIAL, _SEQUENTIAL_DARK, strict=True)),
    **dict(zip(DIVERGING, _DIVERGING_DARK, strict=True)),
}  # fmt: skip


def method(identifier: str) -> str:
    """The colour of a method on every page; one that is not in the list keeps a colour by its name."""
    return _METHODS.get(identifier) or CATEGORIES[crc32(identifier.encode()) % 8]


def symbol(identifier: str) -> str:
    """The mark of a method, for those who do not see its colour."""
    places = list(_METHODS)
    return SYMBOLS[(places.index(identifier) if identifier in places else crc32(identifier.encode())) % len(SYMBOLS)]


def styles(methods: Sequence[str]) -> list[tuple[str, str]]:
    """A colour and a mark for each run: its method's where it is the first of it, else one that no other run has."""
    own = [(method(m), symbol(m)) for m in methods]
    spare = [pair for pair in zip(CATEGORIES, SYMBOLS, strict=True) if pair[0] not in {colour for colour, _ in own}]
    out = []
    for place, (m, pair) in enumerate(zip(methods, own, strict=True)):
        free = spare.pop(0) if m in methods[:place] and spare else pair
        out.append(free)
    return out


def scale(colours: tuple[str, ...]) -> list[list[Any]]:
    """A Plotly colour scale of equal steps."""
    return [[i / (len(colours) - 1), colour] for i, colour in enumerate(colours)]


def themed(value: Any, dark: bool) -> Any:
    """The figure in the colours of dark mode, or as it is."""
    if not dark:
        return value
    if isinstance(value, str):
        return DARK.get(value, value)
    if isinstance(value, dict):
        return {k: themed(v, dark) for k, v in value.items()}
    return [themed(v, dark) for v in value] if isinstance(value, (list, tuple)) else value
