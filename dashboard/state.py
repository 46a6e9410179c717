"""The only file that names keys of `st.session_state`: what this viewer has chosen, nothing that must outlive the tab."""

from __future__ import annotations

import secrets
from threading import local
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_VIEWER, _TOKEN, _LANGUAGE, _SETTINGS, _RUNS, _CHOSEN, _NOTES, _REPLAY = (
    f"infoscope.{name}" for name in ("viewer", "token", "language", "settings", "runs", "chosen", "notes", "replay")
)


def viewer() -> str:
    """This tab, for the fair queue."""
    return str(st.session_state.setdefault(_VIEWER, secrets.token_hex(6)))


def token(given: str | None = None) -> str:
    """The token this tab came with; navigation drops it from the address."""
    if given:
        st.session_state[_TOKEN] = given
    return str(st.session_state.get(_TOKEN, ""))


class _Thread(local):
    """What the thread that draws a page has read of its tab's state, for as long as it draws for this tab."""

    context: object = None
    language = "en"


_THREAD = _Thread()


def language(chosen: str | None = None) -> str:
    """The language of this tab, "en" at first. A page asks for it with every sentence, so it is read once."""
    context = get_script_run_ctx(suppress_warning=True)
    if chosen:
        st.session_state[_LANGUAGE] = chosen
    if chosen or context is None or _THREAD.context is not context:
        _THREAD.language = str(st.session_state.get(_LANGUAGE, "en"))
        _THREAD.context = context
    return _THREAD.language


def widget(key: str) -> Any:
    """A widget's value, or None before it was drawn."""
    return st.session_state.get(key)


def has_widget(key: str) -> bool:
    """Whether a widget has a value already."""
    return key in st.session_state


def set_widget(key: str, value: Any) -> None:
    """Give a widget its value; only before it is drawn in this run, or from a callback."""
    st.session_state[key] = value


def keep_widget(key: str) -> Any:
    """The value of a widget that this run does not draw: it is there when the widget is drawn again."""
    st.session_state[key] = value = st.session_state[key]
    return value


def drop_widget(key: str) -> None:
    """Let one widget begin anew."""
    st.session_state.pop(key, None)


def forget_widgets(prefix: str) -> None:
    """Let widgets take their values from the address again."""
    for key in [k for k in st.session_state if isinstance(k, str) and k.startswith(prefix)]:
        del st.session_state[key]


def remembered(page: str) -> dict[str, str]:
    """A page's settings as they were when it was left: navigation drops them from the address."""
    return dict(st.session_state.get(_SETTINGS, {}).get(page, {}))


def remember(page: str, settings: dict[str, str]) -> None:
    """Keep a page's settings for coming back."""
    st.session_state.setdefault(_SETTINGS, {})[page] = settings


def runs(page: str) -> list[str]:
    """The runs that a page shows."""
    return list(st.session_state.setdefault(_RUNS, {}).get(page, []))


def show_runs(page: str, ids: list[str]) -> None:
    """Show these runs on a page."""
    st.session_state.setdefault(_RUNS, {})[page] = list(ids)


def choose(what: str, value: Any) -> None:
    """Remember what was clicked last, of its kind."""
    st.session_state.setdefault(_CHOSEN, {})[what] = value


def chosen(what: str) -> Any:
    """What was clicked last, or None."""
    return st.session_state.get(_CHOSEN, {}).get(what)


def replay(page: str) -> dict[str, Any]:
    """Where a page's replay stands: playing, position, speed, when it last moved, and which steps it showed last."""
    return st.session_state.setdefault(_REPLAY, {}).setdefault(
        page, {"on": False, "playing": False, "at": 1.0, "speed": 1.0, "moved": None, "shown": []}
    )


def note(page: str, sentence: str) -> None:
    """A sentence to show at the next drawing of the page."""
    st.session_state.setdefault(_NOTES, {}).setdefault(page, []).append(sentence)


def take_notes(page: str) -> list[str]:
    """The sentences noted for a page, once."""
    return list(st.session_state.setdefault(_NOTES, {}).pop(page, []))
