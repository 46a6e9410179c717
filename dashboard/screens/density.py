"""Density: a network learns the whole of p(y | x), where a regression line would average the branches."""

from __future__ import annotations

import streamlit as st

from core.spec import SpecError
from dashboard.components import densities, export, layout, pick, player
from dashboard.components.address import Address
from dashboard.text import t

PAGE = "density"

layout.head(
    t("Density"),
    t(
        "One x can have several y. A mixture density network learns all of them; the least-squares line runs between them."
    ),
)
address = Address(PAGE)
left, right = layout.sides()
with left:
    buttons = st.container()
    data = densities.problem(address)
    method = pick.one(address, "densities", "mdn")
    values = pick.settings(address, "densities", *method)
    seed = pick.seed(address)
    try:
        specs = [pick.spec("densities", method[0], values, data, seed)]
    except SpecError as error:
        specs = str(error)
    with buttons:
        player.controls(PAGE, specs)


def draw(shown: list[player.Shown], chart) -> None:  # type: ignore[no-untyped-def]
    s = shown[0]
    densities.numbers(s)
    density, loss = densities.density(s), densities.loss(s)
    if density:
        chart("density").show(density, height=380)
    chart("loss").show(loss, height=220)
    with st.container(horizontal=True):
        export.figures(PAGE, {"density": density, "loss": loss})
        export.runs(PAGE, [s.run.spec] if s.run.spec else [])
    st.caption(t("A negative log-likelihood may be below zero: a density, unlike a probability, can exceed 1."))


with right:
    player.panel(PAGE, draw, lambda: densities.preview(data))
address.close()
