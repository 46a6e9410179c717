"""Embedding: features laid out in the plane, so that what a network has learned can be seen."""

from dashboard.pages import Page

PAGE = Page(
    name="embedding",
    title="Embedding",
    order=70,
    shows=lambda spec: spec.family == "projections",
)
