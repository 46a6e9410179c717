"""What the first page and the README promise: a time where it was measured here, the pages and words as they are."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from core.spec import Spec
from dashboard import pages
from dashboard.jobs import Run
from dashboard.screens.home import welcome
from dashboard.widgets.trust_summary import word

FIRST = {
    "family": "estimators",
    "method": "mine",
    "parameters": {},
    "seed": 0,
    "data": {"distribution": {"name": "gaussian"}, "n": 10_000},
}


def run(seconds: float, status: str = "finished", **other) -> Run:
    return Run("a" * 12, Spec.parse(FIRST | other).to_json(), status, started=100.0, ended=100.0 + seconds)


@pytest.fixture
def said(monkeypatch):
    """What the button's help says with these runs in the store."""

    def of(*runs: Run) -> str:
        monkeypatch.setattr(welcome.server, "store", lambda: SimpleNamespace(runs=lambda limit: list(runs)))
        return welcome._what_starts()

    return of


def test_nothing_is_promised_before_a_first_run(said):
    assert said() == "Trains MINE on a correlated Gaussian pair with ρ = 0.8."


def test_the_promise_is_the_median_of_what_it_took_here(said):
    assert "14 s" in said(run(12.0), run(40.0), run(14.0))


@pytest.mark.parametrize(
    "other",
    [
        {"method": "nwj"},
        {"parameters": {"iterations": 5}},
        {"data": FIRST["data"] | {"fresh": True}},
        {"data": FIRST["data"] | {"n": 500}},
        {"status": "stopped"},
    ],
)
def test_other_runs_say_nothing_about_this_one(said, other):
    assert said(run(3.0, **other)) == said()


def test_the_first_page_says_where_columns_of_ones_own_are_chosen(monkeypatch, said):
    shown = []
    monkeypatch.setattr(welcome.st, "markdown", shown.append)
    monkeypatch.setattr(welcome.st, "page_link", lambda *_, **__: None)
    said()
    welcome.hero()
    assert f"columns of your own (on the page {pages.named('table').title})" in shown[1]


def test_the_readme_connects_the_levels_of_trust_with_the_words_of_the_pages():
    lines = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith("`trust.level` is"))
    assert all(f"`{level}`" in line and word(level) in line for level in ("green", "amber", "red"))
