"""Every visible sentence goes through `t`: gettext, with the English sentence as the key.

A language is one file here, <code>.po; `python -m dashboard.text.extract` writes the template, and brings it up to date.
"""

from __future__ import annotations

import gettext
import io
import re
from functools import cache
from pathlib import Path

from core import sentences, units
from core.sentences import Sentence
from dashboard import state

FOLDER = Path(__file__).parent
_LOGARITHM = re.compile(r"\bln (?=[nB{])")
_NAME = re.compile(r'"Language-Team: (.+)\\n"')


def _named(path: Path) -> str:
    """What a language calls itself, as the head of its file says."""
    found = _NAME.search(path.read_text(encoding="utf-8"))
    return found[1] if found else path.stem


LANGUAGES = {"en": "English"} | {path.stem: _named(path) for path in sorted(FOLDER.glob("*.po"))}


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of one language; what it lacks, and English, is its own key."""
    if language not in LANGUAGES or language == "en":
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile  # only whoever reads another language waits for it

    compiled = io.BytesIO()
    with (FOLDER / f"{language}.po").open("rb") as written:
        mofile.write_mo(compiled, pofile.read_po(written, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def t(sentence: str | BaseException, **values: object) -> str:
    """The sentence in this viewer's language; `{name}` places are filled in. An error says its sentence; what core has said,
    and sentences among the values, are translated by their templates."""
    words = sentences.of(sentence) if isinstance(sentence, BaseException) else sentence
    if isinstance(words, Sentence):
        return words.said(_translated)
    translated = _translated(words)
    return (
        translated.format(**{k: t(v) if isinstance(v, Sentence) else v for k, v in values.items()})
        if values
        else translated
    )


def t_in(sentence: str, unit: str) -> str:
    """`t` of what core has said, its amounts of information in the unit that the viewer has chosen.

    The translation is looked for by the template, which says nats; the word is put right in what was found.
    """
    if unit != "bits" or not isinstance(sentence, Sentence):
        return t(sentence)
    words = {t("nats"): t("bits"), "nats": t("bits")}

    def translate(one: str, many: str | None, n: object) -> str:
        found = _translated(one, many, n)
        if units.says_nats(one):
            for nats, bits in words.items():
                found = found.replace(nats, bits)
        return _LOGARITHM.sub("log₂ ", found)

    return str(units.in_bits(sentence).said(translate))  # type: ignore[attr-defined]


def _translated(one: str, many: str | None = None, n: object = None) -> str:
    if not one:
        return ""
    if many is None or not isinstance(n, int):
        return catalogue(state.language()).gettext(one)
    return catalogue(state.language()).ngettext(one, many, n)


def tn(one: str, many: str, n: int, **values: object) -> str:
    """`t` of a sentence about n things; `{n}` is filled in too."""
    return catalogue(state.language()).ngettext(one, many, n).format(n=n, **values)


def plain(text: object) -> str:
    """Text from data, made safe where Streamlit reads Markdown: shown as typed."""
    out = str(text).replace("\\", "\\\\")
    for mark in "`*_{}[]()#+-.!|~$:<>&^":
        out = out.replace(mark, "\\" + mark)
    return out.replace("\n", " ")
