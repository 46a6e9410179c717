"""Maps of numbers: matrices between columns, tables of counts, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from core.units import per_nat
from dashboard.charts import _figure, palette
from dashboard.charts._figure import Figure, axis, figure, number, safe, ticks, whole

_ANNOTATE = 13  # rows up to which a number fits into its cell
_FAINT = 0.05  # the least that the darkest colour of a matrix stands for: noise is not painted as dependence
_STRONG = 0.5  # nats, as a Gaussian pair with |ρ| = 0.8: colours never end below where some pairs lie far above it
_ERROR = 0.5  # nats of error from which on all look alike
_THIN = 30  # places from which labels would stand on each other on a phone
_LINES = 90  # … and anywhere else, in the smallest letters


def matrix(
    labels: Sequence[str], values: Any, unit: str = "nats", title: str = "", text: Any = None, quiet: Any = None
) -> Figure:
    """Mutual information between columns: (n, n), NaN where there is none. text: (n, n) sentences for the pointer.

    quiet: (n, n), which cells do not stand out from chance; they are drawn pale.
    """
    values = np.asarray(values, float)
    off = np.where(np.eye(len(values), dtype=bool), np.nan, values)
    alt = [Sentence("Mutual information between {n} columns, in {unit}.", n=len(labels), unit=Sentence(unit))]
    largest = float(np.nanmax(off)) if (~np.isnan(off)).any() else 0.0
    top = max(_figure.colours_end(off, _STRONG * per_nat(unit)) if largest else 1.0, _FAINT)
    if (~np.isnan(off)).any():
        best = [int(i) for i in np.unravel_index(np.nanargmax(off), values.shape)]
        alt.append(
            Sentence(
                "The largest is between {a} and {b}: {value}.",
                a=labels[best[0]],
                b=labels[best[1]],
                value=number(largest),
            )
        )
    if largest > top:
        alt.append(Sentence("The colours end at {value}.", value=number(top)))
    out = _cells(np.where(np.isposinf(values), 2 * top, values), labels, labels, title, alt, Sentence(unit), top, text)
    if largest > top:
        out["data"][0]["colorbar"] |= _figure.ended_bar(top)
    if quiet is not None and np.any(quiet):
        out["data"].append(_veil(out["data"][0], np.asarray(quiet)))
        for mark in (m for m in out["layout"]["annotations"] if quiet[int(m["y"])][int(m["x"])]):
            mark["font"] = mark["font"] | {"color": palette.QUIET}
    return out


def frame(x: int, y: int, width: float = 3) -> Figure:
    """A line about one cell."""
    line = {"color": palette.VERMILION, "width": width}
    return {"type": "rect", "x0": x - 0.46, "x1": x + 0.46, "y0": int(y) - 0.46, "y1": int(y) + 0.46, "line": line}


def marked(figure: Figure, x: int, y: int) -> Figure:
    """A matrix with thin frames about a pair of columns, which has two cells."""
    return figure | {"layout": figure["layout"] | {"shapes": [frame(x, y, 2), frame(y, x, 2)]}}


def _veil(cells: Figure, quiet: Any) -> Figure:
    """The ground, half transparent, over some of the cells."""
    flat = {"colorscale": palette.scale((palette.PAPER, palette.PAPER)), "showscale": False, "hoverinfo": "skip"}
    shape = {name: cells[name] for name in ("type", "x", "y", "zmin", "zmax", "xgap", "ygap")}
    return shape | flat | {"z": np.where(quiet, 0.0, np.nan), "opacity": palette.PALE, "meta": "veil"}


def errors(rows: Sequence[str], columns: Sequence[str], values: Any, title: str = "", text: Any = None) -> Figure:
    """Estimate less truth in nats (rows, columns), NaN where there is none: too low in blue, right in white, too high in
    orange. The colours end at half a nat, so that a tenth is seen. text: as in `matrix`."""
    values = np.asarray(values, float)
    known = values[np.isfinite(values)]
    alt = [Sentence("Errors of {columns} estimators on {rows} tasks, in nats.", columns=len(columns), rows=len(rows))]
    if len(known):
        low, high = number(float(known.min())), number(float(known.max()))
        alt.append(Sentence("They lie between {low} and {high}.", low=low, high=high))
    label = Sentence("estimate less truth (nats)")
    out = _cells(values, rows, columns, title, alt, label, _ERROR, text)
    ends = {"tickvals": np.array([-_ERROR, 0.0, _ERROR]), "ticktext": [f"≤ −{_ERROR:g}", "0", f"≥ {_ERROR:g}"]}
    out["data"][0] |= {"zmin": -_ERROR, "colorscale": palette.scale(palette.DIVERGING)}
    out["data"][0]["colorbar"] |= ends
    # There is a line for each row, however many: none is left without its name and numbers.
    marks = _numbers(values, _ERROR, ".2f") if len(columns) <= _ANNOTATE else []
    out["layout"] |= {"yaxis": _labels(list(rows), 30, len(rows) + 1, autorange="reversed"), "annotations": marks}
    # On a phone whole names, small and aslant: cut short, tasks of one family and their estimators look alike.
    heads = [str(name).split(" (")[0] for name in columns]
    small = {"tickfont": {"size": 9}}
    out["layout"]["meta"]["narrow"] |= {
        "xaxis": _labels(heads, 20, _THIN // 2, side="bottom", tickangle=-45) | small,
        "yaxis": _labels(list(rows), 30, len(rows) + 1, autorange="reversed") | small,
        "annotations": marks if len(columns) <= _ANNOTATE // 3 else [],
    }
    return out


def confusion(
    counts: Any,
    rows: Sequence[str],
    columns: Sequence[str],
    mapping: Sequence[int] | None = None,
    title: str = "",
    xlabel: str = "cluster",
    ylabel: str = "class",
) -> Figure:
    """Counts (classes, clusters). mapping: for each cluster the class that the Hungarian matching gives it; clusters
    are put in that order, so that agreement lies on the diagonal."""
    counts, columns = np.asarray(counts, float), list(columns)
    alt = [Sentence("Counts of {rows} classes against {columns} clusters.", rows=len(rows), columns=len(columns))]
    if mapping is not None:
        order = np.argsort(np.asarray(mapping), kind="stable")
        hit = sum(counts[mapping[c], c] for c in range(len(columns)) if mapping[c] < len(rows))
        counts, columns = counts[:, order], [columns[c] for c in order]
        share = number(100 * hit / max(counts.sum(), 1), 1)
        alt.append(Sentence("{share} % of the rows lie in the cluster matched to their class.", share=share))
    out = _cells(counts, list(rows), columns, title, alt, Sentence("rows"), max(float(counts.max()), 1.0), None, "d")
    return _named(out, xlabel, ylabel)


def joint(
    p: Any, rows: Sequence[str], columns: Sequence[str], title: str = "", xlabel: str = "y", ylabel: str = "x"
) -> Figure:
    """A probability table P (rows, columns)."""
    p = np.asarray(p, float)
    alt = Sentence("Joint probabilities of {rows} × {columns} outcomes.", rows=len(rows), columns=len(columns))
    out = _cells(p, rows, columns, title, alt, Sentence("probability"), max(float(p.max()), 1e-12), None)
    return _named(out, xlabel, ylabel)


def gallery(pictures: Any, rows: Sequence[str] | None = None, title: str = "") -> Figure:
    """(k, m, h, w) pictures as one image: a row for each cluster, a quiet seam between pictures."""
    pictures = np.asarray(pictures, float)
    k, m, h, w = pictures.shape
    sheet = np.full((k * (h + 1) - 1, m * (w + 1) - 1), np.nan)
    for i in range(k):
        for j in range(m):
            sheet[i * (h + 1) : i * (h + 1) + h, j * (w + 1) : j * (w + 1) + w] = pictures[i, j]
    data = [
        {
            "type": "heatmap",
            "z": sheet,
            "colorscale": palette.scale(palette.SEQUENTIAL),
            "showscale": False,
            "hoverinfo": "skip",
            "zmin": 0.0,
            "zmax": max(float(np.nanmax(pictures)), 1e-12),
        }
    ]
    names = [safe(r) for r in (rows if rows is not None else range(k))]
    places = {"tickvals": [i * (h + 1) + h / 2 - 0.5 for i in range(k)], "ticktext": names}
    y = axis("", autorange="reversed", showgrid=False, scaleanchor="x", constrain="domain", **places)
    x = axis("", showgrid=False, showticklabels=False, constrain="domain")
    alt = Sentence("{m} pictures from each of {k} groups.", m=m, k=k)
    return figure(data, title, alt, x, y, showlegend=False)


def height(n: int) -> int:
    """Pixels in which the labels of n rows can be read."""
    return int(np.clip(280 + 14 * n, 440, 1_200))


def _cells(
    values: Any,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    alt: str | Sequence[str],
    label: str,
    top: float,
    text: Any,
    form: str = ".2f",
) -> Figure:
    """A matrix with its names; numbers in the cells where they fit."""
    rows, columns = list(map(str, rows)), list(map(str, columns))
    places = np.arange(len(columns)), np.arange(len(rows))
    words = text
    if text is None:
        lines = zip(rows, values, strict=True)
        words = [[f"{r} · {c}: {v:.4g}" for c, v in zip(columns, line, strict=True)] for r, line in lines]
    gap = 2 if max(values.shape) < _THIN else 1
    cell = {
        "type": "heatmap",
        "x": places[0],
        "y": places[1],
        "z": values,
        "zmin": 0.0,
        "zmax": top,
        "colorbar": _figure.bar(label),
        "colorscale": palette.scale(palette.SEQUENTIAL),
        "xgap": gap,
        "ygap": gap,
        "hoverinfo": "text",
        "text": [[safe(w, 160) for w in line] for line in words],
    }
    x, y = _labels(columns, 16, _LINES + 1, side="bottom"), _labels(rows, 20, _LINES + 1, autorange="reversed")
    marks = _numbers(values, top, form) if max(values.shape) <= _ANNOTATE else []
    # On a phone: fewer names below, all of them at the side, and numbers in a few large cells only.
    narrow = {
        "xaxis": _labels(columns, 10, _THIN // 2, side="bottom"),
        "yaxis": _labels(rows, 12, _LINES + 1, autorange="reversed"),
        "annotations": marks if max(values.shape) <= _ANNOTATE // 2 else [],
    }
    meta = {"narrow": narrow, "narrow_below": 400, "x_names": whole(columns), "y_names": whole(rows)}
    return figure([cell], title, alt, x, y, annotations=marks, showlegend=False, meta=meta)


# Pixels of the letters of up to so many names: a map of many columns is about 700 pixels wide, and more where it is a list.
_LETTERS = ((16, 13), (40, 11), (60, 10), (np.inf, 9))


def _labels(names: list[str], most: int, thin: int, **more: Any) -> Figure:
    """An axis with a name at each place; from `thin` places on at every k-th, so that they can be read."""
    every = 1 if len(names) < thin else -(-3 * len(names) // (2 * thin))
    font = {"size": 10 if every > 1 else next(size for most, size in _LETTERS if len(names) <= most)}
    places = {"tickvals": np.arange(len(names))[::every], "ticktext": ticks(names, most)[::every], "tickfont": font}
    return axis("", showgrid=False, **places, **more)


def _numbers(values: Any, top: float, form: str) -> list[Figure]:
    """The number in each cell, in the ground's colour where the cell is dark; .83 for 0.83 where there are many."""
    many = max(values.shape) > 8
    size, dark = 10 if many else 11, 0.6 * top
    fonts = {True: {"size": size, "color": palette.PAPER}, False: {"size": size, "color": palette.TEXT}}
    known = [(i, j, float(v)) for (i, j), v in np.ndenumerate(values) if np.isfinite(v)]
    return [_figure.words(_inside(v, form, many), j, i, font=fonts[abs(v) > dark]) for i, j, v in known]


def _inside(value: float, form: str, many: bool) -> str:
    if form == "d":
        return f"{int(value):d}"
    text = number(value, 2).replace("-", "−")
    return text.replace("0.", ".", 1) if many and abs(value) < 0.995 else text


def _named(figure: Figure, xlabel: str, ylabel: str) -> Figure:
    for layout in (figure["layout"], figure["layout"]["meta"]["narrow"]):
        for key, name in (("xaxis", xlabel), ("yaxis", ylabel)):
            layout[key] |= axis(name, showgrid=False)
    return figure
