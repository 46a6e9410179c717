"""A place to draw on with a mouse, a pen or a finger; it tells the strokes, a few hundred bytes each time one ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from dashboard.text import t


@cache
def _component() -> Callable[..., Any]:
    """The packaged component. It is looked up at first use: only a server knows the packages' components."""
    return st.components.v2.component("infoscope.drawing", js="draw.js", css="draw.css", isolate_styles=False)


def _heard() -> None:
    """Strokes are returned by `canvas`; Streamlit wants a callback all the same."""


def canvas(key: str, pen: float, height: int = 280) -> list[list[float]]:
    """The strokes that are on the canvas, each [x0, y0, x1, y1, …] in [0, 1]; pen: its width as part of the side."""
    words = {"clear": t("Clear"), "undo": t("Undo"), "hint": t("Draw here"), "label": t("A place to draw a picture")}
    said = _component()(
        key=key,
        data={"pen": pen, "height": height, **words},
        default={"strokes": []},
        on_strokes_change=_heard,
    )
    return _numbers(said.strokes)


def _numbers(told: Any) -> list[list[float]]:
    """Only lists of numbers are strokes, whatever a browser sends."""
    strokes = told if isinstance(told, list) else []
    return [
        [float(v) for v in stroke]
        for stroke in strokes
        if isinstance(stroke, list) and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in stroke)
    ]
