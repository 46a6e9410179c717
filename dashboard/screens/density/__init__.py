"""Density: a network learns the whole of p(y | x), where a regression line would average the branches."""

from dashboard.pages import Page

PAGE = Page(
    name="density", title="Density", order=50, several={"tab": "compare"}, shows=lambda spec: spec.family == "densities"
)
