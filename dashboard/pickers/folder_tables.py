"""Tables of the server's own folder: chosen by name or pattern, and passed through with a bar where they are large."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.data.table_folder import listed, open_from_folder, table_folder
from dashboard import state
from dashboard.text import t
from dashboard.widgets import background_tasks
from dashboard.widgets.address import Address


@st.cache_resource
def _opened() -> dict[str, str]:
    """What a task has opened: its key → the upload's id."""
    return {}


def choose(address: Address, take: Callable[[str, Callable[[], str]], bool]) -> None:
    """A box with the folder's tables, where one is named; `take(page, keep)` opens what keep gives."""
    if table_folder() is None:
        return
    key, wanted = address.key("folder"), f"{address.page}.folder"
    st.selectbox(
        t("Open from the server's folder"),
        listed(),
        None,
        key=key,
        accept_new_options=True,
        placeholder=t("a name, or a pattern such as 2024/*.csv"),
        help=t("Of a file beyond 200 MB, or of several, a random sample of the rows is read."),
        on_change=lambda: _begin(wanted, state.widget(key)),
    )
    if not (pattern := state.chosen(wanted)):
        return
    name = _name(pattern)
    task = background_tasks.find(name)
    if task is not None and not task.over:
        background_tasks.watch(name, lambda done, total: t("Passing through {pattern}", pattern=pattern))
        return
    state.choose(wanted, None)
    if task is not None and (task.fault or name in _opened()):
        take(address.page, lambda: _result(name, task.fault))


def _begin(wanted: str, pattern: str | None) -> None:
    """For callbacks: pass through the files in a thread of the server."""
    if pattern:
        name = _name(pattern)
        _opened().pop(name, None)
        background_tasks.begin(name, lambda progress: _opened().update({name: open_from_folder(pattern, progress)}))
        state.choose(wanted, pattern)


def _name(pattern: str) -> str:
    return f"table:{pattern}"


def _result(name: str, fault: str) -> str:
    """The upload's id. Errors: ValueError with the task's fault."""
    if fault:
        raise ValueError(fault)
    return _opened()[name]
