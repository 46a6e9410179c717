"""Cluster: pictures grouped by mutual information alone, and compared with their labels only afterwards."""

from dashboard.pages import Page

PAGE = Page(name="cluster", title="Cluster", order=40, shows=lambda spec: spec.family == "clusterers")
