"""Plus and minus of a number change it by what fits its size."""

from __future__ import annotations

import pytest

from core.params import Range
from dashboard.widgets.form import slider_step, step_from

RATE, ROWS = Range(1e-5, 1.0, log=True), Range(50, 1_000_000, log=True)


@pytest.mark.parametrize(("value", "step"), [(3e-3, 1e-3), (1e-2, 1e-3), (0.5, 0.1), (2e-5, 1e-5), (0.95, 0.05)])
def test_a_rate_is_changed_in_its_own_decade(value, step):
    assert step_from(value, RATE, whole=False) == pytest.approx(step)


@pytest.mark.parametrize(("value", "step"), [(10_000, 1_000), (400, 100), (64, 10), (1, 1)])
def test_a_count_is_changed_in_its_own_decade(value, step):
    assert step_from(value, Range(1, 1_000_000, log=True), whole=True) == step


def test_neither_button_leaves_the_range_or_is_dead_inside_it():
    for limits, whole in ((RATE, False), (ROWS, True)):
        for k in range(1, 60):
            value = limits.low * (limits.high / limits.low) ** (k / 60)
            value = round(value) if whole else value
            step = step_from(value, limits, whole)
            assert step > 0 and value - step >= limits.low * 0.999999 and value + step <= limits.high * 1.000001


def test_a_seed_is_changed_by_one():
    assert step_from(7, Range(0, 2**32 - 1), whole=True) == 1


@pytest.mark.parametrize(
    ("high", "default", "step"), [(1, 0.05, 0.01), (1, 0.005, 0.001), (10, 0.5, 0.1), (180, 25.0, 1)]
)
def test_a_slider_can_stand_at_its_default_and_shows_its_digits(high, default, step):
    assert slider_step(Range(0, high), default, whole=False) == pytest.approx(step)
