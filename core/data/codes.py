"""Digits that are names and no numbers: codes with zeros in front, addresses of machines, dates without marks."""

from __future__ import annotations

import pyarrow.compute as pc

from core.data.cells import Cells
from core.sentences import Sentence

_ADDRESS = r"^[0-9]{1,3}([.][0-9]{1,3}){3}$"
_BYTES = r"^(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})([.](25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}$"
_DAY = r"^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$"


def coded(cells: Cells) -> bool:
    """Whether a column of digits is to be kept as words; why is in its notices, and so is what else its digits may be."""
    present = cells.present
    addresses = cells.matches(_ADDRESS)
    if addresses.sum() > 0.5 * present and (cells.matches(_BYTES) == addresses).all():
        return True
    if cells.matches(r"^[+-]?[0-9]+$").sum() < present:
        return False
    if (zeros := cells.matches(r"^0[0-9]+$")).any() and not cells.matches(r"^[+-]").any() and _by_zeros(cells, zeros):
        return True
    if cells.matches(r"^[+-]?[0-9]{19,}$").any():
        cells.notices.append(
            Sentence(
                "Column {shown} is read as text: its integers have too many digits for a number.", shown=cells.shown
            )
        )
        return True
    if present > 1 and (days := cells.matches(_DAY)).sum() == present:
        template = (
            "Column {shown} is read as integers, though they may be dates, {first}: choose the kind date if they are."
        )
        cells.say(Sentence(template), days)
    return False


def _by_zeros(cells: Cells, zeros) -> bool:  # type: ignore[no-untyped-def]
    lengths, different = pc.unique(pc.utf8_length(cells.text)).drop_null(), pc.unique(cells.text).drop_null()
    if len(lengths) == 1:
        cells.notices.append(
            Sentence("Column {shown} is read as categorical: its zeros in front make it a code.", shown=cells.shown)
        )
        return True
    if len(pc.unique(pc.utf8_ltrim(different, "0"))) < len(different):
        template = "Column {shown} is read as categorical: codes such as {first} differ from others by their zeros in front alone."
        cells.say(Sentence(template), zeros)
        return True
    template = "Column {shown} is read as integers, without the zeros in front, {first}: choose the kind category if they are codes."
    cells.say(Sentence(template), zeros)
    return False
