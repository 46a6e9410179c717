"""What every picture shares: its frame, its axes, its legend, and words that may hold anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np

from core.sentences import Listing, Sentence
from dashboard.charts import palette
from dashboard.charts.labels import short

Figure = dict[str, Any]
TRUTH = {"color": palette.INK, "width": 1.8, "dash": "6px,4px"}  # the truth is always this line


_PLAIN = frozenset((float, int, str, bool, type(None)))  # no sentence, and nothing that holds one


class _Safe(Sentence):
    """A sentence as Plotly shows it, in any language."""

    _sentence: Sentence
    _most: int

    def __new__(cls, sentence: Sentence, most: int) -> Self:
        self = str.__new__(cls, _escaped(sentence, most))
        self.template, self.many, self.values = sentence.template, sentence.many, sentence.values
        self._sentence, self._most = sentence, most
        return self

    def said(self, translate: Callable[..., str]) -> str:
        return _escaped(self._sentence.said(translate), self._most)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self._sentence, self._most), {}


def translated(value: Any, t: Callable[[Sentence], str]) -> Any:
    """A figure with its sentences as t says them: where it is shown or taken away, and nowhere else."""
    if isinstance(value, Sentence):
        return t(value)
    if isinstance(value, Mapping):
        return {key: translated(v, t) for key, v in value.items()}
    if not isinstance(value, (list, tuple)) or _PLAIN.issuperset(map(type, value)):
        return value
    return [translated(v, t) for v in value]


def safe(text: object, most: int = 60) -> str:
    """Text from data as Plotly shows it: as typed, one line, never markup."""
    return _Safe(text, most) if isinstance(text, Sentence) else _escaped(text, most)


def _escaped(text: object, most: int) -> str:
    line = " ".join(str(text).split())
    line = line if len(line) <= most else line[: most - 1] + "…"
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def whole(names: Sequence[object]) -> list[str]:
    """Names that are shortened or thinned out in the picture, for its table."""
    return [safe(name, 10_000) for name in names]


def named_places(names: Mapping[float, Any] | None) -> Figure:
    """The ticks of an axis whose values have names; nothing where they have none."""
    return {"tickvals": list(names), "ticktext": ticks(list(names.values()))} if names else {}


def ticks(names: Sequence[object], most: int = 16) -> list[str]:
    """Names as an axis has room for, as typed."""
    return [safe(label) for label in short(names, most)]


def number(value: float, digits: int = 3) -> str:
    """A number for a sentence, never −0.000; a dash where there is none."""
    return f"{round(value, digits) + 0.0:.{digits}f}" if np.isfinite(value) else "–"


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis with its name (which may be text from data), a quiet grid and ticks outside."""
    named = {"title": {"text": safe(title), "standoff": 8, "font": {"size": 13}}} if title else {}
    quiet = {
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": True,
        "gridcolor": palette.GRID,
        "color": palette.INK,
    }
    return named | quiet | more


def figure(data: list[Figure], title: str, alt: str | Sequence[str], x: Figure, y: Figure, **layout: Any) -> Figure:
    """A figure as a plain dict. `alt`, one sentence or several, is kept as `layout.meta.alt`."""
    meta = {"alt": alt if isinstance(alt, str) else Listing(alt, " ")} | layout.pop("meta", {})
    return {
        "data": data,
        "layout": {
            "title": {
                "text": safe(title, 160),
                "x": 0,
                "y": 1,
                "yanchor": "top",
                "pad": {"l": 8, "t": 12},
                "font": {"size": 15},
            },
            "font": {"color": palette.INK, "size": 13},
            "margin": {"l": 8, "r": 12, "t": 64, "b": 8},
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "itemsizing": "constant",
                "bgcolor": "rgba(0,0,0,0)",
            },
            "hovermode": "closest",
            "dragmode": "zoom",
            "paper_bgcolor": palette.PAPER,
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": x,
            "yaxis": y,
            "meta": meta,
        }
        | layout,
    }


def level(value: float) -> Figure:
    """The truth's line across the picture."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": TRUTH,
        "layer": "above",
    }


def upright(at: float) -> Figure:
    """A thin upright line: where the run stands."""
    line = {"color": palette.QUIET, "width": 1}
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at, "x1": at, "line": line, "layer": "below"}


def colours_end(values: Any, least: float) -> float:
    """Where a colour scale from 0 ends: at the largest value that is at most twice the 90th percentile, so that the few
    that lie further out do not leave the rest pale. Never below `least` where there are such values."""
    values = np.asarray(values, float)
    known = values[np.isfinite(values)]
    if not len(known):
        return least
    most = 2 * max(float(np.quantile(known, 0.9)), least)
    top = float(known[known <= most].max())
    return max(top, least) if float(np.nanmax(values)) > most else top


def ended_bar(top: float) -> Figure:
    """The ticks of a colour bar that ends before the largest value, which its last tick says."""
    step = float(f"{top / 4:.1g}")
    marks = [*np.arange(0.0, top - step / 2, step), top]
    return {"tickvals": np.array(marks), "ticktext": [*(f"{m:.2g}" for m in marks[:-1]), f"≥ {top:.2g}"]}


def line(x: Any, y: Any, name: str, **more: Any) -> Figure:
    """A trace of joined points."""
    return {"type": "scatter", "mode": "lines", "x": np.asarray(x), "y": np.asarray(y), "name": name, **more}


def dots(x: Any, y: Any, name: str, **more: Any) -> Figure:
    """A trace of points."""
    return line(x, y, name, **more) | {"mode": "markers"}


def bars(x: Any, y: Any, names: Any, **more: Any) -> Figure:
    """A bar for each of the named places, whose name the pointer says."""
    look = {"width": 0.72, "text": names, "textposition": "none"}
    return {"type": "bar", "x": np.asarray(x), "y": np.asarray(y), **look, **more}


def spread(value: Any, low: Any, high: Any, colour: str, **more: Any) -> Figure:
    """The whiskers of values, from low to high."""
    ends = {"array": np.asarray(high) - value, "arrayminus": value - np.asarray(low)}
    return {"type": "data", "symmetric": False, **ends, "color": colour, "width": 3, **more}


def true_line(value: float) -> Figure:
    """The truth as an upright line through the whole picture."""
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": value, "x1": value, "line": TRUTH}


def words(text: str, x: Any, y: Any, **more: Any) -> Figure:
    """Words at a place of the picture."""
    return {"text": text, "x": x, "y": y, "showarrow": False, **more}


_LOW = {"len": 0.9, "y": 0, "yanchor": "bottom"}  # above it is the place of the buttons of a chart


def bar(label: str) -> Figure:
    """The scale of colours beside a map."""
    title = {"text": safe(label), "side": "right", "font": {"size": 13}}
    return {"title": title, "thickness": 10, "outlinewidth": 0, "ticks": "", "nticks": 5} | _LOW
