"""The explorer of an embedding: points that can be zoomed, turned, selected and asked, in the browser's own hands.

What it shows is sent in parts, each once: the points and what is known of them, the layout, words, answers. A page that
runs again sends nothing that the browser has; where the browser lacks a part, after a reload or in a new tab, it says so.

    explorer.show("embedding", points, coordinates, title="…")

Colours, search, lasso, counts, contours and files are the browser's; it asks the server for pictures, and for the features,
among which it finds neighbours; where these are many, for the neighbours themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.text import t
from dashboard.widgets.explorer import answers, words
from dashboard.widgets.explorer.points import Points
from dashboard.widgets.explorer.wire import Part, message, part


class View(NamedTuple):
    """How a layout is shown: its title, its axes where they mean something, whether it still moves."""

    title: str
    axes: tuple[str, str] | None = None
    forming: bool = False
    height: int = 560
    group: str = ""  # explorers of one group select together


@cache
def _component() -> Callable[..., Any]:
    """The packaged component. It is looked up at first use: only a server knows the packages' components."""
    return st.components.v2.component("infoscope.explorer", js="explorer.js", css="explorer.css", isolate_styles=False)


def show(key: str, points: Points, coordinates: np.ndarray, view: View) -> None:
    """Draw the points at their coordinates (n, 2 or 3), or bring the drawing up to date. `key`: while it stays, so do zoom
    and selection; with other points the selection is cleared."""
    parts = {
        "words": part(words.all_words()),
        "base": points.base(state.language(), view.group),
        "xyz": part({"d": coordinates.shape[1], "coordinates": np.ascontiguousarray(coordinates, np.float32)}),
        "info": part({**view._asdict(), "alt": _alt(points, view)}),
    }

    @st.fragment(key=f"{key}-explorer")
    def body() -> None:
        _send(key, parts | _answers(key, points, parts["base"].digest, view.forming))

    body()


def prepare() -> None:
    """Let the browser load the explorer where one will soon be shown: nothing is drawn."""
    _component()(key="explorer-ready", data=b"")


def _send(key: str, parts: dict[str, Part]) -> None:
    place = f"explorer.{key}"
    sent, number = state.chosen(place) or ({}, 0)
    data = message({"key": key, "n": number}, parts, sent)
    state.choose(place, ({name: p.digest for name, p in parts.items()}, number + 1))
    _component()(
        key=f"explorer-{key}",
        data=data,
        on_resync_change=lambda: state.choose(place, ({}, number + 1)),
        on_ask_change=lambda: state.choose(f"{place}.ask", _asked(key)),
    )


def _asked(key: str) -> Any:
    said = state.widget(f"explorer-{key}")
    return getattr(said, "ask", None) or (said.get("ask") if isinstance(said, dict) else None)


def _answers(key: str, points: Points, base: str, forming: bool) -> dict[str, Part]:
    """What the browser has asked of these points. Features that still change are not sent again and again."""
    wanted = state.chosen(f"explorer.{key}.ask")
    if not isinstance(wanted, dict) or wanted.get("base") != base:
        return {}
    row, rows, features = answers.asked(wanted, len(points))
    out = {}
    if features and not forming and points.sent:
        out["features"] = points.sent
    if row >= 0 and len(points) > 1:
        out["answer"] = part(answers.neighbours(points, row))
    if rows and points.images:
        out["sheet"] = part(answers.sheet(points, rows))
    return out


def _alt(points: Points, view: View) -> str:
    classes = next((c for c in points.columns if c.names), None)
    n = f"{len(points):,}"
    if classes is None:
        said = t("{title}: {n} points.", title=view.title, n=n)
    else:
        said = t(
            "{title}: {n} points, coloured by {column} in {k} classes.",
            title=view.title,
            n=n,
            column=t(classes.title),
            k=len(classes.names),
        )
    return f"{said} {t(words.KEYS)}"
