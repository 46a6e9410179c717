"""Representation: features learned from mutual information alone, and honest probes of what they are worth."""

from dashboard.pages import Page

PAGE = Page(
    name="representation",
    title="Representation",
    order=60,
    shows=lambda spec: spec.family == "encoders",
)
