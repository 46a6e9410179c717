"""The frame that every page shares: settings at the left, the picture large, a title that says what the page is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.text import LANGUAGES, t


def head(title: str, sentence: str) -> None:
    """A page's name and what one does here, with the viewer's own settings at the right."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.markdown(f"# {title}", width="content")
        st.caption(sentence, width="stretch")
        view = st.popover("", icon=":material/tune:", help=t("View"), type="tertiary")
    with view:
        st.selectbox(
            t("Language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(state.language()),
            format_func=LANGUAGES.__getitem__,
            key="view.language",
            on_change=_language,
        )
        st.caption(t("Light or dark follows your system; change it in the menu at the top right."))


def sides() -> tuple[Any, Any]:
    """Settings and picture: side by side where there is room, one below the other where there is not."""
    left, right = st.columns([1, 2.6], gap="large")
    return left, right


def numbers() -> Any:
    """A row for the numbers that matter; where it is too narrow it wraps, and no number is cut."""
    return st.container(horizontal=True, gap="medium")


def number(place: Any, label: str, value: str, note: str = "", help: str | None = None) -> None:
    """One of the numbers that matter, with a quiet line below it."""
    place.metric(label, value, delta=note or None, delta_color="off", delta_arrow="off", help=help)


def one_of(label: str, titles: Mapping[str, str], key: str) -> str:
    """Which of several things is looked at, id → title, at first the first; the label is for those who listen."""
    first = next(iter(titles))
    chosen = st.segmented_control(
        label,
        list(titles),
        default=first,
        required=True,
        key=key,
        format_func=lambda name: titles.get(name, name),
        label_visibility="collapsed",
        persist_state="session",  # it is there again when one comes back to this part of the page
    )
    return chosen if chosen in titles else first


def empty(sentence: str) -> None:
    """What will appear here, and how."""
    with st.container(border=True, height=420, vertical_alignment="center", horizontal_alignment="center"):
        st.markdown(f":gray[{sentence}]", width="content")


def _language() -> None:
    chosen = state.widget("view.language")
    state.language(chosen)
    st.query_params["lang"] = chosen
