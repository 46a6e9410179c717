"""Table: which columns of a file depend on which, how strongly, and whether to believe it."""

from dashboard.pages import Page

PAGE = Page(
    name="table",
    title="Table",
    order=30,
    shows=lambda spec: spec.family in ("estimators", "sweeps") and spec.data.kind == "table",
)
