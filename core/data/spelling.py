"""Numbers as people, laboratories and programs spell them, made plain: units, grouping marks, other minus signs and digits.

What was changed is said, and only of a column that is read as numbers in the end.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from core.data.cells import MOSTLY, Cells
from core.sentences import Sentence

_BLANKS = "\u2009\u202f\u00a0\u2007 "
_GROUPS = {  # what stands between thousands → what people call it
    "'": Sentence("apostrophes"),
    "’": Sentence("apostrophes"),
    "\u2009": Sentence("thin spaces"),
    "\u202f": Sentence("thin spaces"),
    "\u00a0": Sentence("blanks"),
    "\u2007": Sentence("blanks"),
    " ": Sentence("blanks"),
}
_OTHER = "０-９٠-٩۰-۹०-९"  # digits of full width, Arabic, Persian and Devanagari
_OTHER_MARKS = str.maketrans("．，＋－％٫٬", ".,+-%.,")
_NUMBER = rf"[0-9.,]?[0-9][0-9.,'’{_BLANKS}]*(?:[eE][+-]?[0-9]+)?"
_MONEY = (
    r"(?:US|[ACR])?\$|[€£¥₹₽₩₺₪]|EUR|USD|GBP|CHF|JPY|CNY|RMB|INR|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|BRL|MXN"
    r"|Fr[.]|kr[.]?|zł|Kč|Ft"
)
# Units that may follow without a blank. No single capital: 5C is likelier a class than a temperature.
_JOINED = (
    "[kmµμn]?g|lbs?|oz|[kcmµμnd]?m|in|ft|mi|[mdcµμ]?l|m?L|s|secs?|m?s|mins?|h|hrs?|[kMG]?Hz|[kM]Wh?|mV|kV|mA|k?J|[hkM]?Pa"
    "|bar|px|pt|dB|ppm|[kKMGT]B"
)
_BEHIND = (
    rf"^(?P<number>[+-]?{_NUMBER})(?:[{_BLANKS}]*(?P<sign>[%‰]|°[CFK]?|{_MONEY})|(?P<joined>{_JOINED})"
    rf"|[{_BLANKS}]+(?P<word>[A-Za-zµμΩ][A-Za-z0-9µμΩ°/²³·^*_-]{{0,15}}))$"
)
_BEFORE = rf"^([+-]?)[{_BLANKS}]*({_MONEY})[{_BLANKS}]*([+-]?{_NUMBER})$"
_LIKELY = rf"^[^0-9{_OTHER}]{{0,6}}[0-9{_OTHER}]"


def spelled(cells: Cells) -> Cells:
    """The column with its numbers made plain, and what was done in its notices; itself where there is nothing to do."""
    if not cells.matches(r"[^0-9.,+\-eE]|-$").any() or cells.matches(_LIKELY).sum() < MOSTLY * cells.present:
        return cells
    plain = cells.with_text(cells.text)
    for step in (_digits, _minus, _parentheses, _exponents, _unit, _grouped):
        if (text := step(plain)) is not None:
            plain = replace(plain, text=text)
    return plain


def _digits(cells: Cells) -> pa.ChunkedArray | None:
    """Digits of another script or of full width."""
    if not (found := cells.matches(rf"[{_OTHER}]")).any():
        return None
    cells.say(Sentence("digits of another script are read as 0 to 9, {first}"), found)
    values = [v and "".join(map(_digit, v.translate(_OTHER_MARKS))) for v in cells.values]
    return pa.chunked_array([pa.array(values, cells.text.type)])


def _digit(character: str) -> str:
    number = unicodedata.decimal(character, None)
    return character if number is None else str(number)


def _minus(cells: Cells) -> pa.ChunkedArray | None:
    """The sign that typesetters use, and a sign behind the number."""
    text, typeset = cells.text, cells.matches(r"^[−–﹣－]")
    if typeset.any():
        text = pc.replace_substring_regex(text, r"^[−–﹣－]\s*", "-")
    pattern = r"^([0-9][0-9.,]*)[ ]?[-−]$"
    if (behind := cells.matches(pattern)).any():
        cells.say(Sentence("a minus behind a number makes it negative, {first}"), behind)
        text = pc.replace_substring_regex(text, pattern, r"-\1")
    return text if typeset.any() or behind.any() else None


def _parentheses(cells: Cells) -> pa.ChunkedArray | None:
    """Negative numbers as accountants write them."""
    pattern = r"^[(]([^()]*[0-9][^()]*)[)]([ ]?%)?$"
    return _rewritten(cells, pattern, r"-\1\2", Sentence("numbers in parentheses are read as negative, {first}"))


def _exponents(cells: Cells) -> pa.ChunkedArray | None:
    """1.5D+02, as Fortran writes it."""
    pattern = r"^([+-]?[0-9]*[.,][0-9]*)[dD]([+-]?[0-9]{1,3})$"
    return _rewritten(cells, pattern, r"\1e\2", Sentence("D is read as the mark of an exponent, {first}"))


def _rewritten(cells: Cells, pattern: str, by: str, words: Sentence) -> pa.ChunkedArray | None:
    """The cells with what fits the pattern written otherwise, which is said; None where nothing fits."""
    if not (found := cells.matches(pattern)).any():
        return None
    cells.say(words, found)
    return pc.replace_substring_regex(cells.text, pattern, by)


def _unit(cells: Cells) -> pa.ChunkedArray | None:
    """One unit that all numbers have, before or behind them. Where there are several, they are no numbers of one column."""
    before = cells.matches(_BEFORE)
    text = pc.replace_substring_regex(cells.text, _BEFORE, r"\1\3 \2") if before.any() else cells.text
    found = before | cells.matches(_BEHIND)
    if not found.any():
        return None
    parts = pc.extract_regex(text, _BEHIND)
    number, *units = (pc.struct_field(parts, name) for name in ("number", "sign", "joined", "word"))
    names = [
        unit
        for unit in pc.unique(pc.binary_join_element_wise(*units, pa.scalar("", cells.text.type))).to_pylist()
        if unit
    ]
    bare = cells.matches(r"^[+-]?[0-9.,]") & ~found
    if len({name.rstrip("s") if len(name) > 2 else name for name in names}) > 1:
        listed = ", ".join(map(repr, names[:3]))
        cells.no_number = Sentence("its numbers have several units, {listed}", listed=listed)
        return None
    if bare.any():
        words = Sentence(
            "{n} number without the unit {unit!r} is read as if it had it, {first}",
            many="{n} numbers without the unit {unit!r} are read as if they had it, {first}",
        )
        cells.say(words, bare, unit=names[0])
    else:
        cells.say(Sentence("numbers are read in the unit {unit!r}, {first}"), found, unit=names[0])
    return pc.if_else(pa.array(found), pc.utf8_trim_whitespace(number), cells.text)


def _grouped(cells: Cells) -> pa.ChunkedArray | None:
    """Thousands that a blank or an apostrophe sets apart."""
    if not cells.matches(rf"['’{_BLANKS}]").any():
        return None
    found = {mark: cells.matches(rf"^[+-]?[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+(?:[.,][0-9]*)?$") for mark in _GROUPS}
    mark = max(found, key=lambda mark: int(found[mark].sum()))
    if not found[mark].any():
        return None
    cells.say(Sentence("{marks} are read as thousands separators, {first}"), found[mark], marks=_GROUPS[mark])
    return pc.if_else(pa.array(found[mark]), pc.replace_substring(cells.text, mark, ""), cells.text)
