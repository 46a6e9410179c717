"""What the features of a run have learned: each of these pictures is drawn where the method has it for these data."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.learning.encoder_views import FARTHEST, NEAREST
from dashboard.charts import heat, learned
from dashboard.text import t
from dashboard.widgets import label_names, layout
from dashboard.widgets.live import in_pairs
from dashboard.widgets.shown import Shown

Figures = dict[str, dict[str, Any] | None]


def draw(s: Shown, chart: Any) -> Figures:
    """The figures, two in a row; returns them by name."""
    found: Figures = {name: figure for name, make in PICTURES.items() if (figure := make(s)) is not None}
    if not found:
        sentence = (
            t("These pictures come with the first epochs.")
            if s.run.active
            else t("This run has none of these pictures.")
        )
        layout.empty(sentence)
        return {}
    in_pairs(chart, found, dict.fromkeys(found, 380), "")
    if "before" in found:
        st.caption(
            t("k-means on rows held out of training, as many clusters as classes, matched to the labels one to one.")
        )
    if "colour" in found:
        st.caption(_without_colour(s))
    return found


def _without_colour(s: Shown) -> str:
    """What becomes of the features, and of a probe of them, when colour is taken away."""
    seen = s.picture("colour") or {}
    moved = t(
        "Mean colour as a linear function of the features, fitted on half of the held-out pictures and scored on the others. "
        "Without colour a picture's features move by {share} of the distance between two pictures.",
        share=f"{float(seen['grey_moves']):.0%}",
    )
    if "accuracy" not in seen:
        return moved
    colour, grey = (f"{float(share):.1%}" for share in seen["accuracy"])
    said = t(
        "A linear probe fitted on that half, fewer pictures than on the tab Probes, scores {colour} on the others and {grey} on "
        "the same in grey.",
        colour=colour,
        grey=grey,
    )
    return f"{moved} {said}"


def local(s: Shown) -> dict[str, Any] | None:
    """What each place of held-out pictures says of the features of the whole."""
    if (seen := _seen(s, "local")) is None:
        return None
    if "pictures" not in seen:
        return learned.columns(seen["scores"], t("What each column says of the features of its row"))
    return learned.places(
        seen["pictures"], seen["scores"], t("Where a picture says most of its features: strong colour")
    )


def _seen(s: Shown, name: str) -> dict[str, Any] | None:
    """A picture that this run may have."""
    return s.picture(name) if name in s.run.views else None


def _neighbours(s: Shown) -> dict[str, Any] | None:
    if (seen := _seen(s, "neighbours")) is None:
        return None
    labels = seen.get("labels")
    called = None if labels is None else [label_names.words(s, line) for line in labels.tolist()]
    title = t("Nearest and farthest pictures by their features")
    if labels is not None:
        same = labels[:, 1 : 1 + NEAREST] == labels[:, :1]
        title = t(
            "{n} of these {of} nearest pictures have the label of the first in their row",
            n=int(same.sum()),
            of=same.size,
        )
    return learned.alike(seen["pictures"], seen["distances"], FARTHEST, title, called)


def _before(s: Shown) -> dict[str, Any] | None:
    return _clusters(s, "before", 0, t("k-means on raw values: {share} on the diagonal"))


def _after(s: Shown) -> dict[str, Any] | None:
    return _clusters(s, "after", 1, t("k-means on the features: {share} on the diagonal"))


def _clusters(s: Shown, which: str, place: int, title: str) -> dict[str, Any] | None:
    if (seen := _seen(s, "clusters")) is None:
        return None
    names = label_names.words(s, seen["classes"].tolist())
    said = title.format(share=f"{float(seen['accuracy'][place]):.1%}")
    return heat.confusion(seen[which], names, names, title=said, xlabel=t("cluster, matched"), ylabel=t("true label"))


def _prior(s: Shown) -> dict[str, Any] | None:
    if (seen := _seen(s, "prior")) is None:
        return None
    title = t("Distance of σ(feature) from uniform: {ks} on average (KS)", ks=f"{float(seen['ks'].mean()):.2f}")
    return learned.spread(seen["density"], title)


def _dependence(s: Shown) -> dict[str, Any] | None:
    if (seen := _seen(s, "dependence")) is None:
        return None
    names = [str(i + 1) for i in range(len(seen["mi"]))]
    largest = float(np.max(seen["mi"]))
    return heat.matrix(
        names, seen["mi"], title=t("No two features share more than {mi} nats by rank", mi=f"{largest:.2f}")
    )


def _colour(s: Shown) -> dict[str, Any] | None:
    if (seen := _seen(s, "colour")) is None:
        return None
    share = f"{float(np.clip(seen['explained'], 0, 1).mean()):.0%}"
    return learned.colours(
        seen["explained"], t("The features explain {share} of the variance of mean colour", share=share)
    )


PICTURES = {
    "local": local,
    "neighbours": _neighbours,
    "before": _before,
    "after": _after,
    "prior": _prior,
    "dependence": _dependence,
    "colour": _colour,
}
