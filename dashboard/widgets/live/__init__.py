"""A Plotly chart that receives only what is new: the node stays, the viewer's zoom stays, an update is under 1 KB.

Make a `LiveChart` in the page's body and hand it to the fragment that polls; call `show` with the *whole* figure each
time. It sends the whole figure once and then only the difference. A page that runs again makes a new `LiveChart`, which
sends the whole again, so a refresh, a second tab or a returning page always has the full curve.

    @st.fragment
    def panel(chart: LiveChart) -> None:
        chart.show(curves.estimate(...), height=380)
        pulse("estimate", 0.5)  # again in half a second, once this is drawn

    panel(LiveChart("estimate:" + run))

`key` says what is shown: while it stays, so do the node and the zoom. A finished figure is `show(figure, key)`.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import streamlit as st

from dashboard.charts import palette
from dashboard.charts._figure import translated
from dashboard.text import t
from dashboard.widgets.live import wire

# Whole figures in a row before differences: a busy browser may see only the last of several messages, and one that is
# still loading Plotly would miss the first.
_INSIST = 2


def _bytes(message: dict[str, Any]) -> bytes:
    """JSON without the blanks that Streamlit's own would have: a tenth of a small message."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


@cache
def _component() -> Callable[..., Any]:
    """The packaged component. It is looked up at first use: only a server knows the packages' components."""
    return st.components.v2.component("infoscope.live", js="live.js", css="live.css", isolate_styles=False)


def _heard() -> None:
    """A click is returned by `show`; Streamlit wants a callback all the same."""


class LiveChart:
    """One chart on one page of one viewer, and what its browser has been sent."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._lock = Lock()  # two reruns of a fragment can overlap
        self._forget()

    def _forget(self) -> None:
        """Send the whole figure next: the browser missed a message, or has none yet."""
        self._id, self._number = secrets.token_hex(3), 0
        self._sent: dict[str, Any] | None = None
        self._whole = _INSIST
        self._alt = ""

    def show(
        self,
        figure: dict[str, Any] | None,
        height: int = 360,
        alt: str = "",
        save: str = "",
        click: bool = False,
        waiting: str = "",
    ) -> list[int] | None:
        """Draw it, or bring the drawing up to date; with `click`, returns the cell of a map that was clicked just now,
        or the `customdata` of a mark.

        figure: what `dashboard.charts` returns; None keeps its place free, so that nothing moves when it comes, and
        `waiting` says what will stand there. height: pixels. alt: the text alternative, `layout.meta.alt` where empty.
        save: the label of the buttons that save the picture, as PNG and as SVG.
        """
        figure = translated(figure, t)
        with self._lock:
            message = self._message(figure, alt)
            if "figure" in message:
                message |= {
                    "key": self.key,
                    "dark": palette.DARK,
                    "height": height,
                    "save": save or t("Save picture"),
                    "click": click,
                }
            if figure is None:
                message["waiting"] = waiting
        said = _component()(key=self.key, data=_bytes(message), on_resync_change=self._forget, on_clicked_change=_heard)
        return said.clicked if click else None

    def _message(self, figure: dict[str, Any] | None, alt: str) -> dict[str, Any]:
        if figure is None:
            self._sent, self._whole = None, _INSIST
            message: dict[str, Any] = {"figure": None}
        else:
            message, self._sent = wire.message(figure, self._sent if self._whole <= 0 else None)
            self._whole -= 1
        self._number += 1
        message |= {"id": self._id, "v": self._number}
        if alt != self._alt or ("figure" in message and alt):
            message["alt"] = self._alt = alt
        return message


def in_pairs(
    chart: Callable[[str], LiveChart],
    figures: Mapping[str, dict[str, Any] | None],
    heights: Mapping[str, int],
    waiting: str,
) -> None:
    """Two in a row, each in its own place from the first drawing to the last: None keeps it free."""
    names = list(figures)
    for row in range(0, len(names), 2):
        for column, name in zip(st.columns(2), names[row : row + 2], strict=False):
            with column:
                chart(name).show(figures[name], height=heights[name], waiting=waiting)


def pulse(key: str, seconds: float) -> None:
    """Let the fragment that calls this run again after `seconds`, and never before all of it is drawn.

    `run_every` asks at fixed times: where a drawing takes longer, the browser gets the half of one and the half of the
    next, and what belongs to neither is taken away. Call it last.
    """
    data = _bytes({"pulse": round(1000 * seconds), "n": time.monotonic_ns() // 1000})
    _component()(key=f"{key}-pulse", data=data, on_poll_change=_heard)


def into_view(key: str, once: str) -> None:
    """Let the container `key`-picture come into view where it is not, a single time for each `once`: on a phone the picture begins
    below the settings. Without `once` nothing moves, and the place is taken all the same."""
    _component()(key=f"{key}-pulse-view", data=_bytes({"view": f".st-key-{key}-picture", "once": once}))


def plotly() -> str:
    """Plotly's own program, to be put into a file that opens without us."""
    (file,) = (Path(__file__).parent / "assets").glob("plotly-*.min.js")
    return file.read_text(encoding="utf-8").replace("</script", "<\\/script")


def show(figure: dict[str, Any], key: str, height: int = 360, alt: str = "", save: str = "") -> None:
    """A finished figure, in the same dress. Arguments: those of `LiveChart` and `LiveChart.show`."""
    LiveChart(key).show(figure, height, alt, save)
