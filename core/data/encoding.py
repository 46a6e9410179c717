"""The encoding that a file is written in, by its marks, by what it decodes to, or as it was told."""

from __future__ import annotations

import codecs
import re

from core.data.likely_encoding import ENCODINGS, LIKELY, decodes, likeliest
from core.data.opening import TableError
from core.sentences import Sentence


def text_encoding(data: bytes, name: str, wanted: str | None) -> tuple[bytes, str, str, list[str]]:
    """(bytes, encoding, error mode, notices): the bytes without what ends them, and how to decode them."""
    notices: list[str] = []
    if data.endswith(b"\x1a"):
        data = data.rstrip(b"\x1a")
        notices.append(Sentence("A DOS end-of-file mark (control character \\x1a) at the end was left out."))
    if wanted is not None:
        encoding, errors = _marked(data, _chosen(wanted, name)), "strict"
    else:
        encoding, errors, more = _guess(data)
        notices += more
    # Decoded once whole, so that every later reader of these bytes may trust the encoding.
    try:
        text = data.decode(encoding, errors)
    except UnicodeError as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise TableError(
            Sentence(
                "{name} is not {encoding} text: a byte in line {line} cannot be decoded; choose another encoding",
                name=name,
                encoding=encoding,
                line=line,
            )
        ) from error
    if not text.strip("\ufeff \t\r\n\v\f\x00"):
        raise TableError(Sentence("{name} is empty: there is no data in it", name=name))
    _refuse_binary(text, name)
    return data, encoding, errors, notices


def _chosen(wanted: str, name: str) -> str:
    try:
        known = codecs.lookup(wanted).name
    except (LookupError, TypeError, ValueError):
        known = ""
    if known not in {codecs.lookup(encoding).name for encoding in ENCODINGS}:
        raise TableError(
            Sentence(
                "encoding={wanted!r} is not one that {name} can be read in: choose {names}",
                wanted=wanted,
                name=name,
                names=", ".join(ENCODINGS),
            )
        )
    return known


def _marked(data: bytes, encoding: str) -> str:
    """The chosen encoding, in the form that suits a file with or without a byte-order mark."""
    if encoding == "utf-8" and data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    if encoding in ("utf-16", "utf-32"):
        return encoding if marked else f"{encoding}-le"
    return encoding[:6] if marked and encoding.startswith(("utf-16-", "utf-32-")) else encoding


def _guess(data: bytes) -> tuple[str, str, list[str]]:
    """Marks first, then UTF-8, then the encoding in which words come out, then Western European."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return encoding, "strict", []
    zeros = [data[i:4096:2].count(0) / max(len(data[i:4096:2]), 1) for i in (0, 1)]
    if max(zeros) > 0.7 and min(zeros) < 0.1 and len(data) % 2 == 0:
        encoding = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
        return encoding, "strict", [_guessed(encoding.upper())]
    try:
        data.decode("utf-8")
        return "utf-8", "strict", []
    except UnicodeDecodeError as error:
        first = error
    runs = [m.end() - m.start() for m in re.finditer(rb"[\x80-\xff]+", data)]
    # A stray byte in a UTF-8 file; GB18030 too has pairs that happen to be UTF-8, but never nearly all.
    good = re.findall(rb"[\xc2-\xdf][\x80-\xbf](?![\x80-\xbf])|[\xe0-\xef][\x80-\xbf]{2}", data)
    if sum(map(len, good)) >= 0.9 * sum(runs):
        line = data[: first.start].count(b"\n") + 1
        notice = Sentence(
            "Bytes that are not UTF-8 were replaced by \ufffd, the first in line {line}: check the encoding.", line=line
        )
        return "utf-8", "replace", [notice]
    encoding = likeliest(data) or ("cp1252" if decodes(data, "cp1252") else "latin-1")
    return encoding, "strict", [_guessed(LIKELY[encoding])]


def _guessed(encoding: str) -> str:
    return Sentence(
        "The file is not UTF-8; its encoding was guessed as {encoding}: choose another if names look wrong.",
        encoding=encoding,
    )


def _refuse_binary(text: str, name: str) -> None:
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise TableError(
            Sentence(
                "{name} holds NUL bytes, the first in line {line}, so it is binary or was cut short: save it again as CSV",
                name=name,
                line=line,
            )
        )
    head = text[:65536]
    # Text has next to no control characters, but for U+0085, the line break of mainframes; noise decoded as Western European has one in eight.
    odd = len(re.findall(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]", head))
    if odd > 8 and odd > 0.01 * len(head):
        raise TableError(
            Sentence("{name} is binary, not text in any encoding known here: save it as CSV and open that", name=name)
        )
