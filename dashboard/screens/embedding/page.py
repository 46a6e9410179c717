"""Embedding: features laid out in the plane, so that what a network has learned can be seen."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.spec import Spec, SpecError
from dashboard.pickers import features, images
from dashboard.text import t
from dashboard.widgets import embedding, export, fields, layout, player, run_settings, server
from dashboard.widgets.address import Address

NAME = "embedding"
FAMILY = "projections"


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Embedding"),
        t(
            "Features in the plane: what lies close together looks alike to the network. Distances between far groups mean little."
        ),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left:
        buttons = st.container()
        data = features.choose(address)
        method = fields.one(address, FAMILY)
        values = fields.settings(address, FAMILY, *method)
        seed = fields.seed(address)
        try:
            specs = images.missing(data) or [fields.spec(FAMILY, method[0], values, data, seed)]
        except SpecError as error:
            specs = t(error)
        with buttons:
            player.controls(NAME, specs)

    def draw_run(shown: list[player.Shown], chart) -> None:  # type: ignore[no-untyped-def]
        s = shown[0]
        figure = embedding.plane(s)
        embedding.numbers(s)
        if figure or s.run.active:
            chart("plane").show(figure, height=520, waiting=t("The plane appears here with the first layout."))
        with st.container(horizontal=True):
            export.figures(NAME, {"embedding": figure})
            export.runs(NAME, [s.run.spec] if s.run.spec else [])

    with right:
        player.panel(
            NAME,
            draw_run,
            lambda: layout.empty(
                images.missing(data)
                or server.invitation(t("Press Start to lay the features out. Each dot will be one picture or row."))
            ),
        )
    address.close()


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    return images.settings_of(spec.data) | run_settings.of_method(spec)
