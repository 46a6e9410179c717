"""Cluster: pictures grouped by mutual information alone, and compared with their labels only afterwards."""

from __future__ import annotations

import streamlit as st

from core.spec import SpecError
from dashboard.components import clusters, export, layout, pick, player
from dashboard.components.address import Address
from dashboard.text import t

PAGE = "cluster"

layout.head(
    t("Cluster"),
    t(
        "A network groups pictures by keeping the mutual information between two views of each; labels are never used for training."
    ),
)
address = Address(PAGE)
left, right = layout.sides()
with left:
    buttons = st.container()
    data = clusters.pictures(address)
    method = pick.one(address, "clusterers", "iic")
    values = pick.settings(address, "clusterers", *method)
    seed = pick.seed(address)
    try:
        specs = [pick.spec("clusterers", method[0], values, data, seed)]
    except SpecError as error:
        specs = str(error)
    with buttons:
        player.controls(PAGE, specs)


def draw(shown: list[player.Shown], chart) -> None:  # type: ignore[no-untyped-def]
    clusters.numbers(shown[0])
    above = st.columns(2)
    figures = clusters.figures(shown[0])
    for place, (name, figure) in enumerate(figures.items()):
        with above[place % 2]:
            chart(name).show(figure, height=320 if name != "confusion" else 380)
    with st.container(horizontal=True):
        export.figures(PAGE, figures)
        export.runs(PAGE, [s.run.spec for s in shown if s.run.spec])


with right:
    player.panel(PAGE, draw, lambda: clusters.preview(data))
address.close()
