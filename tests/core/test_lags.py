"""Series along time: what one tells of the other after some steps, and phases that go together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from core import mi_by_lag, phase_synchrony


def oscillators(coupling: float, seed: int = 0, n: int = 2_000) -> tuple[np.ndarray, np.ndarray]:
    """Two noisy phases of slightly different speeds, the second drawn towards the first."""
    rng = np.random.default_rng(seed)
    a = b = 0.0
    out = np.empty((2, n))
    noise = 0.25 * rng.normal(size=(2, n))
    for t in range(n):
        a, b = a + 0.30 + noise[0, t], b + 0.33 + coupling * np.sin(a - b) + noise[1, t]
        out[:, t] = np.cos(a), np.cos(b)
    return out[0], out[1]


def test_what_comes_three_steps_later_peaks_at_lag_three_and_nowhere_else():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1_000)
    y = np.r_[np.zeros(3), x[:-3] ** 2] + 0.3 * rng.normal(size=1_000)
    found = mi_by_lag(x, y, range(-5, 6))
    curve = found.curve.set_index("lag")
    assert curve.mi.idxmax() == 3 and curve.p[3] < 1e-6
    assert (curve.mi.drop(3) > found.noise).mean() <= 0.2
    back = mi_by_lag(y, x, [-3]).curve
    assert back.mi[0] == pytest.approx(curve.mi[3], abs=0.02)


def test_auto_information_of_a_series_falls_and_that_of_noise_is_none():
    rng, n = np.random.default_rng(1), 1_500
    noise = rng.normal(size=n)
    series = np.zeros(n)
    for t in range(1, n):
        series[t] = 0.8 * series[t - 1] + noise[t]
    mi = mi_by_lag(series, lags=[1, 2, 4, 8]).curve.mi.to_numpy()
    # −½ ln(1 − ρ²) with ρ = .8 to the power of the lag
    assert mi[:2] == pytest.approx(-0.5 * np.log(1 - 0.8 ** np.array([2.0, 4.0])), abs=0.08)
    assert (np.diff(mi) < 0).all()
    assert abs(mi_by_lag(noise, lags=[1]).curve.mi[0]) < 0.05


def test_the_information_of_phases_rises_with_coupling_and_stays_in_the_noise_without():
    couplings = [0.0, 0.02, 0.05, 0.1, 0.2, 0.4]
    found = [phase_synchrony(*oscillators(c)) for c in couplings]
    for values in ([f.mi for f in found], [f.index for f in found]):
        assert spearmanr(couplings, values)[0] >= 0.9
    assert found[0].mi < found[0].mi_noise and found[0].index < found[0].noise
    assert found[-1].p < 0.01 and found[-1].mi_p < 0.01


def test_two_cycles_to_one_are_found_as_two_to_one():
    t = np.arange(1_500) * 0.2
    rng = np.random.default_rng(0)
    wander = np.cumsum(0.05 * rng.normal(size=len(t)))
    x, y = np.cos(t + wander), np.cos(2 * (t + wander) + 0.5) + 0.1 * rng.normal(size=len(t))
    assert phase_synchrony(x, y, n=2, m=1).index > 0.9
    assert phase_synchrony(x, y, n=1, m=1).index < 0.3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: mi_by_lag(x, x[:-1]), "equally long series"),
        (lambda x: mi_by_lag(x, lags=[80]), "lags up to 80 leave 20 of 100 rows"),
        (lambda x: mi_by_lag(x, np.ones(100)), "y is constant"),
        (lambda x: mi_by_lag(x, moves=3), r"moves=3 is outside \[10"),
        (lambda x: phase_synchrony(x, x, n=0), r"n=0 is outside \[1"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0).normal(size=100))
