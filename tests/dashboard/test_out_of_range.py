"""A number that a box cannot have: the nearest legal one is used, and one sentence says so."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.paths import VARIABLE
from tests.dashboard.chromium import LONG, needs_chromium
from tests.dashboard.folds import unfolded


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return AppTest.from_string("from dashboard import app\napp.main('estimate')", default_timeout=60).run()


@pytest.mark.parametrize(
    ("key", "typed", "used", "legal", "sentence"),
    [
        ("estimate:n", 20, 50, 60, "Rows: 20 is below the smallest value allowed, 50. 50 is used."),
        ("estimate:n", 2_000_000, 1_000_000, 900, "Rows: 2,000,000 is above the largest value allowed, 1,000,000."),
        (
            "estimate:mine.learning_rate",
            50.0,
            1.0,
            0.5,
            "Learning rate: 50 is above the largest value allowed, 1. 1 is used.",
        ),
        ("estimate:seed", -1, 0, 3, "Seed: −1 is below the smallest value allowed, 0. 0 is used."),
    ],
)
def test_the_limit_is_used_and_said_below_the_box(opened, key, typed, used, legal, sentence):
    at = unfolded(opened).number_input(key=key).set_value(typed).run()
    assert at.number_input(key=key).value == used
    captions = [c.value.replace("\\", "") for c in at.caption]
    assert any(sentence in c for c in captions)
    assert not at.button(key="estimate:start").disabled
    at = at.number_input(key=key).set_value(legal).run()
    assert not any("allowed" in c.value for c in at.caption)  # another value needs no sentence


@needs_chromium
def test_a_typed_number_is_never_refused_in_silence(one_server, page):
    page.goto(one_server.url("estimate"))
    box = page.get_by_test_id("stNumberInput").filter(has_text="Rows").locator("input")
    box.wait_for(timeout=LONG)
    page.wait_for_timeout(1_000)
    box.fill("20")
    box.press("Enter")
    page.get_by_text("Rows: 20 is below the smallest value allowed, 50. 50 is used.").wait_for(timeout=LONG)
    page.wait_for_function("() => location.search.includes('n=50')")
    assert box.input_value() == "50"
