"""I(X; Y) = I(Y; X) to the last digit: in an estimate, in a matrix, in a sweep and for a pair of a table's columns."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import core
from core import discover
from core.distributions import make
from core.estimators import KSG, MINE, Histogram, _sides
from core.method import Source
from core.spec import Spec
from tests import checks

WEATHER = Path(__file__).parents[2] / "assets/tables/weather.csv"


@pytest.fixture(scope="module")
def rounded():
    """Rows of which many are tied, and two columns against one."""
    x, y = make("multivariate_gaussian").sample(240, 1)
    return np.round(x[:, :2], 1), np.round(np.exp(y[:, :1]), 1)


def _found(name, x, y, **parameters):
    method = checks.short(discover.load("estimators", name), **parameters)
    method.history_ = list(method.steps(Source(x, y)))
    method.finish()
    return method.mi_, method.interval_, method.history_


@pytest.mark.parametrize("name", discover.names("estimators"))
@pytest.mark.parametrize("columns", [1, 2])
def test_the_order_of_the_sides_changes_no_digit(name, columns, rounded):
    x, y = rounded[0][:, :columns], rounded[1]
    assert _found(name, x, y) == _found(name, y, x)


@pytest.mark.parametrize("critic", ["separable", "bilinear"])
def test_critics_that_see_the_sides_differently_are_symmetric_too(critic, rounded):
    x, y = rounded
    assert _found("mine", x, y, critic=critic) == _found("mine", y, x, critic=critic)


def test_names_stay_with_their_side(rounded):
    x, y = rounded[0][:, :1], (rounded[1] > 1) + 1.0 * (rounded[1] > 2)
    for a, b, named in ((x, y, "y"), (y, x, "x")):
        assert KSG(categories=named).fit(a, b).mi_ == pytest.approx(KSG(categories="y").fit(x, y).mi_, abs=0)
    assert KSG(categories="x").fit(x, y).mi_ != KSG(categories="y").fit(x, y).mi_


def test_fresh_draws_are_symmetric():
    joint = make("gaussian", rho=0.8)
    x, y = joint.sample(100, 0)
    ways = Source(x, y, draw=joint.sample), Source(y, x, draw=lambda n, seed: joint.sample(n, seed)[::-1])
    assert len({MINE(iterations=5, device="cpu").run(way).mi_ for way in ways}) == 1


def test_pictures_and_reasons_keep_the_callers_sides():
    x, y = make("gaussian", rho=0.9).sample(400, 0)
    y = np.exp(y)  # never negative, and not scaled as x is
    for a, b in ((x, y), (y, x)):
        mine, ksg, histogram = MINE(iterations=3, device="cpu").fit(a, b), KSG().fit(a, b), Histogram().fit(a, b)
        for picture in (mine.view("critic"), ksg.view("local"), histogram.view("histogram")):
            assert (picture["x"].min() < 0) == (a is x) and (picture["y"].min() < 0) == (b is x)
        still = MINE(iterations=1, device="cpu").fit(a, np.zeros(400))
        assert any(reason.startswith("y never changes") for reason in still.trust_.reasons)
    truth = lambda a, b: make("gaussian", rho=0.9).pointwise_mi(a, np.log(b))  # noqa: E731
    learned = MINE(iterations=60, learning_rate=0.01, device="cpu").run(Source(x, y, pointwise=truth)).view("critic")
    here = learned["truth"] > 0
    assert np.corrcoef(learned["scores"][here], learned["truth"][here])[0, 1] > 0.7


def test_neither_units_nor_the_caller_decide_the_order():
    x, y = np.random.default_rng(0).normal(size=(2, 50, 1))
    assert _sides.swapped(x, y) != _sides.swapped(y, x)
    assert _sides.swapped(x, y) == _sides.swapped(1000 * x, y) == _sides.swapped(x, np.exp(y) - 7)
    assert _sides.swapped(x, np.exp(x)) != _sides.swapped(np.exp(x), x) and not _sides.swapped(x, x)
    assert _sides.swapped(np.hstack([x, y]), x) and not _sides.swapped(x, np.hstack([x, y]))


def test_a_cell_of_a_matrix_is_the_estimate_of_its_two_columns():
    """Wind and the day's highest temperature: .071 in the matrix and .059 the other way round, before."""
    table = core.read_table(WEATHER)
    wind, hot = (table.frame[name] for name in ("wind", "temp_max"))
    alone = {core.estimate_mi(a, b, "ksg").mi for a, b in ((wind, hot), (hot, wind))}
    for columns in (["wind", "temp_max"], ["temp_max", "wind"]):
        alone.add(core.mi_matrix(table, columns).long.mi[0])
        data = {"table": str(WEATHER), "x": columns}
        sweep = Spec.parse({"family": "sweeps", "method": "matrix", "data": data})
        alone.add(sweep.build().run(sweep.source()).result()["long"][0]["mi"])
        data = {"table": str(WEATHER), "x": columns[:1], "y": columns[1:]}
        pair = Spec.parse({"family": "estimators", "method": "ksg", "data": data})
        alone.add(pair.build().run(pair.source()).mi_)
    assert len(alone) == 1


def test_a_pair_of_columns_trains_the_same_way_whichever_is_x():
    seen = []
    for x, y in (("wind", "temp_max"), ("temp_max", "wind")):
        spec = Spec.parse(
            {"family": "estimators", "method": "mine", "data": {"table": str(WEATHER), "x": [x], "y": [y]}}
        )
        seen.append(list(islice(spec.build().steps(spec.source()), 3)))
    assert seen[0] == seen[1]
