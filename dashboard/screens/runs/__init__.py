"""Runs: everything that was trained in this data folder, to be opened, compared and replayed."""

from dashboard.pages import Page

PAGE = Page(name="runs", title="Runs", order=80)
