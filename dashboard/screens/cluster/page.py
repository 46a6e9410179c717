"""Cluster: pictures grouped by mutual information alone, and compared with their labels only afterwards."""

from __future__ import annotations

from dashboard.pickers import images
from dashboard.screens.cluster import contents, number_offer
from dashboard.text import t
from dashboard.widgets import fields, layout, run_settings, starting, tabs
from dashboard.widgets.address import Address

NAME, FAMILY = contents.NAME, contents.FAMILY
settings = run_settings.through(images.settings_of)


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
    with left, starting.form(NAME) as start:
        data = images.choose(address)
        method, title = fields.one(address, FAMILY)
        values = fields.settings(address, FAMILY, method, title, data=images.kind(data))
        number_offer.offer(address, method, values, data)
        seed = fields.seed(address)
        start.would(lambda: images.missing(data) or [fields.spec(FAMILY, method, values, data, seed)])
    with right:
        tabs.drawn(address, contents.tabs(data, method, values, seed, start.specs), contents.BESIDE)
    address.close()
