"""Representation: features learned from mutual information alone, and honest probes of what they are worth."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import discover
from core.params import parameters
from core.spec import Spec, SpecError
from dashboard.pickers import augmentation_preview, images
from dashboard.screens.representation import results
from dashboard.text import t
from dashboard.widgets import fields, form, layout, pitfalls, player, run_settings, scans, server, tabs
from dashboard.widgets.address import Address

NAME = "representation"

LATENT, WIDTHS = "n_features", (10, 16, 32, 64)
WRONG = ("probe_on_test", "labels_for_choosing")


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Representation"),
        t("A network learns a few numbers for each picture that tell as much as possible about another look at it."),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left:
        buttons = st.container()
        data = images.choose(address)
        cls = discover.load("encoders", "mine")
        latent = form.field(address, parameters(cls)[LATENT], f"mine.{LATENT}", t("Number of features"))
        with st.expander(t("Settings of {method}", method=t(cls.title))):
            values = form.fields(address, cls, "mine", skip=(*form.HIDDEN, LATENT), data=images.kind(data))
        values |= {} if latent == parameters(cls)[LATENT].default else {LATENT: latent}
        seed = fields.seed(address)
        try:
            specs = images.missing(data) or [fields.spec("encoders", "mine", values, data, seed)]
        except SpecError as error:
            specs = str(error)
        with buttons:
            player.controls(NAME, specs)

    with right:
        tab, place = tabs.opened(
            address,
            {
                "training": t("Training"),
                "probes": t("Probes"),
                "scan": t("How many features"),
                "wrong": t("What goes wrong"),
            },
        )
    with place:
        if tab == "training":
            player.panel(
                NAME,
                lambda shown, chart: results.training(NAME, shown[0], chart),
                lambda: augmentation_preview.preview(data, "mine", values, family="encoders"),
                family="encoders",
            )
        elif tab == "probes":
            player.panel(
                NAME,
                lambda shown, chart: results.probed(NAME, shown[0], chart),
                lambda: layout.empty(
                    server.invitation(
                        t("Press Start: what the features are worth appears here, beside raw values and noise.")
                    )
                ),
                family="encoders",
            )
        elif tab == "scan":
            scans.section(NAME, specs if isinstance(specs, str) else specs[0], LATENT, WIDTHS)
        else:
            st.caption(t("Common mistakes next to the correct method, on the bundled digits."))
            for name in WRONG:
                with st.container(border=True):
                    pitfalls.one(NAME, name, {"images": "digits"}, seed)
    address.close()


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    return images.settings_of(spec.data) | run_settings.of_method(spec)
