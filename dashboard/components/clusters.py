"""The figures of clustering, from runs as the store holds them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from dashboard.charts import bars, heat
from dashboard.charts import curves as charts
from dashboard.components import layout, pick
from dashboard.components.address import Address
from dashboard.components.live import show
from dashboard.components.player import Shown
from dashboard.text import t


def pictures(address: Address) -> dict[str, Any]:
    """Which pictures, as the data of a spec."""
    from core.data.images import SETS

    titles = {name: t(entry.title) for name, entry in SETS.items()}
    name = pick.choice(address, "i", titles, t("Pictures"), t("What is to be grouped."))
    st.caption(t(SETS[name].sentence))
    return {"images": name}


def numbers(s: Shown) -> None:
    """Accuracy where labels exist, the information that the views share, and the time."""
    result = s.result
    accuracy, mi = result.get("accuracy", s.last("accuracy")), result.get("mi", s.last("mi"))
    base = result.get("kmeans_accuracy", s.last("kmeans_accuracy"))
    k = _k(s)
    cells = st.columns(3)
    note = t("k-means: {value}", value=f"{base:.1%}") if base is not None else t("labels are used for this number only")
    layout.number(
        cells[0],
        t("Accuracy after matching"),
        "–" if accuracy is None else f"{accuracy:.1%}",
        note=note,
        help=t(
            "Clusters are matched to labels one to one by the Hungarian method, after training. Not used for training."
        ),
    )
    layout.number(
        cells[1],
        t("Information between views"),
        "–" if mi is None else f"{mi:.3f} {t('nats')}",
        note=t("at most ln {k} = {bound}", k=k, bound=f"{math.log(k):.3f}"),
        help=t("How much one view's cluster says about the other view's. Training maximises it."),
    )
    word = t("collapsed") if result.get("collapsed") else t(s.run.status)
    layout.number(cells[2], t("Time"), f"{s.run.seconds:.0f} s", note=word)
    if result.get("collapsed"):
        st.warning(
            t(
                "The clusters have collapsed: nearly all pictures are in a few of them. Try another seed or a larger entropy weight."
            )
        )


def _k(s: Shown) -> int:
    from core.discover import load
    from core.params import parameters

    spec = s.run.spec
    return (
        int(spec.parameters.get("n_clusters", parameters(load("clusterers", spec.method))["n_clusters"].default))
        if spec
        else 10
    )


def figures(s: Shown) -> dict[str, dict[str, Any]]:
    """What there is to see by now, by name, in the order of the page."""
    found = s.curves()
    method = s.run.spec.method if s.run.spec else s.run.id
    out: dict[str, dict[str, Any]] = {}
    loss = [
        charts.Curve(n, t(label), method, *found[n], kind)
        for n, label, kind in (
            ("loss", "mean of all heads", "training"),
            ("loss_best_head", "best head, all pictures", "held out"),
        )
        if n in found
    ]
    if loss:
        bound = math.log(_k(s))
        out["loss"] = charts.loss(
            loss,
            title=t("Loss: minus the information between two views"),
            ylabel=t("loss (nats)"),
            at=s.at,
            reference=(-bound, t("floor, −ln {k} = {value}", k=_k(s), value=f"{-bound:.3f}")),
            say=t,
        )
    if "accuracy" in found:
        line = charts.Curve("accuracy", t("IIC, matched to labels"), method, *found["accuracy"], "held out")
        base = s.result.get("kmeans_accuracy", s.last("kmeans_accuracy"))
        out["accuracy"] = charts.loss(
            [line],
            title=_accuracy_title(s, found["accuracy"][1]),
            ylabel=t("accuracy"),
            at=s.at,
            reference=None if base is None else (base, t("k-means on pixels, {value}", value=f"{base:.1%}")),
            say=t,
        )
    if (joint := s.picture("joint")) is not None:
        p = joint["joint"]
        names = [str(i) for i in range(len(p))]
        out["joint"] = heat.joint(
            p,
            names,
            names,
            xlabel=t("cluster of the other view"),
            ylabel=t("cluster of one view"),
            title=t("Joint of both views: a full diagonal means that views agree"),
            say=t,
        )
    if (matched := s.picture("confusion")) is not None:
        counts = matched["counts"]
        order = matched["order"]
        out["confusion"] = heat.confusion(
            counts,
            [str(i) for i in range(counts.shape[0])],
            [str(int(c)) for c in order],
            title=t("Labels against clusters, after Hungarian matching"),
            say=t,
        )
    if (sizes := s.picture("sizes")) is not None:
        counts = sizes["sizes"]
        out["sizes"] = bars.sizes(
            [str(i) for i in range(len(counts))],
            counts,
            title=t("Pictures in each cluster"),
            expected=float(np.mean(counts)),
            say=t,
        )
    if (gallery := s.picture("gallery")) is not None:
        shown = gallery["pictures"]
        out["gallery"] = heat.gallery(
            shown,
            [str(i) for i in range(len(shown))],
            title=t("The most certain pictures of each cluster"),
            say=t,
        )
    return out


def _accuracy_title(s: Shown, values: np.ndarray) -> str:
    """The kept weights are those of the best epoch by loss, so the last point is not always where a run ends."""
    if (accuracy := s.result.get("accuracy")) is not None:
        return t("Accuracy ends at {value}", value=f"{accuracy:.1%}")
    return t("Accuracy is {value} by now", value=f"{values[-1]:.1%}") if len(values) else t("Accuracy")


def preview(data: dict[str, Any]) -> None:
    """Some of the pictures, before anything runs."""
    pictures = _pictures(data["images"])
    show(
        heat.gallery(pictures, title=t("Some of the pictures, as they are given to the method: without labels"), say=t),
        key="cluster-preview",
        height=420,
    )
    st.caption(t("Press Start to train. Nothing runs before."))


@st.cache_data(max_entries=8, show_spinner=False)
def _pictures(name: str) -> np.ndarray:
    from core.data.images import image_source

    x = image_source(name, None, 0).x[:60].astype(np.float32)
    return (x / max(float(x.max()), 1.0))[:, 0].reshape(5, 12, *x.shape[2:])
