"""The density forming over the points, and the loss with the truth's line."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import streamlit as st

from core import discover
from dashboard import state
from dashboard.charts import curves as charts
from dashboard.charts import densities as pictures
from dashboard.charts import density_modes
from dashboard.pickers import problem
from dashboard.screens.density import metrics, view
from dashboard.text import t
from dashboard.widgets.shown import Shown

_OVER = "density:over"
_WORSE = 0.03  # nats from which on a loss is called worse than the best, or than that of least squares
_NEAR = 50  # training losses whose median is taken: one alone is of one batch
_MOST_ROWS = (0.05, 0.95)  # quantiles of x between which branches are counted
_JUMP = 1.0  # nats above its start at which a training loss has been thrown off


def draw(shown: list[Shown], chart: Any) -> dict[str, Any]:
    """The density and the loss; returns the figures by name, for export."""
    s = shown[0]
    view.choose_varied(s)
    over = state.widget(_OVER) or "points"  # the switch stands below the pictures, which come first
    figures = {"density": density(s, over), "loss": loss(s)}
    # Two maps beside each other need the whole width; one leaves room for the loss.
    wide = metrics.oracle(s) is not None and problem.widths(s.run.spec) == (1, 1)
    above, beside = (st.container(), st.container()) if wide else st.columns([1.6, 1])
    with above:
        soon = t("The density appears here with its first picture.")
        if figures["density"] or s.expects("density"):
            chart("density").show(figures["density"], height=300, waiting=soon)
        else:
            view.absent(s, soon)
    if wide and figures["loss"]:  # the lower of the two: on a phone its legend takes half of that
        figures["loss"]["layout"]["meta"]["narrow_height"] = 1.5
    with beside:
        if figures["loss"]:
            chart("loss").show(figures["loss"], height=200 if wide else 300)
    _below(s)
    return figures


def _below(s: Shown) -> None:
    """What lies over the density, and what the loss means."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            t("Over the density"),
            ("points", "samples", "nothing"),
            default="points",
            key=_OVER,
            required=True,
            format_func=t,
        )
        units(s)
    if s.result:
        kept = t("Each network keeps the weights of its lowest validation NLL.")
        st.caption(" ".join(filter(None, [metrics.turns(s), kept, *_early(s)])))


def _early(s: Shown) -> list[str]:
    """That a run ended before its last step, and why."""
    if s.run.status != "finished" or not s.run.step < s.run.total:
        return []
    said = t(
        "It ended early, at step {step} of {total}: no network had improved in its last {patience} steps.",
        step=f"{s.run.step:,}",
        total=f"{s.run.total:,}",
        patience=f"{s.parameter('patience'):,}",
    )
    return [said]


def density(s: Shown, over: str = "points") -> dict[str, Any] | None:
    """p(y | x) over the points or over samples of the model, the truth beside it."""
    seen = view.seen(s)
    if seen is None:
        return None
    drawn = view.samples(s)  # asked for at any time, so that a replay has them
    return pictures.learned(
        seen.x,
        seen.y,
        seen.p,
        truth=seen.truth,
        means=None if seen.means is None else (seen.x, seen.means),
        weights=seen.weights,
        baseline=seen.line,
        points=view.points(s) if over == "points" else None,
        drawn=drawn if over == "samples" else None,
        support=seen.support,
        title=_headline(s, seen),
        xlabel=seen.names[0],
        ylabel=seen.names[1],
    )


def _headline(s: Shown, seen: view.DensityView) -> str:
    """How many branches the picture shows, where training has rows: by its outermost ones the model mostly guesses."""
    if seen.inputs > 1:
        return t("Learned density of {y} over {x}, other inputs at their medians", y=seen.names[1], x=seen.names[0])
    rows = view.points(s)
    low, high = seen.x[[0, -1]] if rows is None else np.quantile(rows[0], _MOST_ROWS)
    inside = (seen.x >= low) & (seen.x <= high)
    n, column = density_modes.branches(seen.p[:, inside])
    if n > 1:
        where = view.figure(seen.x[inside][column])
        return t("The learned density has {n} branches near {x} = {at}", n=n, x=seen.names[0], at=where)
    return t("The learned density has one branch: each {x} has one answer, with a width", x=seen.names[0])


def loss(s: Shown) -> dict[str, Any] | None:
    """Training and validation NLL and the result, with the true density's and that of least squares as lines; None of a run that
    ended before its first step."""
    found = s.curves()
    method = s.run.spec.method if s.run.spec else s.run.id
    ways: list[tuple[str, str, charts.Kind]] = [
        ("loss", "training", "training"),
        ("nll_held_out", "validation", "held out"),
    ]
    lines = [charts.Curve(n, t(label), method, *found[n], kind) for n, label, kind in ways if n in found]
    if not lines and not s.run.active:
        return None
    oracle, line = metrics.oracle(s), metrics.least_squares(s)
    if line is not None:
        name = t("least squares {value}", value=view.figure(line, ".3f"))
        beside = discover.load("densities", method).baseline
        lines.append(charts.Curve("baseline", name, beside, [1], [line], "closed form"))
    return charts.loss(
        lines,
        title=_loss_title(s, oracle),
        ylabel=t("NLL (nats)"),
        result=result(s),
        at=s.at,
        reference=None if oracle is None else (oracle, t("true density {value}", value=view.figure(oracle, ".3f"))),
    )


def _loss_title(s: Shown, oracle: float | None) -> str:
    """Where the loss ends, and what went wrong: worse than least squares, overfitting, or steps that are too large."""
    nll = metrics.heard(s)
    if nll is None or not s.result:
        towards = "Negative log-likelihood falls towards that of the true density"
        return t(towards) if oracle is not None else t("Negative log-likelihood falls while the density forms")
    line = metrics.least_squares(s)
    if line is not None and nll - line > _WORSE:
        worse = "NLL is {gap} nats worse than the least-squares line's: {advice}"
        training = s.curve("loss")[1]
        thrown = len(training) > 0 and np.nanmax(training) > training[0] + _JUMP
        slower = thrown or _trend(s) == "unstable"
        advice = t("lower the learning rate") if slower else t("try more steps or more rows")
        return t(worse, gap=metrics.distance(nll, line), advice=advice)
    if (trend := _trend(s)) != "steady":
        steps, values = s.curves()["nll_held_out"]
        best = f"{int(steps[int(np.nanargmin(values))]):,}"
        if trend == "overfits":
            return t("Validation NLL is best at step {step}; from there on it overfits", step=best)
        return t(
            "Validation NLL is best at step {step}; after it training NLL falls no more: lower the learning rate",
            step=best,
        )
    if oracle is None:
        return t("NLL is {nll} nats on {rows}", nll=view.figure(nll, ".3f"), rows=metrics.rows(s))
    return t(
        "NLL is {gap} nats from the true density's on {rows}", gap=metrics.distance(nll, oracle), rows=metrics.rows(s)
    )


def _trend(s: Shown) -> Literal["steady", "overfits", "unstable"]:
    """How training went on after validation was at its best: overfitting is only where the training NLL still fell."""
    (steps, held), (at, training) = s.curve("nll_held_out"), s.curve("loss")
    if not len(held) or not len(training) or not held[-1] - np.nanmin(held) > _WORSE:
        return "steady"
    best = int(np.searchsorted(at, steps[int(np.nanargmin(held))]))
    then, last = np.median(training[best : best + _NEAR]), np.median(training[-_NEAR:])
    return "overfits" if last < then else "unstable"


def result(s: Shown) -> tuple[float, float, str] | None:
    """Where the result is drawn: the last step, its NLL, and on which rows; nothing before there is one."""
    nll = metrics.heard(s)
    if not s.result or nll is None:
        return None
    return s.run.step, nll, t("result {value}, {rows}", value=view.figure(nll, ".3f"), rows=metrics.rows(s))


def units(s: Shown) -> None:
    """Why a negative log-likelihood may be negative, and what makes two of them comparable."""
    with st.popover(t("Why may NLL be negative?"), type="tertiary", icon=":material/help:"):
        st.markdown(
            t(
                "A probability is at most 1, so its −log is at least 0. A **density** is a probability per unit of y: where y "
                "is narrow it exceeds 1, and its −log is below 0. That is no fault, and 0 is no goal."
            )
        )
        st.markdown(
            t(
                "The value depends on the unit of y: measured in centimetres instead of metres it grows by log 100 = 4.61 "
                "nats, with the same model. **Standard units** (y divided by its own standard deviation) take the unit out."
            )
        )
        st.markdown(
            t(
                "What x says about y is not read from NLL alone, but from its distance to the NLL **without x**: the "
                "entropy of y, which depends on the shape of y's own distribution. The Information tab shows that distance."
            )
        )
        if (spread := metrics.spread(s)) is not None:
            st.caption(
                t(
                    "Here the spread of y is {spread}: standard units are {shift} nats lower.",
                    spread=f"{spread:.4g}",
                    shift=view.figure(math.log(spread), ".3f"),
                )
            )
