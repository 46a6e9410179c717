"""A representation of a graph's nodes while it is learned, and what it is worth once it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import discover
from core.data.graphs.layout import nearest, spring
from core.data.references import parse
from core.spec import Spec
from dashboard.charts import curves, graphs, representations
from dashboard.screens.representation.after_run import after_training, below, unlabelled, without_probes
from dashboard.text import t
from dashboard.widgets import embedding, layout, standing
from dashboard.widgets.shown import Shown

# What features are compared with: name → (label, colour and mark).
BESIDE = {"random": ("untrained network", "random"), "pixels": ("raw features", "pixels")}
_DRAWN = 1_500  # nodes in the picture of the graph
_SIDES, _HEIGHT = (("graph",), ("probe", "loss")), 560  # what stands side by side, and how high each side is


@st.cache_data(max_entries=8, show_spinner=False)
def placed(data: str, seed: int) -> dict[str, Any]:
    """What of a graph is drawn: "rows", "places", "edges" between these, "groups", "names" of groups and "nodes", "total".

    Errors: ValueError where the graph is not here.
    """
    reference = parse(Spec.model_validate_json(data).data.model_dump(exclude_none=True))
    source: Any = reference.source(seed, "encoders")
    rows = nearest(len(source), source.edges, _DRAWN)
    place = np.full(len(source), -1)
    place[rows] = np.arange(len(rows))
    edges = (ends := place[source.edges])[(ends >= 0).all(1)]
    return {
        "rows": rows,
        "places": spring(len(rows), edges),
        "edges": edges,
        "groups": None if source.labels is None else np.asarray(source.labels)[rows],
        "names": reference.label_names() if source.labels is not None else (),
        "nodes": [source.names[i] if source.names else str(i + 1) for i in rows],
        "total": len(source),
        "all_edges": len(source.edges),
    }


def picture(spec: Spec, seen: dict[str, Any] | None = None) -> dict[str, Any]:
    """The graph of a spec; with the view "nodes" as strong as the network is sure of each. Errors: ValueError."""
    found = placed(spec.to_json(), spec.seed)
    sure = None
    if seen is not None and len(seen["rows"]) == found["total"]:
        sure = seen["genuine"][found["rows"]]
    kept = {k: found[k] for k in ("places", "edges", "groups", "names", "nodes")}
    return graphs.drawn(**kept, sure=sure, title=_title(found, sure))


def _title(found: dict[str, Any], sure: Any) -> str:
    n, m = len(found["rows"]), len(found["edges"])
    if n < found["total"]:
        return t(
            "{n} of {total} nodes, around the one with the most neighbours", n=f"{n:,}", total=f"{found['total']:,}"
        )
    if sure is not None:
        return t(
            "The critic rates nodes as genuine with a probability of {share} on average",
            share=f"{float(np.mean(sure)):.0%}",
        )
    if m > graphs.EDGES:
        return t("{n} nodes; {few} of {m} edges are drawn", n=f"{n:,}", few=f"{graphs.EDGES:,}", m=f"{m:,}")
    return t("{n} nodes and {m} edges", n=f"{n:,}", m=f"{m:,}")


def preview(specs: Any) -> None:
    """The graph that Start would learn from, or what is missing."""
    if isinstance(specs, str):
        layout.empty(specs)
        return
    from dashboard.widgets import server
    from dashboard.widgets.live import show

    try:
        figure = picture(specs[0])
    except ValueError as error:
        layout.empty(t(error))
        return
    show(figure, key="representation-graph", height=520)
    st.caption(server.invitation(t("Press Start: a network learns features of the nodes. It never sees a class.")))


def numbers(s: Shown) -> None:
    """Accuracy of the probes with its spread, the lowest loss, and the time."""
    cells, table = layout.numbers(), s.result.get("probes", {})
    score = table["features"]["linear"] if table else None
    now = s.last("probe")
    value = "–" if now is None else f"{now:.1%}"
    value = f"{score['test']:.1%} ± {100 * score['sd']:.1f}" if score else value
    said = " · ".join(f"{t(BESIDE[name][0])} {v:.1%}" for name, v in _beside(s).items())
    layout.number(
        cells,
        t("Linear probe"),
        value,
        note=said or (t("needs data with labels") if unlabelled(s) else ""),
        help=t(
            "Accuracy of logistic regression on the features, on nodes that choose nothing: mean and standard deviation of 50 probes of this one run."
        ),
    )
    loss = s.result.get("lowest_loss", s.last("loss"))
    layout.number(
        cells,
        t("Lowest loss") if "lowest_loss" in s.result else t("Loss"),
        "–" if loss is None else f"{loss:.3f}",
        note=_loss_label(s),
    )
    layout.number(cells, t("Time"), standing.took(s.run), note=t(s.run.status))


def training(page: str, s: Shown, chart: Any) -> None:
    """The live page: the graph beside the curves, and all that the network makes of the nodes below."""
    numbers(s)
    found = {"graph": _graph(s), "probe": _probe(s), "loss": _loss(s)}
    shown = {name: figure for name, figure in found.items() if figure or s.expects(name, told_by="loss")}
    sides = [side for names in _SIDES if (side := [name for name in names if name in shown])]
    for column, side in zip(st.columns(len(sides) or 1), sides, strict=False):
        with column:
            for name in side:
                waiting = t("This picture comes with the first steps.")
                chart(name).show(shown[name], height=_HEIGHT // len(side), waiting=waiting)
    after_training(page, s, shown)


def probed(page: str, s: Shown, chart: Any) -> None:
    """What fifty probes of the nodes find, drawn and as a table."""
    numbers(s)
    table = s.result.get("probes")
    if not table:
        return without_probes(s)
    names = {"features": t("learned features")} | {name: t(label) for name, (label, _) in BESIDE.items()}
    said = {name: table[name]["linear"] for name in names if name in table}
    title = t(
        "Fifty probes: {values}",
        values="; ".join(f"{names[n]} {v['test']:.1%} ± {100 * v['sd']:.1f}" for n, v in said.items()),
    )
    figure = representations.probes(table, names, {"linear": t("linear")}, title=title)
    chart("probes").show(figure, height=300)
    rows = [
        {
            t("features"): names[name],
            t("scored nodes"): f"{v['test']:.1%} ± {100 * v['sd']:.1f}",
            t("fitted nodes"): f"{v['train']:.1%}",
        }
        for name, v in said.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=t("Accuracy of the probes on each kind of features."))
    st.caption(_division(s, said["features"]))
    below(f"{page}.probes", s, {"probes": figure})


def learned_of(page: str, s: Shown, chart: Any) -> None:
    """The features of all nodes along their principal components."""
    numbers(s)
    if not embedding.learned(f"{page}-{s.run.id}-learned", s.run):
        soon = t("The features of all nodes appear here once the run has ended.")
        layout.empty(standing.without_result(s) or soon)
    below(f"{page}.learned", s, {})


def _division(s: Shown, score: dict[str, Any]) -> str:
    """On which nodes the probes are fitted, chosen and scored."""
    n = f"{score['n']:,}"
    if s.result.get("scored_on") == "published":
        return t(
            "Each probe begins from other weights and is fitted on the published training nodes; its penalty is chosen on the "
            "published validation nodes, and {n} published test nodes are scored. Bars are one standard deviation.",
            n=n,
        )
    return t(
        "Each probe has a random division of its own: at most 20 nodes of a class to fit on, a quarter of the others to "
        "choose its penalty by, and {n} to score. Bars are one standard deviation.",
        n=n,
    )


def _method(s: Shown) -> str:
    return s.run.spec.method if s.run.spec else ""


def _loss_label(s: Shown) -> str:
    """What the method says its loss is."""
    return t(getattr(discover.load("encoders", _method(s)), "descends", "loss")) if s.run.spec else ""


def _graph(s: Shown) -> dict[str, Any] | None:
    if s.run.spec is None:
        return None
    try:
        return picture(s.run.spec, s.picture("nodes"))
    except ValueError:  # an upload that is gone: the run's own curves are still there
        return None


def _loss(s: Shown) -> dict[str, Any] | None:
    found = s.curves()
    if "loss" not in found:
        return None
    line = curves.Curve("loss", t("whole graph"), _method(s), *found["loss"], "training")
    return curves.loss([line], title=t("The loss of each step"), ylabel=_loss_label(s), at=s.at)


def _beside(s: Shown) -> dict[str, float]:
    """What probes of other features find: three of them while it learns, fifty once it has ended, as of the learned ones."""
    table = s.result.get("probes", {})
    found = {name: table[name]["linear"]["test"] if name in table else s.last(f"probe_{name}") for name in BESIDE}
    return {name: value for name, value in found.items() if value is not None}


def _probe(s: Shown) -> dict[str, Any] | None:
    found = s.curves()
    if "probe" not in found:
        return None
    steps, values = found["probe"]
    lines = [
        curves.Curve(name, f"{t(BESIDE[name][0])} {v:.1%}", BESIDE[name][1], [1], [v], "closed form")
        for name, v in _beside(s).items()
    ]
    kept = curves.Curve("probe", t("learned features"), _method(s), steps, values, "held out")
    mark, title = None, t("Mean accuracy of three probes while it learns")
    if s.result.get("probes"):
        score = s.result["probes"]["features"]["linear"]
        mark = (s.run.step, score["test"], t("50 probes at the end: {value}", value=f"{score['test']:.1%}"))
        if score["test"] - max(_beside(s).values(), default=0.0) < score["sd"]:
            title = t("On these nodes learning gains nothing beyond the spread of the probes")
    return representations.watched(kept, lines, title=title, at=s.at, result=mark, until=s.at or s.run.step)
