"""What is said where a trained estimate and one without training contradict each other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.spec import Spec
from dashboard.screens.table import column_pair
from dashboard.widgets import trust_summary

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
    row = {"method": "ksg", "mi": 0.340, "low": 0.28, "high": 0.40}
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
