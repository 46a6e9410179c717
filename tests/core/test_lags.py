"""Series along time: what one tells of the other after some steps, and phases that go together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.express as px
import pytest
from scipy.stats import spearmanr

import core
from core import mi_by_lag, phase_synchrony, transfer_entropy_by_lag
from core.analysis.time_order import series_of
from core.data.tables import load_table, table_of
from core.method import Checkpoint, TableSource
from core.sweeps import TimeLags


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


def driven(n: int = 1_000, lag: int = 2, seed: int = 0) -> pd.DataFrame:
    """x has a course of its own; y follows what x was some rows before, and its own past."""
    noise = np.random.default_rng(seed).normal(size=(2, n))
    x, y = np.zeros(n), np.zeros(n)
    for t in range(lag, n):
        x[t] = 0.5 * x[t - 1] + noise[0, t]
        y[t] = 0.4 * y[t - 1] + 0.8 * x[t - lag] + 0.5 * noise[1, t]
    return pd.DataFrame({"x": x, "y": y})


def test_transfer_entropy_peaks_at_the_lag_of_the_driver_and_only_from_it():
    x, y = driven().to_numpy().T
    there, back = transfer_entropy_by_lag(x, y, range(1, 6)), transfer_entropy_by_lag(y, x, range(1, 6))
    assert there.curve.set_index("lag").mi.idxmax() == 2 and there.curve.mi.max() > 5 * there.noise
    assert (back.curve.mi < back.noise + 0.02).all()
    one = core.transfer_entropy(x, y, lag=2)
    assert there.curve.mi[1] == pytest.approx(one.mi, abs=1e-12)


def run(frame: pd.DataFrame, *columns: str, start: Checkpoint | None = None, **parameters) -> TimeLags:
    method = TimeLags(**({"lags": 4, "moves": 19} | parameters))
    list(method.steps(TableSource(table_of(frame), columns or ("x", "y")), start))
    return method.finish()


def test_the_run_has_the_curves_of_the_functions():
    frame = driven(400)
    found = run(frame)
    x, y = frame.to_numpy().T
    assert np.allclose(found.curves_["mi"]["mi"], mi_by_lag(x, y, range(-4, 5), moves=19).curve.mi)
    assert np.allclose(found.curves_["auto y"]["mi"], mi_by_lag(y, lags=range(1, 5), moves=19).curve.mi)
    expected = transfer_entropy_by_lag(x, y, range(1, 5), moves=19)
    assert np.allclose(found.curves_["transfer x"]["mi"], expected.curve.mi)
    assert found.curves_["transfer x"]["band"][1] == pytest.approx(expected.noise)
    assert found.phase_["mi"] == phase_synchrony(x, y, moves=19).mi


def test_rows_are_put_in_the_order_of_a_column_and_what_is_odd_about_it_is_said():
    frame = driven(400).assign(day=pd.date_range("2020-01-01", periods=400))
    mixed = frame.sample(frac=1.0, random_state=0)
    assert run(mixed, order="day").result()["curves"] == run(frame).result()["curves"]
    odd = mixed.assign(day=mixed["day"].where(mixed["day"].dt.day != 7, mixed["day"] + pd.Timedelta(days=1)))
    odd.loc[odd.index[:3], "day"] = pd.NaT
    said = " ".join(map(str, run(odd, order="day").result()["notices"]))
    assert "3 rows without day are left out." in said and "not equally spaced in day" in said
    assert "the same day as the one before" in said


def test_gaps_leave_out_their_moments_and_many_rows_are_a_stretch_of_the_middle():
    frame = driven(1_200)
    frame.loc[500:519, "y"] = np.nan
    found = run(frame, most=600)
    assert found.result()["n"] == 600 and found.curves_["mi"]["lag"][int(np.argmax(found.curves_["mi"]["mi"]))] == 2
    said = " ".join(map(str, found.result()["notices"]))
    assert "Of 1,200 rows the 600 in the middle" in said and "y lacks 20 values" in said


@pytest.mark.parametrize("after", [3, 20, 90, 118])
def test_lags_that_were_stopped_are_there_and_the_rest_is_added(after):
    frame = driven(300)
    source, settings = TableSource(table_of(frame), ("x", "y")), {"lags": 4, "moves": 19}
    first = TimeLags(**settings)
    steps = first.steps(source)
    for _ in range(after):
        next(steps)
    steps.close()
    stopped = first.finish().result()["curves"]
    assert sum(len(curve["mi"]) + curve["moved"] for curve in stopped.values()) == after
    again = TimeLags(**settings)
    rest = [step.index for step in again.steps(source, first.checkpoint())]
    assert rest == list(range(after + 1, again.total + 1))
    assert again.finish().result() == run(frame).result()


def test_one_column_alone_is_followed_too():
    found = run(driven(300), "x")
    assert list(found.curves_) == ["auto x"] and found.phase_ is None
    assert [step.index for step in TimeLags(lags=4, moves=19).steps(TableSource(table_of(driven(300)), ("x",)))][
        -1
    ] == 23


@pytest.mark.parametrize(
    ("change", "parameters", "message"),
    [
        ({"y": "word"}, {}, "column y is constant: choose numbers"),
        ({"y": [*"ab"] * 60}, {}, "column y is categorical: choose numbers"),
        ({}, {"lags": 90}, "a lag of 90 leaves 29 of 120 rows; at least 50"),
        ({"y": [1.0, 2.0] + [None] * 118}, {}, "y has 2 values in these rows"),
        ({}, {"order": "z"}, "'z'"),
    ],
)
def test_what_cannot_be_followed_in_time_is_told_in_one_sentence(change, parameters, message):
    with pytest.raises(ValueError, match=message):
        run(driven(120).assign(**change), **parameters)


def test_series_that_drift_are_said():
    walks = pd.DataFrame(np.random.default_rng(0).normal(size=(400, 2)).cumsum(axis=0), columns=["x", "y"])
    assert "drift so slowly" in " ".join(map(str, run(walks).result()["notices"]))
    assert "drift so slowly" not in " ".join(map(str, run(driven(400)).result()["notices"]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: mi_by_lag(x, x[:-1]), "equally long series"),
        (lambda x: mi_by_lag(x, lags=[80]), "lags up to 80 leave 20 of 100 rows"),
        (lambda x: mi_by_lag(x, np.ones(100)), "y is constant"),
        (lambda x: mi_by_lag(x, moves=3), r"moves=3 is outside \[10"),
        (lambda x: phase_synchrony(x, x, n=0), r"n=0 is outside \[1"),
        (lambda x: transfer_entropy_by_lag(x, x, [0]), r"lags=0 is outside \[1"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0).normal(size=100))


def test_several_series_one_after_another_are_said():
    """142 countries of 12 years each: "lifeExp tells the most of year 14 rows later" ran across their borders."""
    countries = px.data.gapminder()
    (said,) = (n for n in series_of(table_of(countries), ["lifeExp"], None, 5_000)[1] if "starts over" in n)
    assert said.startswith("year starts over 141 times: these rows are several series")
    counted = countries.assign(row=np.arange(1704))
    assert any("starts over" in n for n in series_of(table_of(counted), ["lifeExp"], None, 5_000)[1])
    assert not any("starts over" in n for n in series_of(load_table("weather"), ["temp_max"], None, 5_000)[1])
    cycles = pd.DataFrame(
        {"year": np.repeat(range(10), 12), "month": np.tile(range(12), 10), "v": np.arange(120) ** 0.5}
    )
    assert not any("starts over" in n for n in series_of(table_of(cycles), ["v"], None, 5_000)[1])


def test_nothing_is_tested_of_series_that_drift():
    """Beside "nothing is tested" p = .030 was shown for the phases."""
    walks = pd.DataFrame(np.random.default_rng(0).normal(size=(400, 2)).cumsum(axis=0), columns=["x", "y"])
    method = TimeLags(lags=4, moves=19)
    steps = list(method.steps(TableSource(table_of(walks), ("x", "y"))))
    found = method.finish()
    assert steps[-1].index == method.total and found.phase_ is None
    assert not any("p" in curve for curve in found.curves_.values())
    assert run(driven(400)).phase_["p"] > 0
