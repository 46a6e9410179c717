"""What x says about y: the mutual information that the density gives, beside estimators that know no density."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.spec import Spec
from dashboard import state
from dashboard.charts import bars
from dashboard.pickers import problem
from dashboard.screens.density import metrics, view
from dashboard.text import plain, t
from dashboard.widgets import standing, trust_summary
from dashboard.widgets.shown import Shown

_ROWS = 3_000  # rows that the others are given: a second's work


def draw(shown: list[Shown], chart: Any) -> dict[str, Any]:
    """The density's own estimate, and on request the others' on the same columns."""
    s = shown[0]
    st.markdown(
        t(
            "A density gives mutual information as **I(X; Y) = E[log p(y | x) − log p(y)]**: how much likelier y becomes "
            "when x is known, in nats, on rows kept apart."
        )
    )
    mi, error = s.result.get("mi"), s.result.get("mi_se")
    if mi is None or s.run.spec is None:
        st.caption(standing.without_result(s) or t("The estimate appears here when the run has ended."))
        return {}
    key = f"density.mi.{s.run.id}"
    st.button(
        t("Estimate it with other methods too"),
        key="density:mi",
        icon=":material/play_arrow:",
        on_click=state.choose,
        args=(key, True),
        help=t(
            "{names}, on the same columns.", names=", ".join(map(trust_summary.title, trust_summary.closed_forms()))
        ),
    )
    others, sentences = _others(s.run.spec.to_json()) if state.chosen(key) else ([], [])
    known = truth(s)
    figure = _figure(s.run.spec.method, mi, error, others, known)
    chart("information").show(figure, height=110 + 60 * (1 + len(others)))
    n, of = s.result.get("n_mi", 0), metrics.rows(s)
    on = of if n == s.result.get("n_calibration") else t("{n} of the {rows}", n=f"{n:,}", rows=of)
    st.caption(t("On {rows}; the whisker is a 95 % interval over these rows.", rows=on))
    st.caption(
        t(
            "On average this is a lower bound: a learned density that differs from the true one costs cross entropy, "
            "which is taken off. The interval covers chance among the rows and not what the network has not learned."
        )
    )
    for sentence in sentences:
        st.caption(sentence)
    return {"information": figure}


def truth(s: Shown) -> float | None:
    """The true I(X; Y) in nats of the problem that a run learns, where it learns one."""
    from core.data.problems import PROBLEMS, true_mi

    name = view.problem(s)
    return true_mi(name) if name in PROBLEMS else None


def _figure(
    method: str, mi: float, error: float | None, others: list[tuple[str, float, Any]], known: float | None
) -> dict[str, Any]:
    own = (mi - 1.96 * error, mi + 1.96 * error) if error is not None else (np.nan, np.nan)
    return bars.estimates(
        [method, *(m for m, _, _ in others)],
        [trust_summary.title(method, "densities"), *(trust_summary.title(m) for m, _, _ in others)],
        [mi, *(v for _, v, _ in others)],
        [own, *(i for _, _, i in others)],
        unit=t("nats"),
        truth=known,
        title=_headline(mi, error, known),
    )


def _headline(mi: float, error: float | None, known: float | None) -> str:
    if error is not None and mi < 2 * error:
        return t(
            "The density finds nothing that x says about y beyond chance: {mi}", mi=trust_summary.amount(mi, "nats")
        )
    if known is None:
        return t("The density finds at least {mi} that x says about y", mi=trust_summary.amount(mi, "nats"))
    return t(
        "The density finds {mi} of the {known} that x says about y",
        mi=trust_summary.amount(mi, "nats"),
        known=trust_summary.amount(known, "nats"),
    )


@st.cache_data(max_entries=16, show_spinner=True)
def _others(spec: str) -> tuple[list[tuple[str, float, Any]], list[str]]:
    """(method, mi, interval) of the estimators that need no training, and why one is missing or in doubt."""
    import core

    try:
        rows = problem.source(Spec.parse(spec))
    except ValueError as error:  # the table may have been deleted since
        return [], [plain(error)]
    keep = np.sort(np.random.default_rng(0).permutation(len(rows))[:_ROWS])
    x, y = rows.x[keep], np.asarray(rows.y)[keep]
    done: list[tuple[str, float, Any]] = []
    sentences = [t("The other methods were given {n} rows.", n=f"{len(keep):,}")]
    for method in trust_summary.closed_forms():
        try:
            found = core.estimate_mi(x, y, method)
        except ValueError as error:
            sentences.append(f"{trust_summary.title(method)}: {plain(t(error))}")
            continue
        done.append((method, found.mi, found.interval or (np.nan, np.nan)))
        if found.trust.level != "green":
            sentences += [f"{trust_summary.title(method)}: {plain(t(reason))}" for reason in found.trust.reasons]
    return done, sentences
