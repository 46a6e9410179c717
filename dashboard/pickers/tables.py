"""Choosing a table: a bundled one or a file of one's own, and which of its columns can be used."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any, cast

import numpy as np
import streamlit as st

from core.data.references import TableData
from core.data.tables import BUNDLED, USABLE, Table, TableError, locate, uploads
from core.spec import Spec
from dashboard import state
from dashboard.charts.labels import short
from dashboard.pickers import table_memory, table_reading
from dashboard.pickers.spoken_readings import spoken
from dashboard.text import plain, t, tn
from dashboard.widgets import run_settings, server
from dashboard.widgets.address import Address, follow

_NAMED = 6  # columns that are left out by name


def pick(address: Address, first: str | None = None) -> Table | None:
    """One of the bundled tables, or a file of one's own. What is wrong with a file is said in one sentence."""
    page, mine = address.page, server.may_steer()
    if mine:
        table_reading.upload(address)
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
        on_change=table_reading.another,
        args=(page,),
    )
    address.end("t", name, first)
    table_memory.stand(page, name)
    _offer_earlier(page)
    if name in BUNDLED:
        entry = BUNDLED[name]
        st.caption(f"{t(entry.sentence)} {entry.source}. {entry.licence}.")
    try:
        table = table_reading.load(name)
    except (TableError, ValueError) as error:
        st.error(plain(error), icon=":material/error:")
        return None
    if mine and name not in BUNDLED:
        table_reading.reading(page, name, table)
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
        return t("an upload that is gone")
    said = ", ".join(spoken(part, value) for part, value in told.items())
    return f"{name}, {said}" if said else name


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
        t("Show {table} again", table=plain(title)),
        key=f"{page}:earlier",
        icon=":material/undo:",
        type="tertiary",
        on_click=follow,
        args=(page, run_settings.together(specs[:1]), [run.id for run in runs]),
    )


def usable(table: Table) -> list[str]:
    """The columns that an estimator can take."""
    return [c.name for c in table.columns if c.kind in USABLE]


def chosen_first(table: Table) -> list[str]:
    """Those that a question begins with: without what only counts the rows, where two remain."""
    names = usable(table)
    kept = [name for name in names if not _counts_rows(table, name)]
    return kept if len(kept) > 1 else names


def counting(table: Table) -> str:
    """Which columns count the rows, and that nobody has to choose them; nothing where there are none."""
    begun = chosen_first(table)
    names = [name for name in usable(table) if name not in begun]
    return t("Not chosen at first, for it only counts the rows: {names}.", names=", ".join(names)) if names else ""


def _counts_rows(table: Table, name: str) -> bool:
    """0, 1, 2 … or 1, 2, 3 …, as programs write the numbers of the rows: it would depend on whatever the rows are sorted by."""
    column, n = table[name], len(table.frame)
    if column.kind != "integer" or column.min not in (0, 1) or column.n_unique != n:
        return False
    return bool((table.frame[name].to_numpy() == np.arange(n) + column.min).all())


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


def columns(spec: Spec) -> TableData:
    """What a run over columns is of."""
    return cast(TableData, spec.data)


def settings_of(data: TableData) -> dict[str, Any]:
    """The settings that name this table and these columns."""
    given = data.model_dump(exclude_none=True, exclude_defaults=True)
    return {"t": given.pop("table")} | given
