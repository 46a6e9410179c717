"""Runs: everything that was trained in this data folder, to be opened, compared and replayed."""

from __future__ import annotations

from dashboard.screens.runs import history
from dashboard.text import t
from dashboard.widgets import layout


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Runs"),
        t(
            "Every run of this data folder. A run's link opens it on its page, with its settings, in any browser that reaches this address."
        ),
    )
    history.listing()
