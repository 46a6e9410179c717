"""One palette for the whole program: Okabe and Ito's colours, one for each method, and scales for maps.

Figures are written in the colours of light mode. `DARK` gives each of them its counterpart on a dark ground.
References: Okabe, Ito (2008), Color Universal Design; scales after Crameri (2020), Nature Communications 11, 5444,
and Brewer's RdBu: equal steps of lightness, readable without hue.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from zlib import crc32

from core import discover

BLUE, VERMILION, GREEN, ORANGE = "#0072b2", "#d55e00", "#009e73", "#e69f00"
PURPLE, SKY, YELLOW, BROWN = "#cc79a7", "#56b4e9", "#9a8700", "#7a5230"
TEXT, INK, QUIET, GRID, PAPER = "#1f252d", "#3f4650", "#6b7480", "#e6e9ed", "#fdfdfd"  # from letters to the ground

CATEGORIES = (BLUE, ORANGE, GREEN, PURPLE, VERMILION, SKY, YELLOW, BROWN, "#4b5d8a", "#8f8f8f")
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star", "pentagon", "triangle-down", "hexagon")

# A colour and a mark for each of twenty methods that may stand on one chart; the first ten are also those of categories.
LOOKS = (
    (BLUE, "circle"),
    (SKY, "square"),
    (PURPLE, "diamond"),
    (VERMILION, "cross"),
    (GREEN, "triangle-up"),
    (ORANGE, "x"),
    (YELLOW, "star"),
    (BROWN, "pentagon"),
    ("#4b5d8a", "triangle-down"),
    ("#8f8f8f", "hexagon"),
    ("#691e87", "triangle-left"),
    ("#a5002d", "triangle-right"),
    ("#1e4b00", "hexagram"),
    ("#780f4b", "bowtie"),
    ("#004b4b", "hourglass"),
    ("#5a961e", "diamond-tall"),
    ("#8778e1", "octagon"),
    ("#78874b", "star-square"),
    ("#003c96", "star-triangle-up"),
    ("#d2695a", "diamond-wide"),
)
# What is drawn of one method: its own curve, and what stands beside it.
_ROLES = {"own": 0, "beside": 5, "further": 4}
_FAMILIES = ("estimators", "clusterers", "encoders", "projections", "densities")

# White paper to deep blue, and its counterpart from the dark ground to pale blue: more is always more contrast.
PALE = 0.7  # of the ground over what does not stand out from chance
SEQUENTIAL = ("#fbfcfd", "#dce9f3", "#b3d1e6", "#7fb3d5", "#4a90bf", "#1f6ea3", "#0b4a7a", "#062c4d")
_SEQUENTIAL_DARK = ("#171b22", "#1b2c40", "#1d4263", "#22608f", "#3382b8", "#5ea5d4", "#98c9e8", "#dcedf8")
DIVERGING = ("#0a4878", "#3b86b8", "#8fbfdb", "#d6e6f0", "#f7f7f6", "#f6ddcb", "#eba97c", "#d0692c", "#8a3a06")
_DIVERGING_DARK = ("#6cb4e6", "#4a93c6", "#356f98", "#264560", "#20242b", "#553a28", "#8f5228", "#c9783a", "#f2a065")

DARK: dict[str, str] = {
    BLUE: "#4aa3df",
    VERMILION: "#f0803c",
    GREEN: "#2dc49b",
    ORANGE: "#f0b53c",
    PURPLE: "#e39ac3",
    SKY: "#8ccdf4",
    YELLOW: "#e8dc4a",
    BROWN: "#c99a6b",
    "#4b5d8a": "#94a6d6",
    "#8f8f8f": "#a8adb3",
    "#691e87": "#aa77ee",
    "#a5002d": "#ee4466",
    "#1e4b00": "#ccffaa",
    "#780f4b": "#ee55aa",
    "#004b4b": "#bbffee",
    "#5a961e": "#559922",
    "#8778e1": "#0088ff",
    "#78874b": "#778855",
    "#003c96": "#8888dd",
    "#d2695a": "#cc6655",
    TEXT: "#eef1f5",
    INK: "#d3d8de",
    QUIET: "#98a2ad",
    GRID: "#2a313b",
    PAPER: "#14181e",
    **dict(zip(SEQUENTIAL, _SEQUENTIAL_DARK, strict=True)),
    **dict(zip(DIVERGING, _DIVERGING_DARK, strict=True)),
}


def method(identifier: str) -> str:
    """The colour of a method on every page, or of a role; what is neither keeps a colour by its name."""
    return _look(identifier)[0]


def symbol(identifier: str) -> str:
    """The mark of a method, for those who do not see its colour."""
    return _look(identifier)[1]


def _look(identifier: str) -> tuple[str, str]:
    if identifier in _ROLES:
        return LOOKS[_ROLES[identifier]]
    family = next((family for family in _FAMILIES if identifier in discover.names(family)), None)
    if family is None:  # what a method is compared with, such as noise
        place = crc32(identifier.encode())
        return CATEGORIES[place % 8], SYMBOLS[place % len(SYMBOLS)]
    return LOOKS[_places(family, tuple(discover.names(family)))[identifier] % len(LOOKS)]


@cache
def _places(family: str, names: tuple[str, ...]) -> dict[str, int]:
    """Name → place in `LOOKS`: the one that its class says, or the next that no other of the family has, the package's own
    before plug-ins. names: those of the family now, so that a file that is added meanwhile is counted."""
    classes, _ = discover.importable(family)
    said: dict[str, int] = {}
    for name in names:
        place = getattr(classes.get(name), "look", None)
        if place is not None and place not in said.values():
            said[name] = place
    free = iter(place for place in range(len(names) + len(LOOKS)) if place not in said.values())
    return {name: said[name] if name in said else next(free) for name in names}


def styles(methods: Sequence[str]) -> list[tuple[str, str]]:
    """A colour and a mark for each run: its method's where it is the first of it, else one that no other run has."""
    own = [(method(m), symbol(m)) for m in methods]
    spare = [pair for pair in LOOKS if pair[0] not in {colour for colour, _ in own}]
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
