"""Figures of two series against the lag between them, beside what series give that never met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette
from dashboard.charts._figure import Figure, axis, figure, line, number, safe, upright

_COLOURS = ((palette.BLUE, "circle", "solid"), (palette.VERMILION, "square", "dot"))


class Course(NamedTuple):
    """One curve: its name, lags (m,), values (m,), and the band (low, high) of moved series, None where it is not known."""

    name: str
    lags: Any
    values: Any
    band: tuple[float, float] | None


def against_lag(courses: Sequence[Course], label: str, ylabel: str, title: str = "") -> Figure:
    """Up to two curves against the lag in rows, each over the band in which nine tenths of moved series lie."""
    data: list[Figure] = []
    for course, (colour, mark, dash) in zip(courses, _COLOURS, strict=False):
        if course.band is not None:
            data.append(_band(course, colour))
        look: Figure = {"line": {"color": colour, "width": 2, "dash": dash}, "mode": "lines+markers"}
        marker = {"color": colour, "symbol": mark, "size": 6}
        data.append(line(course.lags, course.values, safe(course.name), marker=marker, hovertemplate="%{y:.3f}") | look)
    tops = "; ".join(f"{c.name} {number(float(np.max(c.values)))}" for c in courses if len(c.values))
    alt = Sentence("Curves against the lag; the largest values: {values}.", values=tops)
    ends = [int(lag) for course in courses for lag in (min(course.lags), max(course.lags))] or [0]
    shapes = [upright(0)] if min(ends) < 0 < max(ends) else []
    x = axis(label, showgrid=False, range=[min(ends) - 0.5, max(ends) + 0.5])
    return figure(data, title, alt, x, axis(ylabel), shapes=shapes, showlegend=True, hovermode="x unified")


def _band(course: Course, colour: str) -> Figure:
    low, high = course.band or (0.0, 0.0)
    ends = np.array([min(course.lags) - 0.5, max(course.lags) + 0.5])
    name = Sentence("{name}, moved along", name=course.name)  # in the table behind the picture
    look: Figure = {"mode": "lines", "fill": "toself", "fillcolor": colour, "opacity": 0.15, "line": {"width": 0}}
    x, y = np.concatenate([ends, ends[::-1]]), np.array([low, low, high, high])
    return {"type": "scatter", "x": x, "y": y, "name": name, "hoverinfo": "skip", "showlegend": False, **look}
