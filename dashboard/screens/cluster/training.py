"""A clustering while it is learned: three numbers, the loss above its floor, accuracy of every head, and how heads agree."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from core import discover
from dashboard.charts import bars, clusters, heat
from dashboard.charts import curves as charts
from dashboard.charts.palette import VERMILION
from dashboard.screens.cluster import cluster_names
from dashboard.text import t
from dashboard.widgets import export, layout, standing, trust_summary
from dashboard.widgets.live import in_pairs
from dashboard.widgets.player import UNDER_WAY
from dashboard.widgets.shown import Shown

Figures = dict[str, dict[str, Any] | None]
_HEIGHTS = {"loss": 310, "accuracy": 310, "joint": 300, "agreement": 300, "sizes": 270}


def k_of(s: Shown) -> int:
    """The number of clusters that a run was asked for."""
    return int(s.parameter("n_clusters") or 10)


def value(s: Shown, name: str) -> float | None:
    """A number from the result, or else the last of its curve."""
    found = s.result.get(name)
    return s.last(name) if found is None else float(found)


def kept(s: Shown) -> tuple[int, float] | None:
    """The step after which the kept weights stood and their loss: of the result, or by now; None before the first epoch."""
    if "kept_step" in s.result:
        return int(s.result["kept_step"]), float(s.result["loss"])
    steps, losses = s.curve("loss_best_head")
    best = int(np.argmin(losses)) if len(steps) else -1
    return None if best < 0 else (int(steps[best]), float(losses[best]))


def counted(s: Shown) -> str:
    """Which rows and which weights the numbers are of; empty where nothing needs to be said."""
    rows, seen = value(s, "rows"), value(s, "rows_looked_at")
    if seen is None or rows is None:
        return ""
    part = t("{seen} of the {rows} rows, the same after every epoch", seen=f"{seen:,.0f}", rows=f"{rows:,.0f}")
    if "kept_step" not in s.result:
        return "" if seen == rows else t("The numbers so far are of {part}.", part=part)
    weights = t("The weights after step {step} are kept, where the loss was lowest.", step=f"{s.result['kept_step']:,}")
    if seen == rows:
        return weights
    return weights + " " + t("Loss, information and the curves are of {part}; all else is of all rows.", part=part)


def numbers(s: Shown) -> None:
    """Agreement with the labels (or of the heads), the share of the information that is reached, and the time."""
    cells = st.columns(3)
    _agreement(cells[0], s)
    mi, bound = value(s, "mi"), math.log(max(k_of(s), 2))
    said = t("at most ln {k} nats", k=k_of(s))
    if mi is not None:
        said = t("{mi} of ln {k} = {bound} nats", mi=f"{mi:.3f}", k=k_of(s), bound=f"{bound:.3f}")
    help = (
        "What training maximises, seen without labels: 100 % when all views agree and all clusters are equally large."
    )
    share = "–" if mi is None else f"{mi / bound:.1%}"
    layout.number(cells[1], t("Information, I / ln k"), share, note=said, help=t(help))
    layout.number(cells[2], t("Time"), standing.took(s.run), note=t(s.run.status))


def notes(s: Shown) -> None:
    """Of which rows the numbers are, and whether the clusters have collapsed: below the pictures, which stay in place."""
    if said := counted(s):
        st.caption(said)
    if s.result.get("collapsed") or (s.run.status in UNDER_WAY and s.last("collapsed")):
        st.warning(_collapse(s), icon=":material/warning:")


def _collapse(s: Shown) -> str:
    from core.clusterers._report import EVEN

    used = value(s, "clusters_in_use")
    return t(
        "The clusters have collapsed: the rows are spread as over {used} clusters of equal size, fewer than {least} of "
        "the {k} asked for. Try fewer clusters, another seed, or a larger entropy weight.",
        used="–" if used is None else f"{used:.1f}",
        least=f"{EVEN:.0%}",
        k=k_of(s),
    )


def _agreement(cell: Any, s: Shown) -> None:
    accuracy, test = value(s, "accuracy"), value(s, "test_accuracy")
    if accuracy is None and (agree := value(s, "agreement_all")) is not None:
        layout.number(
            cell,
            t("Agreement of heads (NMI)"),
            f"{agree:.2f}",
            note=t("mean of all pairs; 1 for equal clusters"),
            help=t("The heads start differently. Where they end with the same clusters, the data speak for them."),
        )
        return
    beside = ((t("test pictures"), test), (_baseline(s, t("k-means")), value(s, "kmeans_accuracy")))
    said = " · ".join(f"{name} {number:.1%}" for name, number in beside if number is not None)
    layout.number(
        cell,
        t("Accuracy after matching"),
        "–" if accuracy is None else f"{accuracy:.1%}",
        note=said or t("labels only score it"),
        help=t(
            "Each cluster is matched to one label by the Hungarian method. Labels are used for this number only, never for training or choosing."
        ),
    )


def training(s: Shown, chart: Any) -> None:
    """The live page: what there is by now, two in a row."""
    numbers(s)
    shown = figures(s)
    in_pairs(chart, shown, _HEIGHTS, t("This picture comes with the first epochs."))
    notes(s)
    with st.container(horizontal=True):
        export.figures("cluster", shown)
        export.runs("cluster", [s.run.spec] if s.run.spec else [])


def figures(s: Shown) -> Figures:
    """The pictures of training by name, in their order: None where it may still come, left out where it will not."""
    found = {"loss": _loss(s), "accuracy": _accuracy(s), "joint": _joint(s), "agreement": _heads(s), "sizes": _sizes(s)}
    come = {name: s.expects(name, told_by="epoch") for name in found}
    come["agreement"] &= _several_heads(s)
    return {name: figure for name, figure in found.items() if figure or come[name]}


def _loss(s: Shown) -> dict[str, Any] | None:
    found, floor, best = s.curves(), value(s, "floor"), kept(s)
    heads: list[tuple[str, str, charts.Kind]] = [
        ("loss", "mean of all heads (those behind start anew)", "training"),
        ("loss_best_head", "best head", "held out"),
    ]
    lines = [
        charts.Curve(name, t(label), _method(s), *found[name], kind) for name, label, kind in heads if name in found
    ]
    if not lines:
        return None
    title = t("The loss of the heads falls")
    if best is not None and floor is not None:
        title = t(
            "The loss of the best head is {gap} nats above its floor",
            gap=trust_summary.difference(best[1], floor, "nats").split()[0],
        )
    reference = None if floor is None else (floor, t("floor {value}", value=f"{floor:.3f}".replace("-", "−")))
    figure = charts.loss(lines, title=title, ylabel=t("loss (nats)"), at=s.at, reference=reference)
    if best is None:
        return figure
    return charts.mark(figure, [best[0]], [best[1]], t("kept"), VERMILION)


def _accuracy(s: Shown) -> dict[str, Any] | None:
    found = s.curves()
    if "accuracy" not in found or len(found["accuracy"][0]) < 2:
        return None
    best = charts.Curve("accuracy", t("best head by loss"), _method(s), *found["accuracy"], "held out")
    each = [
        charts.Curve(name, t("each head"), _method(s), *found[name], "training")
        for name in sorted(n for n in found if n.startswith("accuracy_"))
    ]
    test = found.get("test_accuracy")
    baselines = discover.load("clusterers", _method(s)).baselines if s.run.spec else {}
    beaten = [
        charts.Curve(method, f"{_baseline(s, t(label))} {share:.1%}", method, [1], [share], "closed form")
        for name, (label, method) in baselines.items()
        if (share := value(s, name)) is not None
    ]
    figure = clusters.accuracy(
        best,
        each,
        charts.Curve("test", t("test pictures"), "test", *test, "held out") if test else None,
        beaten,
        title=_accuracy_title(s, *found["accuracy"]),
        at=s.at,
    )
    # The curves go on after the epoch that is kept, and may look at fewer rows: what the run says at its end is ringed.
    ends = [s.result[name] for name in ("accuracy", "test_accuracy") if name in s.result]
    step = kept(s)
    if not ends or step is None:
        return figure
    return charts.mark(figure, [step[0]] * len(ends), ends, t("kept"), VERMILION, percent=True)


def _baseline(s: Shown, label: str) -> str:
    """Its name, and of how many rows it is where these are not all."""
    of, rows = value(s, "kmeans_rows"), value(s, "rows")
    return label if of is None or of == rows else t("{method} of {n} rows", method=label, n=f"{of:,.0f}")


def _accuracy_title(s: Shown, steps: np.ndarray, values: np.ndarray) -> str:
    if (accuracy := s.result.get("accuracy")) is not None:
        return t("Accuracy of the kept clusters is {value}; labels were not used for training", value=f"{accuracy:.1%}")
    at = {"value": f"{values[-1]:.1%}", "step": f"{int(steps[-1]):,}"}
    return t("Accuracy is {value} after step {step}; labels are not used for training", **at)


def _joint(s: Shown) -> dict[str, Any] | None:
    if (joint := s.picture("joint")) is None:
        return None
    p = joint["joint"]
    numbered = [str(i) for i in range(len(p))]
    return heat.joint(
        p,
        numbered,
        numbered,
        xlabel=t("cluster of the other view"),
        ylabel=t("cluster of one view"),
        title=t("Two views get the same cluster {share} of the time: the diagonal", share=f"{np.trace(p):.0%}"),
    )


def _heads(s: Shown) -> dict[str, Any] | None:
    if (seen := s.picture("agreement")) is None or len(seen["nmi"]) < 2:
        return None
    return clusters.agreement(seen["nmi"], int(seen["kept"]))


def _several_heads(s: Shown) -> bool:
    return int(s.parameter("heads") or 1) > 1


def _sizes(s: Shown) -> dict[str, Any] | None:
    seen = s.picture("sizes")
    if (found := s.result.get("sizes") if seen is None else seen["sizes"]) is None:
        return None
    counts = np.asarray(found)
    said = {"low": f"{counts.min():,}", "high": f"{counts.max():,}", "mean": f"{counts.mean():,.0f}"}
    return bars.sizes(
        cluster_names.numbered(s, len(counts), short=True),
        counts,
        title=t("Clusters hold from {low} to {high} rows; equal ones would hold {mean}", **said),
        expected=float(np.mean(counts)),
        xlabel=t("cluster and “its name”") if cluster_names.labels(s) else t("cluster"),
    )


def _method(s: Shown) -> str:
    return s.run.spec.method if s.run.spec else s.run.id
