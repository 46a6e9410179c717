"""Estimate: a distribution whose mutual information is known, and estimators that are watched approaching it."""

from dashboard.pages import Page

PAGE = Page(
    name="estimate",
    title="Estimate",
    order=20,
    several={},
    overlays=True,
    shows=lambda spec: spec.family == "estimators" and spec.data.kind != "table",
)
