"""A file as a table: opening it, how it was read, and reading it in another way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.data.column_types import TOLD
from core.data.reading import rereadable
from core.data.tables import (
    ENCODINGS,
    Table,
    TableError,
    describe_upload,
    discard,
    load_table,
    locate,
    reread,
    save_upload,
)
from dashboard import state
from dashboard.pickers import folder_tables, table_memory
from dashboard.pickers.spoken_readings import spoken
from dashboard.text import plain, t
from dashboard.widgets.address import Address, renew

_OF_A_TABLE = ("columns", "target", "x", "y", "labels")  # settings that name columns: another table has others
NAMES = "of."  # what begins the name of any further such setting
_READING: dict[str, tuple[Any, ...]] = {
    "encoding": ENCODINGS,
    "delimiter": (",", ";", "\t", "|", "^", " "),
    "decimal": (".", ","),
    "header": (True, False),
}


@st.cache_data(max_entries=16, show_spinner=False)
def load(reference: str) -> Table:
    """A table by its reference, read once. Errors: TableError."""
    return load_table(reference)


def upload(address: Address) -> None:
    """Where a file is opened. What is wrong with it is said in one sentence."""
    st.file_uploader(
        t("Open a file"),
        key=_box(address.page),
        max_upload_size=200,
        on_change=_take,
        args=(address.page,),
        help=t(
            "CSV or similar text, Excel, Parquet, Feather or JSON lines, also in gzip or zip, up to 200 MB. It stays on this computer."
        ),
    )
    # A click amid the callback ends it, and it is not called again: what it has not taken is taken here.
    if state.widget(_box(address.page)) is not None:
        _take(address.page)
    folder_tables.choose(address, _open)
    _refused(address.page)


def _box(page: str) -> str:
    """The key of the box for files; another one is another box, in which there is none."""
    return f"{page}:file{state.chosen(f'{page}.boxes') or ''}"


def empty_box(page: str) -> None:
    """For callbacks: the file in the box is not what the page is about, and what was said of it goes with its name."""
    state.choose(f"{page}.boxes", (state.chosen(f"{page}.boxes") or 0) + 1)
    state.choose(f"{page}.refused", None)


def another(page: str) -> None:
    """For callbacks: another table was chosen from the list."""
    empty_box(page)
    begin_anew(page)


def begin_anew(page: str) -> None:
    """For callbacks: another table has other columns, and what was made of the last one is not about it. One that was open
    before comes back as it was."""
    state.choose("pair", None)
    state.choose(f"{page}.refused", None)
    if shown := state.runs(page):
        state.choose(f"{page}.earlier", shown)
    if not table_memory.come_back(page):
        renew(page, _OF_A_TABLE, under=NAMES)
        state.show_runs(page, [])


def _take(page: str) -> None:
    """Keep the uploaded file and choose it. One that was taken before may be told of once more, by a browser that was busy;
    since then it may have been read in another way."""
    file = state.widget(_box(page))
    if file is not None and file.file_id == state.chosen(f"{page}.taken"):
        return
    state.choose(f"{page}.refused", None)
    if file is not None and not _open(page, lambda: save_upload(file.getvalue(), file.name)):
        state.choose(f"{page}.rereadable", rereadable(file.getvalue(), file.name))
    state.choose(f"{page}.taken", file and file.file_id)


def _open(page: str, keep: Callable[[], str]) -> bool:
    """Choose what `keep` keeps; where it cannot be read the page stays as it is, and one sentence says why."""
    reference = None
    try:
        reference = keep()
        describe_upload(reference, load(reference))
    except (TableError, ValueError) as error:
        state.choose(f"{page}.refused", t(error))
        if reference is not None and reference not in (state.chosen("uploads") or ()):
            discard(reference)
        return False
    state.choose("uploads", list(dict.fromkeys([*(state.chosen("uploads") or ()), reference])))
    state.set_widget(f"{page}:t", reference)
    begin_anew(page)
    state.set_widget(f"{page}:t", reference)  # also where the page is being drawn and has read its link already
    return True


def reading(page: str, reference: str, table: Table) -> None:
    """How the file was read; what was worked out wrongly is overruled here, on the file as it lies in the store."""
    _, told, _ = locate(reference)
    # The title is the same for each encoding, so that nothing below moves; the box of the encoding says which it is.
    text = "encoding" in table.reading
    title = t("Change kinds, delimiter or encoding") if text else t("Change kinds of columns")
    with st.expander(title, key=f"{page}:reading"):
        _boxes(page, reference, told, table, lambda chosen: reread(reference, **chosen))


def _refused(page: str) -> None:
    """Why a file was not opened, and the same boxes where it may only be read in another way."""
    if not (sentence := state.chosen(f"{page}.refused")):
        return
    file = state.widget(_box(page)) if state.chosen(f"{page}.rereadable") else None
    said = [t("{fault}.", fault=sentence.rstrip("."))]
    if file is not None:
        said.append(t("Perhaps it is to be read in another way: see “How {file} is read”.", file=file.name))
    said.append(t("The table chosen below stays open."))
    st.error(plain(" ".join(said)), icon=":material/error:")
    if file is not None:
        with st.expander(t("How {file} is read", file=plain(file.name))):
            _boxes(page, "refused", {}, None, lambda chosen: save_upload(file.getvalue(), file.name, **chosen))


def _boxes(page: str, of: str, told: dict[str, Any], table: Table | None, again: Callable[..., str]) -> None:
    """A box for each part of a reading that the file has; `again` keeps the file with what they say."""
    worked_out = table.reading if table else {}
    titles = {
        "encoding": t("Encoding"),
        "delimiter": t("Delimiter"),
        "decimal": t("Decimal mark"),
        "header": t("First line"),
        "sheet": t("Sheet"),
    }
    choices = {part: values for part, values in _READING.items() if table is None or part in worked_out}
    if table and len(table.sheets) > 1:
        choices["sheet"] = table.sheets
    group = f"{page}:{'reading' if table else 'refused'}"
    _about(group, of)
    keys = {part: f"{group}.{part}" for part in choices}

    def overrule(**more: Any) -> None:
        values = {part: state.widget(key) for part, key in keys.items()}
        chosen = {part: value for part, value in values.items() if value is not None} | {
            "kinds": told.get("kinds", {}) | more
        }
        chosen["kinds"] = {name: kind for name, kind in chosen["kinds"].items() if kind}
        if not chosen["kinds"]:
            del chosen["kinds"]
        if not _open(page, lambda: again(chosen)) and told != chosen and of != "refused":
            state.forget_widgets(f"{group}.")  # the table stays, and so does what is said of it

    for part, values in choices.items():
        if not state.has_widget(keys[part]):
            state.set_widget(keys[part], told.get(part))
        found = spoken(part, worked_out[part]) if part in worked_out and part not in told else ""
        value = state.widget(keys[part])
        st.selectbox(
            titles[part],
            values,
            values.index(value) if value in values else None,  # see form._widget
            key=keys[part],
            placeholder=t("worked out: {value}", value=found) if found else t("work it out"),
            format_func=lambda v, part=part: spoken(part, v),
            on_change=overrule,
        )
    if table:
        _kind_boxes(group, told.get("kinds", {}), table, lambda name, kind: overrule(**{name: kind}))


def _about(group: str, of: str) -> None:
    """The boxes are the same for each table, so that a page does not move under a click while they change; what they say
    is of one table."""
    if state.chosen(group) != of:
        state.forget_widgets(f"{group}.")
        state.choose(group, of)


def _kind_boxes(group: str, told: dict[str, str], table: Table, overrule: Callable[[str, Any], None]) -> None:
    """A column, and what it holds."""
    kinds = {column.name: column.kind for column in table.columns}
    column, kind = f"{group}.column", f"{group}.kind"
    if told:
        st.caption(plain(t("Read as told: {kinds}.", kinds=spoken("kinds", told))))
    name = st.selectbox(
        t("Column whose kind is to be changed"),
        list(kinds),
        None,
        key=column,
        placeholder=t("choose a column"),
        on_change=state.drop_widget,
        args=(kind,),
    )
    if name is None:
        return
    if not state.has_widget(kind):
        state.set_widget(kind, told.get(name))
    value = state.widget(kind)
    st.selectbox(
        t("Kind"),
        TOLD,
        TOLD.index(value) if value in TOLD else None,
        key=kind,
        placeholder=t("worked out: {value}", value=t(kinds[name])) if name not in told else t("work it out"),
        format_func=t,
        on_change=lambda: overrule(name, state.widget(kind)),
    )
