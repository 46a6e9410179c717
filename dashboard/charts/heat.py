"""Maps of numbers: surfaces over the plane, matrices between columns, tables of counts, pictures."""

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
_THIN = 30  # places from which labels would stand on each other


def surface(x: Any, y: Any, z: Any, title: str = "", xlabel: str = "x", ylabel: str = "y", zlabel: str = "",
            points: tuple[Any, Any] | None = None, diverging: bool = True, limit: float | None = None) -> Figure:  # fmt: skip
    """z (ny, nx) over x (nx,) and y (ny,): a critic, a pointwise MI, a density.

    diverging: colours run both ways from 0, up to ± limit (the largest |z| where None). points: (x, y) of a sample.
    """
    data = [_map(x, y, z, zlabel, diverging, _limit(limit, z))] + _dots(points)
    alt = _surface_alt(zlabel or Sentence("surface"), z)
    return figure(data, title, alt, _tight(xlabel), _tight(ylabel), showlegend=False)


def pair(x: Any, y: Any, z_left: Any, z_right: Any, titles: tuple[str, str], title: str = "", xlabel: str = "x",
         ylabel: str = "y", zlabel: str = "", points: tuple[Any, Any] | None = None, limit: float | None = None) -> Figure:  # fmt: skip
    """Two surfaces on one grid and one colour range: the critic T(x, y) beside the true pointwise MI."""
    top = _limit(limit, z_left, z_right)
    left, right = (_map(x, y, z, zlabel, True, top, name) for z, name in zip((z_left, z_right), titles, strict=True))
    left["showscale"] = False
    right |= {"xaxis": "x2", "yaxis": "y2"}
    alt = [_surface_alt(t, z) for t, z in zip(titles, (z_left, z_right), strict=True)]
    side = {"x": [0, 0.48], "x2": [0.52, 1]}
    wide = {"xaxis2": _tight(xlabel, domain=side["x2"], matches="x"),
            "yaxis2": _tight("", anchor="x2", matches="y", showticklabels=False)}  # fmt: skip
    head = [_subtitle(titles[0], 0.24), _subtitle(titles[1], 0.76)]
    stacked = {
        "xaxis": _tight("", domain=[0, 1], matches="x2", showticklabels=False),
        "yaxis": _tight(ylabel, domain=[0.56, 1]),
        "xaxis2": _tight(xlabel, domain=[0, 1], anchor="y2"),
        "yaxis2": _tight(ylabel, anchor="x2", matches="y", domain=[0, 0.44]),
        "annotations": [_subtitle(titles[0], 0.5), _subtitle(titles[1], 0.5, 0.44)],
    }
    meta = {"narrow": stacked, "narrow_height": 1.7, "top": 28}
    x_axis = _tight(xlabel, domain=side["x"])
    data = [left, right] + _dots(points) + _dots(points, xaxis="x2", yaxis="y2")
    return figure(data, title, alt, x_axis, _tight(ylabel), annotations=head, meta=meta, showlegend=False, **wide)


def density(x: Any, y: Any, p: Any, means: tuple[Any, Any] | None = None, weights: Any = None,
            baseline: tuple[Any, Any, str] | None = None, points: tuple[Any, Any] | None = None, title: str = "",
            xlabel: str = "x", ylabel: str = "y", zlabel: str = "p(y | x)", mean_label: str = "component means") -> Figure:  # fmt: skip
    """p(y | x) (ny, nx) over x and y, from the paper's colour up.

    means: (x (m,), means (m, k)), drawn as dots whose area follows weights (m, k). baseline: (x, y, label), a line.
    """
    data = [_map(x, y, p, zlabel, False, _peak(p))] + _dots(points)
    if means is not None:
        data.append(_means(*means, weights, mean_label))
    if baseline is not None:
        line = {"color": palette.VERMILION, "width": 2.2}
        data.append({"type": "scatter", "mode": "lines", "x": np.asarray(baseline[0]), "y": np.asarray(baseline[1]),
                     "name": safe(baseline[2]), "line": line, "hoverinfo": "skip", "showlegend": True})  # fmt: skip
    fixed = {"range": [float(np.min(y)), float(np.max(y))]}
    return figure(data, title, _surface_alt(zlabel, p), _tight(xlabel), _tight(ylabel, **fixed))


def _peak(p: Any) -> float:
    """Where a density is narrow it is very high: colours reach as far as nearly all of it, so that the rest is seen."""
    return float(np.nanquantile(np.asarray(p, float), 0.99)) or float(np.nanmax(p))


def matrix(labels: Sequence[str], values: Any, unit: str = "nats", title: str = "", text: Any = None) -> Figure:  # fmt: skip
    """Mutual information between columns: (n, n), NaN where there is none. text: (n, n) sentences for the pointer."""
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
    return out


def confusion(counts: Any, rows: Sequence[str], columns: Sequence[str], mapping: Sequence[int] | None = None,
              title: str = "", xlabel: str = "cluster", ylabel: str = "class") -> Figure:  # fmt: skip
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


def joint(p: Any, rows: Sequence[str], columns: Sequence[str], title: str = "", xlabel: str = "y", ylabel: str = "x") -> Figure:  # fmt: skip
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
    data = [{"type": "heatmap", "z": sheet, "colorscale": palette.scale(palette.SEQUENTIAL), "showscale": False,
             "hoverinfo": "skip", "zmin": 0.0, "zmax": max(float(np.nanmax(pictures)), 1e-12)}]  # fmt: skip
    names = [safe(r) for r in (rows if rows is not None else range(k))]
    places = {"tickvals": [i * (h + 1) + h / 2 - 0.5 for i in range(k)], "ticktext": names}
    y = axis("", autorange="reversed", showgrid=False, scaleanchor="x", constrain="domain", **places)
    x = axis("", showgrid=False, showticklabels=False, constrain="domain")
    alt = Sentence("{m} pictures from each of {k} groups.", m=m, k=k)
    return figure(data, title, alt, x, y, showlegend=False)


def _map(x: Any, y: Any, z: Any, label: str, diverging: bool, top: float, name: str = "") -> Figure:
    colours = palette.DIVERGING if diverging else palette.SEQUENTIAL
    return {"type": "heatmap", "x": np.asarray(x), "y": np.asarray(y), "z": np.asarray(z), "name": safe(name),
            "colorscale": palette.scale(colours), "zmin": -top if diverging else 0.0, "zmax": top, "colorbar": _bar(label),
            "hovertemplate": "x %{x:.3g}, y %{y:.3g}: %{z:.3g}<extra></extra>", "zsmooth": "fast"}  # fmt: skip


def _bar(label: str) -> Figure:
    title = {"text": safe(label), "side": "right", "font": {"size": 13}}
    return {"title": title, "thickness": 10, "outlinewidth": 0, "ticks": "", "nticks": 5, "len": 1.0}


def _limit(limit: float | None, *zs: Any) -> float:
    """The end of the colour range, in few digits so that it does not change with every update."""
    top = limit or max((float(np.nanmax(np.abs(np.asarray(z)))) for z in zs), default=1.0)
    return float(f"{top:.1g}") if limit is None and np.isfinite(top) and top > 0 else (top or 1.0)


def _dots(points: tuple[Any, Any] | None, **on: str) -> list[Figure]:
    if points is None:
        return []
    marker = {"size": 3, "color": palette.INK, "opacity": 0.45}
    return [{"type": "scatter", "mode": "markers", "x": np.asarray(points[0]), "y": np.asarray(points[1]),
             "marker": marker, "hoverinfo": "skip", "showlegend": False, "name": "sample", **on}]  # fmt: skip


def _means(x: Any, means: Any, weights: Any, label: str) -> Figure:
    means = np.asarray(means, float)
    size = 3 + 7 * np.sqrt(np.asarray(weights, float)) if weights is not None else np.full(means.shape, 5.0)
    marker = {"size": size.ravel(), "color": palette.ORANGE, "line": {"width": 0.6, "color": palette.PAPER}}
    return {"type": "scatter", "mode": "markers", "x": np.repeat(np.asarray(x, float), means.shape[1]),
            "y": means.ravel(), "marker": marker, "name": safe(label), "hoverinfo": "skip"}  # fmt: skip


def height(n: int) -> int:
    """Pixels in which the labels of n rows can be read."""
    return int(np.clip(280 + 14 * n, 440, 720))


def _cells(values: Any, rows: Sequence[str], columns: Sequence[str], title: str, alt: str | Sequence[str], label: str, top: float,
           text: Any, form: str = ".2f") -> Figure:  # fmt: skip
    """A matrix with its names; numbers in the cells where they fit."""
    rows, columns = list(map(str, rows)), list(map(str, columns))
    places = np.arange(len(columns)), np.arange(len(rows))
    words = text if text is not None else [[f"{r} · {c}: {v:.4g}" for c, v in zip(columns, line, strict=True)]
                                           for r, line in zip(rows, values, strict=True)]  # fmt: skip
    gap = 2 if max(values.shape) < _THIN else 1
    cell = {"type": "heatmap", "x": places[0], "y": places[1], "z": values, "zmin": 0.0, "zmax": top, "colorbar": _bar(label),
            "colorscale": palette.scale(palette.SEQUENTIAL), "xgap": gap, "ygap": gap, "hoverinfo": "text",
            "text": [[safe(w, 160) for w in line] for line in words]}  # fmt: skip
    x, y = _labels(columns, 16, _THIN, side="bottom"), _labels(rows, 20, _THIN, autorange="reversed")
    marks = _numbers(values, top, form) if max(values.shape) <= _ANNOTATE else []
    # On a phone: half the labels, and numbers in a few large cells only.
    narrow = {"xaxis": _labels(columns, 10, _THIN // 2, side="bottom"),
              "yaxis": _labels(rows, 12, _THIN // 2, autorange="reversed"),
              "annotations": marks if max(values.shape) <= _ANNOTATE // 2 else []}  # fmt: skip
    meta = {"narrow": narrow, "narrow_below": 400, "x_names": whole(columns), "y_names": whole(rows)}
    return figure([cell], title, alt, x, y, annotations=marks, showlegend=False, meta=meta)


def _labels(names: list[str], most: int, thin: int, **more: Any) -> Figure:
    """An axis with a name at each place; from `thin` places on at every k-th, so that they can be read."""
    every = 1 if len(names) < thin else -(-3 * len(names) // (2 * thin))
    font = {"size": 13 if len(names) <= 16 else 11}
    places = {"tickvals": np.arange(len(names))[::every], "ticktext": ticks(names, most)[::every], "tickfont": font}
    return axis("", showgrid=False, **places, **more)


def _numbers(values: Any, top: float, form: str) -> list[Figure]:
    """The number in each cell, in the ground's colour where the cell is dark; .83 for 0.83 where there are many."""
    many = max(values.shape) > 8
    return [{"x": j, "y": i, "text": _inside(float(v), form, many), "showarrow": False,
             "font": {"size": 10 if many else 11, "color": palette.PAPER if v > 0.6 * top else palette.TEXT}}
            for (i, j), v in np.ndenumerate(values) if np.isfinite(v)]  # fmt: skip


def _inside(value: float, form: str, many: bool) -> str:
    if form == "d":
        return f"{int(value):d}"
    text = number(value, 2).replace("-", "−")
    return text.replace("0.", ".", 1) if many and abs(value) < 0.995 else text


def _named(figure: Figure, xlabel: str, ylabel: str) -> Figure:
    for key, name in (("xaxis", xlabel), ("yaxis", ylabel)):
        figure["layout"][key] |= axis(name, showgrid=False)
    return figure


def _tight(title: str, **more: Any) -> Figure:
    return axis(title, showgrid=False, constrain="domain", **more)


def _subtitle(text: str, x: float, y: float = 1.0) -> Figure:
    return {"text": safe(text), "x": x, "y": y, "xref": "paper", "yref": "paper", "yanchor": "bottom",
            "showarrow": False, "font": {"size": 13}}  # fmt: skip


def _surface_alt(name: str, z: Any) -> Sentence:
    z = np.asarray(z, float)
    return Sentence("{name}: from {low} to {high}.", name=name, low=number(float(np.nanmin(z)), 2),
               high=number(float(np.nanmax(z)), 2))  # fmt: skip
