"""Representation: features learned from mutual information alone, and honest probes of what they are worth."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import discover
from core.spec import Spec, SpecError
from dashboard.pickers import augmentation_preview, images
from dashboard.screens.representation import results
from dashboard.text import t
from dashboard.widgets import fields, form, layout, pitfalls, player, run_settings, scans, server, tabs
from dashboard.widgets.address import Address

NAME = "representation"
FAMILY = "encoders"


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
        method, title = fields.one(address, FAMILY)
        values = _settings(address, method, title, images.kind(data))
        seed = fields.seed(address)
        try:
            specs = images.missing(data) or [fields.spec(FAMILY, method, values, data, seed)]
        except SpecError as error:
            specs = t(error)
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
                lambda: augmentation_preview.preview(data, method, values, family=FAMILY),
                family=FAMILY,
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
                family=FAMILY,
            )
        elif tab == "scan":
            scans.section(NAME, specs)
        else:
            st.caption(t("Common mistakes next to the correct method, on the bundled digits."))
            pitfalls.all_about(FAMILY, NAME, {"images": "digits"}, seed)
    address.close()


def _settings(address: Address, method: str, title: str, data: str) -> dict[str, Any]:
    """The parameters of an encoder; the number of features, which most is asked of, stands above them."""
    cls: Any = discover.load(FAMILY, method)
    number = cls.counted()
    above = form.field(address, number, f"{method}.{number.name}", t("Number of features")) if number else None
    with st.expander(t("Settings of {method}", method=title)):
        values = form.fields(address, cls, method, skip=(*form.HIDDEN, cls.scanned[0]), data=data)
    return values if number is None or above == number.default else values | {number.name: above}


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of this page that start a run."""
    return images.settings_of(spec.data) | run_settings.of_method(spec)
