"""Embedding: features laid out in the plane, so that what a network has learned can be seen."""

from __future__ import annotations

import streamlit as st

from core.spec import SpecError
from dashboard.components import embeddings, export, layout, pick, pictures, player, server
from dashboard.components.address import Address
from dashboard.text import t

PAGE = "embedding"

layout.head(
    t("Embedding"),
    t(
        "Features in the plane: what lies close together looks alike to the network. Distances between far groups mean little."
    ),
)
address = Address(PAGE)
left, right = layout.sides()
with left:
    buttons = st.container()
    data = embeddings.features(address)
    method = pick.one(address, "encoders", "tsne")
    values = pick.settings(address, "encoders", *method)
    seed = pick.seed(address)
    try:
        specs = pictures.missing(data) or [pick.spec("encoders", method[0], values, data, seed)]
    except SpecError as error:
        specs = str(error)
    with buttons:
        player.controls(PAGE, specs)


def draw(shown: list[player.Shown], chart) -> None:  # type: ignore[no-untyped-def]
    s = shown[0]
    figure = embeddings.plane(s)
    embeddings.numbers(s)
    if figure or s.run.active:
        chart("plane").show(figure, height=520, waiting=t("The plane appears here with the first layout."))
    with st.container(horizontal=True):
        export.figures(PAGE, {"embedding": figure})
        export.runs(PAGE, [s.run.spec] if s.run.spec else [])


with right:
    player.panel(
        PAGE,
        draw,
        lambda: layout.empty(
            pictures.missing(data)
            or server.invitation(t("Press Start to lay the features out. Each dot will be one picture or row."))
        ),
    )
address.close()
