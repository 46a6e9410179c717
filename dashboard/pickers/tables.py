"""Opening a table: a bundled one or a file of one's own, how it was read, and what is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any

import streamlit as st

from core.data.references import TableData
from core.data.tables import (
    BUNDLED,
    ENCODINGS,
    USABLE,
    Table,
    TableError,
    discard,
    load_table,
    locate,
    reread,
    save_upload,
    uploads,
)
from dashboard import state
from dashboard.charts.labels import short
from dashboard.text import plain, t, tn
from dashboard.widgets import run_settings, server
from dashboard.widgets.address import Address, follow, renew

_NAMED = 6  # columns that are left out by name
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


def pick(address: Address, first: str | None = None) -> Table | None:
    """One of the bundled tables, or a file of one's own. What is wrong with a file is said in one sentence."""
    page, mine = address.page, server.may_steer()
    if mine:
        st.file_uploader(
            t("Open a file"),
            key=address.key("file"),
            max_upload_size=200,
            on_change=_take,
            args=(page,),
            help=t("CSV or similar text, up to 200 MB. It stays on this computer."),
        )
        _refused(page)
    known = {name: t(entry.title) for name, entry in BUNDLED.items()}
    first = first or next(iter(BUNDLED))
    key = address.begin("t", first, _allowed)
    # A link keeps a table to those who have it; the list is for whoever may open files here.
    known |= uploads() if mine else {}
    options = list(dict.fromkeys([*known, str(state.widget(key))]))
    name = st.selectbox(
        t("Table"),
        options,
        key=key,
        format_func=lambda i: known.get(i) or _name(i),
        on_change=_begin_anew,
        args=(page,),
    )
    address.end("t", name, first)
    _offer_earlier(page)
    if name in BUNDLED:
        entry = BUNDLED[name]
        st.caption(f"{t(entry.sentence)} {entry.source}. {entry.licence}.")
    try:
        table = load(name)
    except (TableError, ValueError) as error:
        st.error(plain(error), icon=":material/error:")
        return None
    if mine and name not in BUNDLED:
        _reading(page, name, table.reading)
    return table


def _allowed(reference: str) -> str:
    """A link may name a bundled table or an upload's id, never a path of this machine."""
    if reference not in BUNDLED and not re.fullmatch(r"[a-z0-9]{8,64}", reference):
        raise ValueError(t("{name} is no table of this dashboard", name=reference[:80]))
    return reference


def _name(reference: str) -> str:
    """An upload's file name, and how it is read where that was told."""
    try:
        _, told, name = locate(reference)
    except ValueError:
        return reference
    said = ", ".join(_spoken(part, value) for part, value in told.items())
    return f"{name}, {said}" if said else name


def _begin_anew(page: str) -> None:
    """For callbacks: another table has other columns, and what was made of the last one is not about it."""
    renew(page, _OF_A_TABLE)
    state.choose("pair", None)
    state.choose(f"{page}.refused", None)
    if shown := state.runs(page):
        state.choose(f"{page}.earlier", shown)
    state.show_runs(page, [])


def _offer_earlier(page: str) -> None:
    """What was shown of the table before, one click away: choosing another table clears the picture and keeps the runs."""
    found = [server.store().run(id) for id in state.chosen(f"{page}.earlier") or ()]
    runs = [r for r in found if r is not None and r.spec is not None and r.spec.data.kind == "table"]
    if not runs or state.runs(page):
        return
    specs = [run.spec for run in runs if run.spec]
    reference = specs[0].data.named
    title = t(BUNDLED[reference].title) if reference in BUNDLED else _name(reference)
    st.caption(t("What was estimated on {table} is kept, and is in the list of runs.", table=plain(title)))
    st.button(
        t("Show {table} again", table=plain(title)), key=f"{page}:earlier", icon=":material/undo:", type="tertiary",
        on_click=follow, args=(page, run_settings.together(specs[:1]), [run.id for run in runs]),
    )  # fmt: skip


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
    _begin_anew(page)
    state.set_widget(f"{page}:t", reference)
    return True


def _reading(page: str, reference: str, worked_out: dict[str, str]) -> None:
    """How the file was read; what was worked out wrongly is overruled here, on the file as it lies in the store."""
    _, told, _ = locate(reference)
    encoding = _spoken("encoding", worked_out["encoding"])
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
        found = _spoken(part, worked_out[part]) if part in worked_out and part not in told else ""
        value = state.widget(keys[part])
        st.selectbox(
            titles[part],
            choices,
            choices.index(value) if value in choices else None,  # see form._widget
            key=keys[part],
            placeholder=t("worked out: {value}", value=found) if found else t("work it out"),
            format_func=lambda v, part=part: _spoken(part, v),
            on_change=overrule,
        )


def _spoken(part: str, value: str) -> str:
    """An encoding or a mark as people call it."""
    if part != "encoding":
        return t(_MARKS.get(value, value))
    name = value.upper().replace("_", "-")
    return f"{name} ({t(_LANGUAGES[value])})" if value in _LANGUAGES else name


def usable(table: Table) -> list[str]:
    """The columns that an estimator can take."""
    return [c.name for c in table.columns if c.kind in USABLE]


def unusable(table: Table, taken: Collection[str] | None = None, why: str = "") -> str:
    """Which columns are left out, and why; nothing where there are none. taken: those that are not, all usable ones where
    None; why: what keeps a usable column out."""
    taken = usable(table) if taken is None else taken
    rest = [c for c in table.columns if c.name not in taken]
    if not rest:
        return ""
    reasons = [why if c.kind in USABLE else t(c.kind) for c in rest]
    named = ", ".join(t("{name} ({kind})", name=c.name, kind=r) for c, r in zip(rest[:_NAMED], reasons, strict=False))
    named += t(" and {n} more", n=len(rest) - _NAMED) if len(rest) > _NAMED else ""
    return tn("{n} column is left out: {named}.", "{n} columns are left out: {named}.", len(rest), named=named)


def labels(names: list[str], most: int = 24) -> Callable[[str], str]:
    """Name → what a narrow box shows of it: the part in which long names differ."""
    cut = short(names, most)
    known = dict(zip(names, cut if len(set(cut)) == len(names) else names, strict=True))
    return lambda name: known.get(name, name)


def listed(text: str, names: list[str]) -> list[str]:
    """Columns from a link: a JSON list, or names between commas as the list of runs writes them."""
    try:
        wanted = json.loads(text)
    except ValueError:
        wanted = text
    if isinstance(wanted, str) or not isinstance(wanted, list):
        wanted = [text] if text in names else text.split(",")
    found = [n for n in wanted if n in names]
    if len(found) < len(wanted) or not found:
        missing = next((str(n) for n in wanted if n not in names), text)
        raise ValueError(t("there is no column {name}", name=missing[:80]))
    return found


def settings_of(data: TableData) -> dict[str, Any]:
    """The settings that name this table and these columns."""
    given = data.model_dump(exclude_none=True, exclude_defaults=True)
    return {"t": given.pop("table")} | given
