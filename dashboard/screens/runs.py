"""Runs: everything that was trained in this data folder, to be opened, compared and replayed."""

from __future__ import annotations

from dashboard.components import history, layout
from dashboard.text import t

layout.head(
    t("Runs"),
    t(
        "Every run of this data folder. A run's link opens it on its page, with its settings, in any browser that reaches this address."
    ),
)
history.listing()
