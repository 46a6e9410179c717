"""Columns of names and columns in the order of time, on tables of others: what their MI can be, and what is tested."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.express as px
import pytest

from core import estimate_mi, mi_matrix
from core.analysis.matrix import Pairs
from core.data.tables import load_table
from core.estimators import KDE, KSG, Gaussian
from core.evaluation.trust.serial import FEWEST, effective_rows
from core.method import Source


@pytest.fixture(scope="module")
def countries() -> pd.DataFrame:
    return px.data.gapminder()


@pytest.fixture(scope="module")
def shared(countries) -> pd.DataFrame:
    found = mi_matrix(countries, columns=["country", "iso_alpha", "iso_num", "year", "pop", "continent"])
    return found.long.set_index([found.long.x, found.long.y]).drop(columns=["x", "y"])


def _entropy(column) -> float:
    share = pd.Series(column).value_counts(normalize=True).to_numpy()
    return float(-(share * np.log(share)).sum())


def test_names_share_no_more_than_their_entropy(shared, countries):
    """142 countries and their 141 codes had 7.196 bits, beyond log2(142) = 7.150."""
    row = shared.loc["country", "iso_alpha"]
    assert row.mi == pytest.approx(_entropy(countries.iso_alpha), abs=1e-12)
    assert row.low <= row.mi <= row.high <= _entropy(countries.iso_alpha) + 1e-12
    for (x, y), row in shared.iterrows():
        for name in {x, y} & {"country", "iso_alpha", "continent"}:
            assert max(row.mi, row.high) <= _entropy(countries[name]) + 1e-12, (x, y)


@pytest.mark.parametrize("categories", ["both", "x", "y"])
def test_what_rows_contribute_is_bounded_as_their_mean_is(categories):
    codes = np.repeat(np.arange(60.0), np.arange(3, 63))[:, None]
    fitted = KSG(categories=categories).run(Source(codes, codes + 0.0))
    entropy = _entropy(codes[:, 0])
    assert fitted.mi_ <= entropy + 1e-12 and fitted.interval_[1] <= entropy + 1e-12
    assert fitted.local().mean() == pytest.approx(fitted.mi_, abs=1e-12)
    assert fitted.alone(codes, codes + 0.0) == pytest.approx(fitted.mi_, abs=1e-12)
    if categories == "both":
        assert fitted.mi_ == pytest.approx(entropy, abs=1e-12)


@pytest.mark.parametrize(("x", "y"), [("country", "pop"), ("large", "gdpPercap")])
def test_neighbours_beside_an_estimate_see_what_they_see_alone(countries, x, y):
    """The check beside a Gaussian took the codes of 142 countries, and of yes and no, for numbers."""
    frame = countries.assign(large=countries["gdpPercap"] * (1.0 + np.arange(1704) % 3) > 9_000)
    alone = mi_matrix(frame, columns=[x, y]).long.iloc[0]
    beside = next(iter(Pairs(frame, [x, y], method="gaussian")))
    assert f"sees {alone.mi:.2f} nats ({alone.low:.2f} to {alone.high:.2f})" in beside["reasons"], beside["reasons"]


def test_codes_of_names_are_no_series(shared, countries):
    """country × pop had q < .001, iso_alpha × pop q = .086, of the same relation: by the order of their codes."""
    for other in ("country", "iso_alpha"):
        row = shared.loc[(other, "pop") if (other, "pop") in shared.index else ("pop", other)]
        assert row.q < 0.001 and row.trust != "red" and "series" not in str(row.reasons), row
    assert shared.loc[("iso_alpha", "iso_num")].p < 0.001
    codes = countries[["iso_alpha"]].apply(lambda c: c.astype("category").cat.codes).to_numpy(float)
    number = countries[["iso_num"]].to_numpy(float)
    named = Gaussian().run(Source(codes, number, x_codes=(0,)))
    assert not any("time series" in reason for reason in named.trust_.reasons)


def test_intervals_contain_a_possible_value_and_no_impossible_ones(shared):
    """iso_alpha × iso_num had −20.8 to 34.6 bits, country × year, 0, from −.312 to −.184."""
    for row in shared.itertuples():
        assert min(0.0, row.mi) <= row.low <= row.mi <= row.high <= max(np.log(1704), row.mi), row
        assert row.high >= 0.0
    stocks = mi_matrix(px.data.stocks().drop(columns="date")).long
    assert (stocks.low >= 0).all() and (stocks.high <= np.log(105)).all() and stocks.p.isna().all()


def test_kernels_on_names_have_an_interval_that_can_be(countries):
    codes = [countries[name].astype("category").cat.codes.to_numpy(float)[:, None] for name in ("country", "continent")]
    found = KDE().run(Source(*codes, x_codes=(0,), y_codes=(0,)))
    low, high = found.interval_
    assert min(0.0, found.mi_) <= low <= found.mi_ <= high <= _entropy(countries.continent) + 1e-12


def test_a_date_against_what_drifts_is_not_tested():
    """Date × a random walk had q < .001 without a word, and two walks were refused as drifting."""
    stocks = px.data.stocks()
    found = mi_matrix(stocks.assign(date=pd.to_datetime(stocks["date"])), target="date").long
    assert len(found) == 6 and found.p.isna().all() and (found.trust == "red").all()
    assert found.reasons.str.contains("as in time series").all()


@pytest.mark.parametrize("n", [105, 1_000])
def test_an_index_is_a_clock_for_walks_and_for_nothing_else(n):
    rng, index = np.random.default_rng(0), np.arange(float(n))[:, None]
    walks = [effective_rows(index, rng.normal(size=(n, 1)).cumsum(axis=0)) for _ in range(200)]
    assert np.mean(np.array(walks) < FEWEST) >= 0.98
    assert all(effective_rows(index, rng.normal(size=(n, 1))) == n for _ in range(200))
    assert effective_rows(index, 2 * index + 5) == n, "two clocks"


def test_seasons_are_told_from_a_date():
    """Four years of temperatures come back to where they were: a date tells of them, and that is tested."""
    found = mi_matrix(load_table("weather"), target="date").long.set_index("x")
    others = found.rename(index={"date": "y"})
    assert (others.p < 0.001).all() and (others.trust != "red").all(), others
    assert not others.reasons.str.contains("time series").any()


def test_the_order_of_the_sides_changes_nothing_of_names():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 40, (400, 1)).astype(float)
    x = codes + 0.01 * rng.normal(size=(400, 1))
    one, other = KSG(categories="x").run(Source(codes, x)), KSG(categories="y").run(Source(x, codes))
    assert one.mi_ == other.mi_ <= _entropy(codes[:, 0]) + 1e-12
    assert estimate_mi(codes, x, "ksg", categories="x").interval[1] <= _entropy(codes[:, 0]) + 1e-12
