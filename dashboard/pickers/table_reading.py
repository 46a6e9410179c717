"""A file as a table: opening it, how it was read, and reading it in another way."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.data.tables import ENCODINGS, Table, TableError, discard, load_table, locate, reread, save_upload
from dashboard import state
from dashboard.text import plain, t
from dashboard.widgets.address import Address, renew

_OF_A_TABLE = ("columns", "target", "x", "y", "labels")  # settings that name columns: another table has others
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
_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blanks", ".": "point"}
_READING = {"encoding": ENCODINGS, "delimiter": (",", ";", "\t", "|"), "decimal": (".", ",")}


@st.cache_data(max_entries=16, show_spinner=False)
def load(reference: str) -> Table:
    """A table by its reference, read once. Errors: TableError."""
    return load_table(reference)


def upload(address: Address) -> None:
    """Where a file is opened. What is wrong with it is said in one sentence."""
    st.file_uploader(
        t("Open a file"),
        key=address.key("file"),
        max_upload_size=200,
        on_change=_take,
        args=(address.page,),
        help=t("CSV or similar text, up to 200 MB. It stays on this computer."),
    )
    _refused(address.page)


def begin_anew(page: str) -> None:
    """For callbacks: another table has other columns, and what was made of the last one is not about it."""
    renew(page, _OF_A_TABLE)
    state.choose("pair", None)
    state.choose(f"{page}.refused", None)
    if shown := state.runs(page):
        state.choose(f"{page}.earlier", shown)
    state.show_runs(page, [])


def _take(page: str) -> None:
    """For callbacks: keep the uploaded file and choose it."""
    file = state.widget(f"{page}:file")
    state.choose(f"{page}.refused", None)
    if file is not None:
        _open(page, lambda: save_upload(file.getvalue(), file.name))


def _open(page: str, keep: Callable[[], str]) -> bool:
    """Choose what `keep` keeps; where it cannot be read the page stays as it is, and one sentence says why."""
    reference = None
    try:
        reference = keep()
        load(reference)
    except (TableError, ValueError) as error:
        state.choose(f"{page}.refused", t(error))
        if reference is not None and reference not in (state.chosen("uploads") or ()):
            discard(reference)
        return False
    state.choose("uploads", list(dict.fromkeys([*(state.chosen("uploads") or ()), reference])))
    begin_anew(page)
    state.set_widget(f"{page}:t", reference)
    return True


def reading(page: str, reference: str, worked_out: dict[str, str]) -> None:
    """How the file was read; what was worked out wrongly is overruled here, on the file as it lies in the store."""
    _, told, _ = locate(reference)
    encoding = spoken("encoding", worked_out["encoding"])
    with st.expander(t("Read as {encoding}", encoding=encoding), key=f"{page}:reading"):
        _boxes(page, reference, told, worked_out, lambda chosen: reread(reference, **chosen))


def _refused(page: str) -> None:
    """Why a file was not opened, and the same boxes: perhaps it is only read in another way."""
    if not (sentence := state.chosen(f"{page}.refused")):
        return
    st.error(plain(sentence), icon=":material/error:")
    if (file := state.widget(f"{page}:file")) is not None:
        with st.expander(t("How {file} is read", file=plain(file.name))):
            _boxes(page, "refused", {}, {}, lambda chosen: save_upload(file.getvalue(), file.name, **chosen))


def _boxes(page: str, of: str, told: dict[str, str], worked_out: dict[str, str], again: Callable[..., str]) -> None:
    """A box for each part of a reading; `again` keeps the file with what they say."""
    titles = {"encoding": t("Encoding"), "delimiter": t("Delimiter"), "decimal": t("Decimal mark")}
    keys = {part: f"{page}:reading.{part}.{of}" for part in _READING}

    def overrule() -> None:
        chosen = {part: value for part, key in keys.items() if (value := state.widget(key))}
        if not _open(page, lambda: again(chosen)) and told != chosen and of != "refused":
            for key in keys.values():  # the table stays, and so does what is said of it
                state.drop_widget(key)

    for part, choices in _READING.items():
        if not state.has_widget(keys[part]):
            state.set_widget(keys[part], told.get(part))
        found = spoken(part, worked_out[part]) if part in worked_out and part not in told else ""
        value = state.widget(keys[part])
        st.selectbox(
            titles[part],
            choices,
            choices.index(value) if value in choices else None,  # see form._widget
            key=keys[part],
            placeholder=t("worked out: {value}", value=found) if found else t("work it out"),
            format_func=lambda v, part=part: spoken(part, v),
            on_change=overrule,
        )


def spoken(part: str, value: str) -> str:
    """An encoding or a mark as people call it."""
    if part != "encoding":
        return t(_MARKS.get(value, value))
    name = value.upper().replace("_", "-")
    return f"{name} ({t(_LANGUAGES[value])})" if value in _LANGUAGES else name
