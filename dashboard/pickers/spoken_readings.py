"""How a file was read, as people call it."""

from __future__ import annotations

from typing import Any

from dashboard.text import t

_LANGUAGES = {
    "gb18030": "Chinese",
    "gbk": "Chinese",
    "big5": "Chinese, traditional",
    "shift_jis": "Japanese",
    "euc_jp": "Japanese",
    "euc_kr": "Korean",
    "cp1250": "Central European",
    "iso8859-2": "Central European",
    "cp1251": "Cyrillic",
    "koi8-r": "Cyrillic",
    "cp1252": "Western European",
    "latin-1": "Western European",
    "iso8859-15": "Western European",
    "mac-roman": "Western European, Macintosh",
    "cp1253": "Greek",
    "cp1254": "Turkish",
}
_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", "^": "caret", " ": "blanks", ".": "point"}


def spoken(part: str, value: Any) -> str:
    """A part of a reading as people call it."""
    if part == "header":
        return t("names of the columns") if value else t("data, without names")
    if part == "kinds":
        return ", ".join(t("{name} as {kind}", name=name, kind=t(kind)) for name, kind in value.items())
    if part == "sheet":
        return str(value)
    if part != "encoding":
        return t(_MARKS.get(value, value))
    name = value.upper().replace("_", "-")
    return f"{name} ({t(_LANGUAGES[value])})" if value in _LANGUAGES else name
