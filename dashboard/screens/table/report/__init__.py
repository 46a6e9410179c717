"""The analysis of a table as one HTML file that opens anywhere, without a network: figure, list, what was read, settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape, unescape
from importlib import metadata
from pathlib import Path
from typing import Any

from core import files
from dashboard import state
from dashboard.charts import palette
from dashboard.charts._figure import translated
from dashboard.text import t
from dashboard.widgets import live

FIRST = 100  # pairs of the list that are shown at once
_TEXTS = 60  # columns up to which the map's words are in the file; beyond, a browser makes them of names and numbers
_DIGITS = 5  # of a number of the figure
_PACKAGES = ("infoscope", "numpy", "scipy", "pandas", "scikit-learn", "torch")
_HERE = Path(__file__).parent

Facts = tuple[tuple[str, str], ...]


def html(
    title: str,
    summary: Sequence[str],
    figure: dict[str, Any],
    height: int,
    headings: Sequence[tuple[str, int | None]],
    rows: Sequence[Sequence[Any]],
    quiet: Sequence[bool],
    sections: Sequence[tuple[str, list[str] | Facts | str]],
) -> Callable[[], bytes]:
    """What makes the file, in the language of now.

    summary: sentences. figure: as of `dashboard.charts`. headings: of the columns of rows, with the digits of numbers, None
    for words. quiet: rows in a paler ink. sections: a heading with sentences, with (name, value) pairs, or with a program.
    """
    figure = translated(figure, t)
    layout = figure["layout"]
    whole = {
        "figure": {"data": [_light(trace) for trace in figure["data"]], "layout": layout},
        "height": height,
        "rows": list(rows),
        "digits": [digits for _, digits in headings],
        "quiet": list(map(bool, quiet)),
        "first": FIRST,
    }
    parts = {
        "language": state.language(),
        "title": escape(title),
        "style": _part("report.css"),
        "summary": _sentences(summary),
        "figure_title": escape(unescape(layout["title"]["text"])),
        "alt": escape(str(layout["meta"]["alt"])),
        "list_title": escape(t("All pairs")),
        "headings": "".join(_heading(name, digits) for name, digits in headings),
        "more": escape(t("Show all {n} pairs", n=f"{len(rows):,}")),
        "sections": "".join(f"<h2>{escape(name)}</h2>{_section(content)}" for name, content in sections),
        "plotly": live.plotly(),
        "script": _part("report.js"),
    }

    def made() -> bytes:
        data = _short(files.plain(whole)) | {"dark": palette.DARK}
        text = _inline(json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
        return _filled(_part("report.html"), parts | {"data": text}).encode("utf-8")

    return made


def versions() -> Facts:
    """Of the packages that the numbers are of."""
    found = []
    for name in _PACKAGES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:  # not installed, only on the path
            continue
    return tuple(found)


def _filled(template: str, parts: dict[str, str]) -> str:
    """Each {{name}} once, so that nothing in a part is taken for a place."""
    out = []
    for piece in template.split("{{"):
        name, end, rest = piece.partition("}}")
        out.append(parts[name] + rest if end else piece)
    return "".join(out)


def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _inline(text: str) -> str:
    """JSON in which no browser sees the end of a script."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _heading(name: str, digits: int | None) -> str:
    return f"<th{'' if digits is None else ' class=number'}><button>{escape(name)}</button></th>"


def _section(content: list[str] | Facts | str) -> str:
    if isinstance(content, str):
        return f"<pre>{escape(content)}</pre>"
    if isinstance(content, list):
        return _sentences(content)
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(value)}</dd>' for name, value in content)}</dl>"


def _sentences(sentences: Sequence[str]) -> str:
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences if sentence)


def _light(trace: dict[str, Any]) -> dict[str, Any]:
    """A map of many columns without its words, which would be most of the file."""
    many = trace.get("type") == "heatmap" and len(trace.get("text", ())) > _TEXTS
    return {key: value for key, value in trace.items() if not (many and key == "text")}


def _short(value: Any) -> Any:
    """JSON with numbers in few digits."""
    if isinstance(value, dict):
        return {key: _short(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_short(inner) for inner in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
