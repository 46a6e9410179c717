"""Arena: estimators where the mutual information is known, and by how much each is off."""

from dashboard.pages import Page

PAGE = Page(
    name="arena",
    title="Arena",
    order=75,
    shows=lambda spec: spec.family == "sweeps" and spec.data.kind in ("tasks", "distribution"),
)
