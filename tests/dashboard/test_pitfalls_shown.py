"""A pitfall's figures on the page: what they are of is said once and whole, and a minus is a minus."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

_SHOWN = """
from types import SimpleNamespace
from dashboard.widgets import pitfalls

shown = SimpleNamespace(
    result={"wrong": 4.449, "right": -0.512, "verdict": "Without a floor training shows -0.30 nats."},
    last=lambda name: None,
    curves=dict,
)
cls = SimpleNamespace(quantity="share of rows with an infinite loss", ways=("The wrong way", "The right way"), on="")
pitfalls._both(cls, shown, None)
"""


def test_the_quantity_is_said_once_and_minus_signs_are_true():
    at = AppTest.from_string(_SHOWN, default_timeout=60).run()
    assert not at.exception
    assert [(m.value, m.delta) for m in at.metric] == [("4.449", ""), ("−0.512", "")]
    assert at.caption[0].value == "share of rows with an infinite loss"
    assert "shows −0" in at.caption[1].value and "-" not in at.caption[1].value
