"""Representation: features learned from mutual information alone, and honest probes of what they are worth."""

from __future__ import annotations

from dashboard.pickers import images
from dashboard.screens.representation import contents
from dashboard.text import t
from dashboard.widgets import fields, layout, run_settings, starting, tabs
from dashboard.widgets.address import Address

NAME, FAMILY = contents.NAME, contents.FAMILY
settings = run_settings.through(images.settings_of)


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Representation"),
        t("A network learns a few numbers for each picture that tell as much as possible about another look at it."),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left, starting.form(NAME) as start:
        data = images.choose(address)
        method, title = fields.one(address, FAMILY, images.kind(data))
        values = fields.settings(
            address, FAMILY, method, title, data=images.kind(data), counted=t("Number of features")
        )
        seed = fields.seed(address)
        start.would(lambda: images.missing(data) or [fields.spec(FAMILY, method, values, data, seed)])
    with right:
        tabs.drawn(address, contents.tabs(data, method, values, seed, start.specs))
    address.close()
