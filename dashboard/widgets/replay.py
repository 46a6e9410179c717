"""A scrubber and a speed for runs that have ended."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.jobs import Run
from dashboard.text import t

_LASTS = 10.0  # seconds of a replay at speed 1
_ECHOES = 6  # steps shown last, which a click may bring back
_AWAY = 1.0  # seconds beyond which a browser was away; it goes on where it was


def bar(page: str, present: list[Run]) -> float:
    """Draw it, moved on by the time since it was drawn before. Returns the share of the run to show."""
    replay = state.replay(page)
    _advance(replay)
    last = max(r.step for r in present)
    key = f"{page}:scrubber"
    step = max(1, round(replay["at"] * last))
    state.set_widget(key, step)
    before = replay["shown"] = [*replay["shown"], step][-_ECHOES:]
    word, icon = (t("Pause"), ":material/pause:") if replay["playing"] else (t("Play"), ":material/play_arrow:")
    again = {"playing": not replay["playing"], "moved": None} | ({"at": 0.0} if replay["at"] >= 1.0 else {})

    def moved() -> None:
        # None: the page has moved on to other runs. A step that the replay itself has just shown: a browser that has not
        # heard yet how far it is sends its own with any other click, and nobody has moved the slider.
        if (chosen := state.widget(key)) is not None and not (replay["playing"] and chosen in before):
            replay.update(at=chosen / last, playing=False)

    # Each takes the room that it needs, and goes below the others where there is none.
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{page}-replay"):
        st.button(word, key=f"{page}:replay.play", icon=icon, on_click=replay.update, kwargs=again)
        with st.container(width="stretch"):
            st.slider(t("Step"), 1, last, key=key, on_change=moved)
        with st.container(width="content"):
            replay["speed"] = _speed(page)
        ended = {"on": False, "playing": False}
        st.button(t("Close"), key=f"{page}:replay.close", on_click=replay.update, kwargs=ended)
    return float(replay["at"])


def _advance(replay: dict[str, Any]) -> None:
    now, before = time.monotonic(), replay["moved"]
    replay["moved"] = now if replay["playing"] else None
    if replay["playing"] and before is not None:
        replay["at"] = min(1.0, replay["at"] + min(now - before, _AWAY) * replay["speed"] / _LASTS)
        replay["playing"] = replay["at"] < 1.0


def _speed(page: str) -> float:
    key = f"{page}:speed"
    said = lambda v: f"{v:g}×"  # noqa: E731
    chosen = st.segmented_control(t("Speed"), (0.5, 1.0, 2.0), default=1.0, key=key, required=True, format_func=said)
    return chosen or 1.0
