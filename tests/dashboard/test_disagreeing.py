"""What is said where a trained estimate and one without training contradict each other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.spec import Spec
from dashboard.screens.table import column_pair
from dashboard.widgets import trust_summary, two_estimates

SPEC = Spec.parse(
    {
        "family": "estimators",
        "method": "mine",
        "seed": 0,
        "parameters": {},
        "data": {"table": "wine", "x": ["alcohol"], "y": ["hue"]},
    }
)


def ended(mi: float, low: float, high: float, level: str = "green") -> Any:
    result = {"mi": mi, "interval": [low, high], "trust": {"level": level, "reasons": []}}
    run = SimpleNamespace(id="a", spec=SPEC, status="finished", active=False, seconds=1.0, step=9, total=9)
    return SimpleNamespace(run=run, result=result, at=None)


@pytest.fixture
def tiles(monkeypatch) -> dict[str, str]:
    """What the numbers at the top say, by their names."""
    said: dict[str, str] = {}
    monkeypatch.setattr(trust_summary.layout, "numbers", lambda: None)
    monkeypatch.setattr(trust_summary.layout, "number", lambda place, name, value, **more: said.update({name: value}))
    row = {"method": "ksg", "mi": 0.340, "low": 0.28, "high": 0.40, "n": 178}
    monkeypatch.setattr(column_pair, "estimated", lambda *_: ([row], []))
    return said


@pytest.mark.parametrize(
    ("mi", "low", "high", "words", "trust"),
    [
        (0.140, 0.095, 0.185, "do not quote MINE", "Do not quote"),
        (0.600, 0.500, 0.700, "quote neither", "Do not quote"),
        (0.250, 0.200, 0.300, "", "Good"),
    ],
)
def test_a_trained_estimate_that_contradicts_ksg_is_never_good(tiles, mi, low, high, words, trust):
    s = ended(mi, low, high)
    said = column_pair._doubt(s)
    assert words in said and bool(said) == bool(words)
    trust_summary.numbers([s], "nats", {"a": said} if said else {})
    assert tiles["Trust"] == trust


def test_a_doubt_does_not_make_a_bad_estimate_better(tiles):
    trust_summary.numbers([ended(0.14, 0.1, 0.2, "red")], "nats", {"a": "doubt"})
    assert tiles["Trust"] == "Do not quote"


@pytest.mark.parametrize(
    ("mi", "other", "words"),
    [
        (0.33, "ksg", "They agree"),
        (0.25, "ksg", "believe KSG"),
        (0.60, "ksg", "quote neither"),
        (0.60, "gaussian", "believe MINE"),
        (0.25, "gaussian", "quote neither"),
    ],
)
def test_two_numbers_of_one_pair_say_which_to_believe(mi, other, words):
    """The intervals may overlap and the two still differ by more than chance: 0.479 and 0.598 stood there without a word."""
    said = two_estimates.preferred(ended(mi, mi - 0.05, mi + 0.05), other, 0.34, (0.28, 0.40))
    assert words in said


def test_two_that_reach_down_to_0_are_no_reason_to_believe_either():
    """Two independent columns: a critic below 0 and neighbours above it, each outside the other's interval."""
    s = ended(-0.010, -0.010, 0.002)
    assert two_estimates.preferred(s, "ksg", 0.015, (0.0, 0.04)) == "Neither is clearly above 0."
    assert (
        two_estimates.disagreement(s, "ksg", (-0.001, 0.04)) == two_estimates.disagreement(s, "ksg", (0.0, 0.1)) == ""
    )
    assert "believe KSG" in two_estimates.preferred(s, "ksg", 0.015, (0.005, 0.04))
    assert two_estimates.disagreement(s, "ksg", (0.005, 0.04))


def test_the_line_that_compares_the_two_ends_with_it(tiles, monkeypatch):
    lines = []
    monkeypatch.setattr(column_pair.st, "caption", lines.append)
    monkeypatch.setattr(column_pair.player, "runs", lambda page: [])
    monkeypatch.setattr(column_pair, "settings", lambda page, seed: ("ksg", seed))
    column_pair._beside([ended(0.25, 0.20, 0.30)], "nats")
    assert "believe KSG" in lines[0]
