"""Every visible sentence goes through `t`: gettext, with the English sentence as the key."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

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


def t(sentence: str, **values: object) -> str:
    """The sentence in this viewer's language; `{name}` places are filled in."""
    translated = catalogue(state.language()).gettext(sentence) if sentence else ""
    return translated.format(**values) if values else translated


def tn(one: str, many: str, n: int, **values: object) -> str:
    """`t` of a sentence about n things; `{n}` is filled in too."""
    return catalogue(state.language()).ngettext(one, many, n).format(n=n, **values)


def plain(text: object) -> str:
    """Text from data, made safe where Streamlit reads Markdown: shown as typed."""
    out = str(text).replace("\\", "\\\\")
    for mark in "`*_{}[]()#+-.!|~$:<>&^":
        out = out.replace(mark, "\\" + mark)
    return out.replace("\n", " ")
