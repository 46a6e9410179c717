"""Density: a network learns the whole of p(y | x), where a regression line would average the branches."""

from __future__ import annotations

from dashboard.pickers import problem
from dashboard.screens.density import comparison, contents
from dashboard.text import t
from dashboard.widgets import fields, layout, run_settings, starting, tabs
from dashboard.widgets.address import Address

NAME, FAMILY = contents.NAME, contents.FAMILY
settings = run_settings.through(problem.settings_of)


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Density"),
        t(
            "One x can have several y. A mixture density network learns all of them; the least-squares line runs between them."
        ),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left, starting.form(NAME) as start:
        chosen = problem.choose(address)
        method, title = fields.one(address, FAMILY)
        values = fields.settings(address, FAMILY, method, title)
        grid = comparison.settings(address, method)
        seed = fields.seed(address)
        start.would(lambda: chosen if isinstance(chosen, str) else comparison.specs(method, values, chosen, seed, grid))
    with right:
        tabs.drawn(address, contents.tabs(address, chosen, seed), contents.BESIDE)
    address.close()
