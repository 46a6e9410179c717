"""What clusterings are judged by: accuracy of every head beside the lines to beat, agreement of heads, one row's clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import curves, palette
from dashboard.charts._figure import Figure, axis, bars, dots, figure, number, safe
from dashboard.charts.heat import _cells, _named

_DASHES = ("3px,3px", "9px,3px")  # the lines to beat, told apart without their colour


def accuracy(
    kept: curves.Curve,
    heads: Sequence[curves.Curve] = (),
    test: curves.Curve | None = None,
    baselines: Sequence[curves.Curve] = (),
    title: str = "",
    at: float | None = None,
) -> Figure:
    """Accuracy against the step: the kept head bold, each head thin, rows never trained on dashed, baselines level.

    heads are of kind "training", kept and test "held out", baselines "closed form". Values from 0 to 1.
    """
    extra = [test] if test else []
    out = curves.loss([*heads, *baselines, kept, *extra], title, Sentence("accuracy"), at)
    drawn = {
        id(c): t for c, t in zip(sorted([*heads, *baselines, kept, *extra], key=_weight), out["data"], strict=True)
    }
    for i, head in enumerate(heads):
        drawn[id(head)] |= {"showlegend": i == 0, "hoverinfo": "skip", "opacity": 0.4, "legendgroup": "heads"}
        drawn[id(head)].pop("hovertemplate")
    for i, line in enumerate(baselines):
        drawn[id(line)]["line"]["dash"] = _DASHES[i % 2]
    if test:
        drawn[id(test)]["line"] |= {"color": palette.VERMILION, "dash": "6px,2px"}
    for trace in out["data"]:
        if "hovertemplate" in trace:
            trace["hovertemplate"] = "%{y:.1%}"
            trace.pop("marker", None)
            trace["mode"] = "lines"
    out["layout"]["yaxis"] |= {"tickformat": ".0%"}
    out["layout"]["legend"] |= {"traceorder": "normal"}  # groups would stand one below the other
    return out


def _weight(curve: curves.Curve) -> int:
    """The order in which `curves` draws: it sorts by kind and keeps the rest."""
    return ("training", "loss", "closed form", "held out").index(curve.kind)


def agreement(nmi: Any, kept: int) -> Figure:
    """NMI between the clusterings of all heads, (h, h) from 0 to 1; the kept head's row is framed."""
    nmi = np.asarray(nmi, float)
    names = [str(i + 1) for i in range(len(nmi))]
    mean = float(nmi[~np.eye(len(nmi), dtype=bool)].mean()) if len(nmi) > 1 else 1.0
    title = Sentence("Heads agree with each other: NMI {mean} on average", mean=number(mean, 2))
    alt = Sentence(
        "Agreement of {h} heads; the mean of all pairs is {value}. The kept head is {kept}.",
        h=len(nmi),
        value=number(mean, 2),
        kept=kept + 1,
    )
    out = _named(_cells(nmi, names, names, title, alt, Sentence("NMI"), 1.0, None), Sentence("head"), Sentence("head"))
    line = {"color": palette.VERMILION, "width": 2}
    whole = {"type": "rect", "line": line, "x0": -0.5, "x1": len(nmi) - 0.5, "y0": kept - 0.5, "y1": kept + 0.5}
    out["layout"]["shapes"] = [whole]
    return out


def heads(loss: Any, right: Any, kept: int, title: str = "") -> Figure:
    """Each head's accuracy against its loss on views and near rows, all that the choice sees; the kept one is ringed."""
    loss, right = np.asarray(loss, float), np.asarray(right, float)
    words = [Sentence("head {i}", i=i + 1) for i in range(len(loss))]
    marker: Figure = {"size": 9, "color": palette.BLUE, "opacity": 0.75}
    hover = "%{text}: %{y:.1%}<extra></extra>"
    each = dots(loss, right, Sentence("each head"), text=words, marker=marker, hovertemplate=hover)
    marker = {"size": 18, "symbol": "circle-open", "color": palette.VERMILION, "line": {"width": 2.5}}
    ring = dots(loss[[kept]], right[[kept]], Sentence("the kept head"), marker=marker, hoverinfo="skip")
    alt = Sentence(
        "Accuracy of {h} heads against their loss. The kept one has {kept}, the best {best}.",
        h=len(loss),
        kept=f"{right[kept]:.1%}",
        best=f"{right.max():.1%}",
    )
    return figure(
        [each, ring],
        title,
        alt,
        axis(Sentence("loss on views and near rows (nats)")),
        axis(Sentence("accuracy"), tickformat=".1%"),
    )


def chances(names: Sequence[Any], p: Any, title: str = "") -> Figure:
    """How one row is shared out between the clusters, (k,): a bar for each, the largest in another colour."""
    p = np.asarray(p, float)
    places, best = np.arange(len(p)), int(p.argmax())
    colours = [palette.VERMILION if j == best else palette.BLUE for j in places]
    look = {"orientation": "h", "marker": {"color": colours}, "hovertemplate": "%{text}: %{x:.1%}<extra></extra>"}
    bar = bars(p, places, [safe(n) for n in names], **look)
    alt = Sentence("The likeliest cluster is {name}, with {p}.", name=names[best], p=f"{p[best]:.1%}")
    y = axis("", tickvals=places, ticktext=[safe(n, 24) for n in names], autorange="reversed", showgrid=False)
    x = axis(Sentence("probability"), range=[0, 1], tickformat=".0%")
    return figure([bar], title, alt, x, y, showlegend=False)
