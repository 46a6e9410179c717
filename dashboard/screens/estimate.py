"""Estimate: a distribution whose mutual information is known, and estimators that are watched approaching it."""

from __future__ import annotations

import streamlit as st

from core.spec import SpecError
from dashboard.components import export, layout, pick, player, verdict
from dashboard.components.address import Address
from dashboard.components.estimates import critic, curves, loss, preview
from dashboard.text import t

PAGE = "estimate"
_S0 = {
    "d": "channel",
    "n": 20_000,
    "fresh": True,
    "m": ("mine",),
    "unit": "bits",
    "mine.critic": "concat",
    "mine.hidden": 10,
    "mine.layers": 1,
    "mine.activation": "relu",
    "mine.learning_rate": 0.01,
    "mine.batch_size": 20_000,
    "mine.negatives": 1,
    "mine.iterations": 500,
    "mine.margins": "raw",
    "mine.schedule": "constant",
    "mine.patience": 0,
}
_S4 = {
    "d": "gaussian",
    "n": 1_000_000,
    "fresh": True,
    "m": ("mine", "histogram"),
    "histogram.bins": 100,
    "histogram.binning": "width",
    "histogram.correction": "none",
    "mine.hidden": 16,
    "mine.layers": 1,
    "mine.activation": "relu",
    "mine.learning_rate": 0.01,
    "mine.batch_size": 1_000,
    "mine.negatives": 1,
    "mine.iterations": 1_000,
    "mine.margins": "raw",
    "mine.schedule": "constant",
    "mine.patience": 0,
}
PRESETS = {
    "rho8": (t("ρ = 0.8"), t("A correlated Gaussian pair, one estimator with its defaults."), {}),
    "several": (
        t("Four estimators"),
        t("Four bounds on the same sample, drawn over each other."),
        {"m": ("mine", "nwj", "infonce", "smile")},
    ),
    "s0d1": (
        t("Channel, d = 1"),
        t("The Gaussian channel with P = 3 and N = 0.2: 2.000 bits. Fresh samples at every step."),
        _S0,
    ),
    "s0d3": (t("Channel, d = 3"), t("The same channel in three dimensions: 6.000 bits."), _S0 | {"d.dimension": 3}),
    "s4r5": (
        t("MINE and histogram, ρ = 0.5"),
        t("A small critic on batches of 1,000, with a histogram beside it: 0.1438 nats."),
        _S4 | {"d.rho": 0.5},
    ),
    "s4r8": (t("MINE and histogram, ρ = 0.8"), t("The same with ρ = 0.8: 0.5108 nats."), _S4),
}

layout.head(
    t("Estimate"), t("Pick a distribution whose mutual information is known, and watch estimators approach it.")
)
address = Address(PAGE)
ready = st.container()
left, right = layout.sides()
with left:
    buttons = st.container()
    data = pick.distribution(address)
    chosen = pick.methods(address, "estimators", ("mine",))
    with st.container(horizontal=True):  # one below the other where the side is narrow
        with st.container(width=130):
            seed = pick.seed(address)
        with st.container(width=130):
            unit = pick.unit(address)
    try:
        specs = [pick.spec("estimators", name, values, data, seed) for name, values in chosen.items()]
    except SpecError as error:
        specs = str(error)
    with buttons:
        player.controls(PAGE, specs)
with ready:
    pick.presets(address, PRESETS)


def draw(shown: list[player.Shown], chart) -> None:  # type: ignore[no-untyped-def]
    verdict.numbers(shown, unit)
    figures = {"estimate": curves(shown, unit), "critic": critic(shown, unit), "loss": loss(shown)}
    chart("mi").show(figures["estimate"], height=300)
    if figures["loss"]:  # without one nothing is trained, and there is no surface to come
        picture, losses = st.columns([2.6, 1])
        with picture:
            waiting = t("The learned surface appears here once the critic has one to show.")
            chart("critic").show(figures["critic"], height=270, waiting=waiting)
        with losses:
            chart("loss").show(figures["loss"], height=270)
    with st.container(horizontal=True):
        export.figures(PAGE, figures)
        export.runs(PAGE, [s.run.spec for s in shown if s.run.spec])
    verdict.reasons(shown)


with right:
    player.panel(PAGE, draw, lambda: preview(data, unit))
address.close()
