"""What the explorer says to people, in this viewer's language."""

from __future__ import annotations

from core.sentences import Sentence
from dashboard.text import t

KEYS = Sentence(
    "Arrow keys move, + and − zoom, 0 shows all, Enter selects the point in the middle, full stop and comma the next and "
    "the last row, Escape clears the selection."
)
_WORDS = {
    "colour": Sentence("Colour by"),
    "nothing": Sentence("nothing"),
    "search": Sentence("Row, label or name"),
    "lasso": Sentence("Select with a lasso (or hold Shift and drag)"),
    "names": Sentence("Names of the classes"),
    "density": Sentence("Lines around 85 % of each class"),
    "space": Sentence("Turn in space"),
    "reset": Sentence("Show all (double-click)"),
    "png": Sentence("Save the picture (PNG)"),
    "svg": Sentence("Save the picture for a drawing program (SVG)"),
    "csv": Sentence("Save the selected points, or all (CSV)"),
    "close": Sentence("Clear the selection (Escape)"),
    "selected": Sentence("{n} rows selected"),
    "row": Sentence("row {row}"),
    "number": Sentence("row"),
    "name": Sentence("name"),
    "near": Sentence("Nearest in the features"),
    "far": Sentence("Farthest in the features"),
    "distances": Sentence("Distances are Euclidean, between the features and not in the picture."),
    "waiting": Sentence("searching"),
    "confusion": Sentence("Confusion matrix"),
    "matrix": Sentence("Down: label; across: {across}; of the selected rows. Click a number to select its rows."),
    "hint_click": Sentence("Click a point to see its nearest and farthest neighbours."),
    "hint_lasso": Sentence("Hold Shift and drag, or take the lasso, to select a group and see here what it holds."),
    "hint_zoom": Sentence("The wheel zooms; near enough, pictures take the place of the dots."),
    "hint_legend": Sentence("Click a class below to hide it, twice to see it alone."),
    "legend": Sentence("Click to hide; double-click to see it alone"),
    "found": Sentence("{n} found"),
    "none": Sentence("Nothing is called so: type a row’s number, or a part of a label or a name."),
    "more": Sentence("{n} more"),
    "fewer": Sentence("Fewer"),
    "all": Sentence("All classes"),
    "show": Sentence("Show more rows"),
    "thinned": Sentence("{few} of {n} points while the picture moves"),
}


def all_words() -> dict[str, str]:
    """Name → what is said; places in braces are filled in by the browser."""
    return {name: _template(sentence) for name, sentence in _WORDS.items()}


def _template(sentence: Sentence) -> str:
    return t(sentence.template)
