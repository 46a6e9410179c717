"""Deleted runs: out of the list at once, out of the store when the time for Undo is over."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field

import streamlit as st

from dashboard import state
from dashboard.jobs import Client, JobsError
from dashboard.text import t
from dashboard.widgets import server

UNDO = 20.0  # seconds
_AGAIN = 2.0  # seconds to the next attempt, while a run is still being stopped
_PATIENCE = 60.0  # seconds after which a run that does not stop is given back to the list


@dataclass
class _Trash:
    """What all viewers of this server have deleted and can still take back: the run's id → when it goes."""

    goes: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@st.cache_resource
def _trash() -> _Trash:
    return _Trash()


def holds(id: str) -> bool:
    """Whether a run was deleted, though it is still in the store."""
    return id in _trash().goes


def put(ids: list[str]) -> None:
    """Delete runs; one that is under way is stopped first. A server that ends before Undo does keeps them."""
    trash = _trash()
    for id in ids:
        _stop(id)
        with trash.lock:
            trash.goes[id] = time.monotonic() + UNDO
        _later(id, UNDO, trash, server.client())
    state.choose("runs.deleted", ids)


def offer() -> None:
    """One line with Undo, as long as this viewer can take back what was deleted last."""
    if any(map(holds, _deleted())):
        st.fragment(_line, run_every=1.0, key="runs-undo")()


def _line() -> None:
    left = [_trash().goes.get(id, 0.0) - time.monotonic() for id in _deleted() if holds(id)]
    if not left or max(left) < 0:
        state.choose("runs.deleted", None)
        st.rerun()
    n = len(left)
    with st.container(horizontal=True, vertical_alignment="center", key="undo"):
        seconds = max(1, round(max(left)))
        sentence = "1 run was deleted. It is gone for good in {seconds} s."
        if n > 1:
            sentence = "{n} runs were deleted. They are gone for good in {seconds} s."
        st.markdown(t(sentence, n=n, seconds=seconds), width="content")
        st.button(t("Undo"), icon=":material/undo:", key="runs:undo", on_click=_undo)


def _deleted() -> list[str]:
    return list(state.chosen("runs.deleted") or ())


def _undo() -> None:
    ids = _deleted()
    with _trash().lock:
        back = [id for id in ids if _trash().goes.pop(id, None) is not None]
    state.choose("runs.deleted", None)
    state.choose("runs.selected", back)
    if len(back) < len(ids):
        state.note("runs", t("It was too late to take all of them back."))


def _later(id: str, seconds: float, trash: _Trash, client: Client) -> None:
    timer = threading.Timer(seconds, _empty, (id, trash, client))
    timer.daemon = True
    timer.start()


def _empty(id: str, trash: _Trash, client: Client) -> None:
    """In a thread of the server: the run leaves the store, unless it was taken back meanwhile."""
    with trash.lock:  # who presses Undo now waits, and is told that it was too late
        over = time.monotonic() - trash.goes.get(id, float("inf"))
        if over < -0.5:  # deleted anew: a later timer sees to it
            return
        try:
            client.delete(id)
        except JobsError:  # it is still being stopped
            if over < _PATIENCE:
                _later(id, _AGAIN, trash, client)
                return
        trash.goes.pop(id)


def _stop(id: str) -> None:
    run = server.store().run(id)
    if run is not None and run.active:
        with contextlib.suppress(JobsError):  # it has just ended
            server.client().stop(id)
