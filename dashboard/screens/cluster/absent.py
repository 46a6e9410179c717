"""Why a picture of a clustering is not there."""

from __future__ import annotations

import streamlit as st

from core import discover
from dashboard.text import t
from dashboard.widgets import server
from dashboard.widgets.player import UNDER_WAY
from dashboard.widgets.shown import Shown


def say_why(s: Shown, name: str, sentence: str) -> None:
    """Why a picture is not there; of a run under way only that it was asked for just now."""
    if name not in s.run.views:
        drawing = [t(cls.title) for cls in discover.importable("clusterers")[0].values() if name in cls.views]
        sentence = t("This method draws no such picture. Methods that do: {methods}.", methods=", ".join(drawing))
    elif s.run.status in UNDER_WAY:
        sentence = t("This is drawn with the next step of the run.")
    elif server.store().view(s.run.id, name, s.at) is None:  # never drawn; an empty one does not apply to the data
        sentence = _undrawn(s)
    st.caption(sentence)


def _undrawn(s: Shown) -> str:
    """Why a picture that the data allow is not there, and which button brings it."""
    if s.at is not None and s.at < s.run.step:
        return t("This picture was not drawn yet at this step of the replay.")
    if s.run.status == "paused":
        return t("This run was paused before this picture was drawn: Play draws it.")
    if s.run.resumable:
        return t("This run was stopped before this picture was drawn: Resume draws it.")
    return t("This run ended before this picture was drawn.")
