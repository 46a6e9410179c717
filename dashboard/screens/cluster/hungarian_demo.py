"""How clusters get labels: a small example to play with, every assignment beside the one that the Hungarian method finds."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.assignment import Assignment, many_to_one, match
from dashboard import state
from dashboard.charts import matching
from dashboard.text import t
from dashboard.widgets import export
from dashboard.widgets.live import show

LABELS, CLUSTERS = (0, 0, 1, 1, 2), (1, 1, 2, 0, 0)  # five samples, three clusters: cost −4, 80 %
MOST = 9  # the largest label or cluster of the example
_TRIED = 4  # up to four clusters all 24 assignments fit into a list


def example() -> None:
    """Type labels and clusters at the left; the cost table and the assignment follow at the right."""
    st.markdown(
        t(
            "A clustering numbers its groups in any order, so each must be matched to a label before the two can be "
            "compared. A pair of cluster and label costs **minus** the number of samples that they share; the Hungarian "
            "method finds the matching with the lowest total without trying all k! of them."
        )
    )
    left, right = st.columns([1, 1.9], gap="medium")
    with left:
        rows = _table()
        st.caption(t("Labels and clusters are whole numbers from 0 to {most}; nothing else is taken.", most=MOST))
        st.button(t("Back to the example"), key="matching.reset", on_click=_reset, icon=":material/restart_alt:")
    labels, clusters = rows["label"].to_numpy(int), rows["cluster"].to_numpy(int)
    if not len(rows):
        right.caption(t("Add at least one sample."))
        return
    k = int(max(clusters.max(), labels.max())) + 1
    found = match([*labels], [*clusters], k)
    with right:
        _numbers(found, many_to_one(labels, clusters, k))
        title = t("The framed cells cost {total} together: the least possible", total=_minus(found.correct))
        figure = matching.cost(found.counts, found.mapping, list(found.classes), title)
        show(figure, "matching-cost", height=230)
        st.markdown(_sentence(found))
    if k <= _TRIED and len(found.classes) == k:
        _all(found)
    else:
        st.caption(_too_many(k, len(found.classes)))
    export.figures("matching", {"cost": figure})


def _table() -> pd.DataFrame:
    """The samples as typed; rows that are not complete do not count."""
    start = pd.DataFrame({"label": LABELS, "cluster": CLUSTERS})
    numbers = {
        name: st.column_config.NumberColumn(label, min_value=0, max_value=MOST, step=1, default=0, required=True)
        for name, label in (("label", t("true label")), ("cluster", t("cluster found")))
    }
    key = f"matching.samples{state.chosen('matching') or 0}"
    edited = st.data_editor(start, key=key, num_rows="dynamic", column_config=numbers, height=250, width="stretch")
    return edited.dropna().clip(0, MOST)


def _reset() -> None:
    state.choose("matching", (state.chosen("matching") or 0) + 1)


def _numbers(found: Assignment, loose: Assignment) -> None:
    cells = st.columns(3)
    cells[0].metric(t("Total cost"), _minus(found.correct), help=t("The sum of the framed cells."))
    cells[1].metric(t("Accuracy"), f"{found.accuracy:.0%}", help=t("Minus the cost, divided by the number of samples."))
    cells[2].metric(
        t("Many to one"),
        f"{loose.accuracy:.0%}",
        help=t(
            "Each cluster takes its commonest label, so that two may share one: 100 % when every sample is its own cluster."
        ),
    )


def _sentence(found: Assignment) -> str:
    pairs = [
        t("cluster {j} → label {label}", j=j, label=found.classes[i])
        for j, i in enumerate(found.mapping)
        if i >= 0 and found.counts[:, j].sum()
    ]
    n = int(found.counts.sum())
    return t(
        "{pairs}. So {right} of {n} samples agree: {share}.",
        pairs=", ".join(pairs),
        right=found.correct,
        n=n,
        share=f"{found.accuracy:.0%}",
    )


def _all(found: Assignment) -> None:
    """Every one-to-one assignment with its cost, the least first."""
    k = found.counts.shape[1]
    tried = [(-int(found.counts[list(p), np.arange(k)].sum()), p) for p in permutations(range(k))]
    rows = [
        {
            t("assignment"): ", ".join(f"{j} → {found.classes[i]}" for j, i in enumerate(p)),
            t("total cost"): cost,
            t("accuracy"): f"{-cost / found.counts.sum():.0%}",
        }
        for cost, p in sorted(tried)
    ]
    with st.expander(t("All {n} assignments", n=len(rows))):
        st.dataframe(pd.DataFrame(rows), hide_index=True, height=min(250, 36 * (len(rows) + 1)))


def _too_many(k: int, labels: int) -> str:
    """Why the assignments are not listed."""
    if k > _TRIED:
        n = f"{factorial(k):,}"
        return t("All assignments are listed for up to {most} clusters; {k} have {n}.", most=_TRIED, k=k, n=n)
    return t(
        "All assignments are listed where there are as many labels as clusters; here are {n} and {k}.", n=labels, k=k
    )


def _minus(n: int) -> str:
    return f"−{n}" if n else "0"
