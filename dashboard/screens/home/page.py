"""Home: what this is in ten seconds, pictures of real runs, one button that starts one."""

from __future__ import annotations

from dashboard.screens.home import welcome


def draw() -> None:
    """Draw the page."""
    welcome.hero()
    welcome.pictures()
    welcome.pitfalls()
    welcome.facts()
