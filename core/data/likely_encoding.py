"""Which encoding a file without a mark is written in, judged by the letters that come out: do they make words?

A wrong encoding shows: a lone ideograph between Latin letters (Größe as GB18030: Gr鲞e), capitals inside a word, signs
inside a word (łąka as cp1252: ³¹ka), letters that no one language has together.
"""

from __future__ import annotations

import codecs
import re

# What a picker offers. Not every codec of Python: some are no text, and some cannot be read line by line.
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "cp1252",
    "latin-1",
    "iso8859-15",
    "cp1250",
    "iso8859-2",
    "cp1251",
    "koi8-r",
    "cp1253",
    "cp1254",
    "gb18030",
    "gbk",
    "big5",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "mac-roman",
)
# What is told apart without a mark, and what people call it; of two that fit equally, the earlier.
LIKELY = {
    "gb18030": "GB18030 (Chinese)",
    "cp1252": "cp1252 (Western European)",
    "cp1250": "cp1250 (Central European)",
    "iso8859-2": "ISO 8859-2 (Central European)",
    "cp1254": "cp1254 (Turkish)",
    "cp1251": "cp1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "cp1253": "cp1253 (Greek)",
    "shift_jis": "Shift JIS (Japanese)",
    "big5": "Big5 (traditional Chinese)",
    "latin-1": "latin-1 (Western European)",
}
# The letters beside a … z that a language uses; a text is taken to be in one of them. Icelandic is left out: its ð, þ and ý
# are the bytes of Turkish ğ, ş and ı.
_WESTERN = (
    "äöüß",
    "àâæçéèêëîïôœùûüÿ",
    "áéíñóúü",
    "àáâãçéêíóôõú",
    "àèéìíîòóù",
    "åäöæøé",
    "áâéèêëïíóôöûü",
    "àçèéíïóòúü",
)
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "äöüß")
_ALPHABETS = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ("çğıöşüâîûİ",),
    "cp1251": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "koi8-r": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",),
}
_OWN_SCRIPT = ("cp1251", "koi8-r", "cp1253")  # whole words of such letters; in the others they stand among a … z
_IDEOGRAPHIC = ("gb18030", "shift_jis", "big5")
_CANDIDATES = tuple(LIKELY)[:-1]  # latin-1 takes any bytes, and is left for those that nothing else takes
_SIGNS = "°µ²³€£§±–—…“”„‚‘’‹›«»·×÷¡¿ªº™©®½¼¾‰№\xa0"  # that tables hold beside words, as in 20 °C, or inside: l’été
_PAIRS = 1.1
_LEAST = 0.5  # of what comes out must make words
_BYTES, _WORDS = 65_536, 2_000  # looked at


def likeliest(data: bytes) -> str | None:
    """The encoding whose letters make words best and that decodes all of the bytes; None where none makes words."""
    sample = _sample(data)
    scores = {encoding: _score(sample, encoding) for encoding in _CANDIDATES}
    for encoding in sorted(_CANDIDATES, key=scores.__getitem__, reverse=True):  # a stable sort: the order decides ties
        if scores[encoding] < _LEAST:
            return None
        if decodes(data, encoding):
            return encoding
    return None


def _sample(data: bytes) -> bytes:
    """The first lines that hold bytes beyond ASCII."""
    lines, size, place = [], 0, 0
    while size < _BYTES and (found := re.compile(rb"[\x80-\xff]").search(data, place)):
        begin, end = data.rfind(b"\n", 0, found.start()) + 1, data.find(b"\n", found.start())
        place = len(data) if end < 0 else end
        lines.append(data[begin : min(place, begin + _BYTES)])
        size += len(lines[-1])
    return b"\n".join(lines)


def decodes(data: bytes, encoding: str, whole: bool = True) -> bool:
    """Whether these bytes are text in that encoding; where they are not whole, the last character may be cut off."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, whole)
        return True
    except UnicodeDecodeError:
        return False


def _score(sample: bytes, encoding: str) -> float:
    """How far the characters beyond ASCII are at home in their words: 0 to 1."""
    text = sample.decode(encoding, "ignore")
    words = list(dict.fromkeys(re.findall(r"[^\x00-@\[-`{-\x7f]*[^\x00-\x7f][^\x00-@\[-`{-\x7f]*", text)))[:_WORDS]
    if not words:
        return 0.0
    if encoding in _IDEOGRAPHIC:
        parts = [part for word in words for part in _ideographs(word, encoding)]
        # Where pairs of bytes are whole throughout, that in itself speaks for them.
        return _PAIRS * sum(parts) / len(parts) if decodes(sample, encoding, whole=False) else 0.0
    total = sum(not c.isascii() for word in words for c in word)
    own = encoding in _OWN_SCRIPT
    return max(sum(_letters(word, alphabet, own) for word in words) for alphabet in _ALPHABETS[encoding]) / total


def _letters(word: str, alphabet: str, own: bool) -> int:
    """How many of a word's characters beyond ASCII belong where they stand."""
    if re.search("[a-zß-öø-ÿą-žа-яё][A-ZÀ-ÖØ-ÞА-ЯЁ]", word):  # a capital after a small letter
        return 0
    if not own and re.search(r"[^\W\d_a-zA-Z]{4}", word):  # four such letters in a row
        return 0
    if own and re.search("[a-zA-Z]", word):
        return 0
    known = 0
    for place, c in enumerate(word):
        inside = 0 < place < len(word) - 1 and word[place - 1].isalpha() and word[place + 1].isalpha()
        letter = c.lower() in alphabet or c in alphabet
        known += not c.isascii() and (letter or (c in _SIGNS and (not inside or c in "’·")))
    return known


def _ideographs(word: str, encoding: str) -> list[float]:
    """Of each character beyond ASCII how common it is, less where a single one stands beside Latin letters."""
    found = []
    for run in re.finditer(r"[^\x00-\x7f]+", word):
        sides = sum(1 for side in (word[: run.start()], word[run.end() :]) if side)
        factor = (1.0, 0.6, 0.0)[sides] if len(run[0]) == 1 else 1.0
        found += [factor * _common(c, encoding) for c in run[0]]
    return found


def _common(character: str, encoding: str) -> float:
    """1 for the few thousand characters that nearly all text is made of, by their rows in the table of the encoding."""
    if (
        "\u3000" <= character <= "〿"
        or "！" <= character <= "～"
        or (encoding == "shift_jis" and "ぁ" <= character <= "ヿ")
    ):
        return 1.0
    code = int.from_bytes(character.encode(encoding)[:2].ljust(2, b"\0"))
    first, last = {"gb18030": (0xB0A1, 0xD7F9), "big5": (0xA440, 0xC67E), "shift_jis": (0x889F, 0x9872)}[encoding]
    plain = encoding != "gb18030" or code & 0xFF >= 0xA1
    if first <= code <= last and plain:
        return 1.0
    if not "一" <= character <= "鿿":
        return 0.0
    return 0.8 if plain and code > last else 0.6
