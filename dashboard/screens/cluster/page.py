"""Cluster: pictures grouped by mutual information alone, and compared with their labels only afterwards."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.spec import Spec, SpecError
from dashboard.pickers import augmentation_preview, images
from dashboard.screens.cluster import hungarian_demo, number_offer, result, training, try_it
from dashboard.text import t
from dashboard.widgets import fields, layout, pitfalls, player, run_settings, scans, server, tabs
from dashboard.widgets.address import Address

NAME = "cluster"

DIGITS = {"images": "digits"}  # where no pictures are chosen


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Cluster"),
        t(
            "A network groups pictures by keeping the mutual information between two views of each; labels are never used for training."
        ),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left:
        buttons = st.container()
        data = images.choose(address)
        method = fields.one(address, "clusterers")
        values = fields.settings(address, "clusterers", *method, data=images.kind(data))
        number_offer.offer(address, method[0], values, data)
        seed = fields.seed(address)
        try:
            specs = images.missing(data) or [fields.spec("clusterers", method[0], values, data, seed)]
        except SpecError as error:
            specs = t(error)
        with buttons:
            player.controls(NAME, specs)

    with right:
        tab, place = tabs.opened(
            address,
            {
                "training": t("Training"),
                "result": t("Result"),
                "try": t("Try it"),
                "scan": t("Scan over k"),
                "matching": t("How matching works"),
                "wrong": t("What goes wrong"),
            },
        )
    with place:
        if tab == "training":
            player.panel(
                NAME,
                lambda shown, chart: training.training(shown[0], chart),
                lambda: augmentation_preview.preview(data, method[0], values),
                family="clusterers",
            )
        elif tab == "result":
            player.panel(
                NAME,
                lambda shown, chart: result.result(shown[0], chart),
                lambda: layout.empty(
                    server.invitation(t("Press Start: the matching, the gallery and the scores appear here."))
                ),
                family="clusterers",
            )
        elif tab == "try":
            try_it.bench(NAME)
        elif tab == "scan":
            scans.section(NAME, specs)
        elif tab == "matching":
            hungarian_demo.example()
        else:
            st.caption(t("Common mistakes next to the correct method, on the same pictures."))
            usable = data if augmentation_preview.ready(data) else DIGITS
            pitfalls.all_about("clusterers", NAME, usable, seed)
    address.close()


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    return images.settings_of(spec.data) | run_settings.of_method(spec)
