"""Every visible sentence goes through `t`: gettext, with the English sentence as the key."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from core import sentences
from core.sentences import Sentence
from dashboard import state

LANGUAGES = {"en": "English", "xx": "Ŧest"}  # a language is added by its folder <code>/LC_MESSAGES/infoscope.mo


class _Pseudo(gettext.NullTranslations):
    """Marks every sentence that passes through the catalogue, so that one which does not is seen at once."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of one language; English is its own key."""
    if language == "xx":
        return _Pseudo()
    return gettext.translation("infoscope", Path(__file__).parent, [language], fallback=True)


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
