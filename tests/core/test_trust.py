"""Each reason for doubt appears where it should and stays away where it should not."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from core import discover, estimate_mi, mi_matrix, read_table
from core.analysis.matrix import Pairs
from core.data.tables import columns_source
from core.distributions import make
from core.estimators import KSG, MINE
from core.evaluation import trust
from core.evaluation.trust import Finding, Names, assess_trust
from core.method import Step

N = 1_000


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _reasons(verdict):
    return " ".join(verdict.reasons)


def test_a_sound_estimate_is_green_and_gives_no_reasons(rng):
    x = rng.normal(size=(N, 1))
    y = 0.8 * x + 0.6 * rng.normal(size=(N, 1))
    history = [Step(i, {"loss": -0.5, "mi": 0.5, "mi_held_out": 0.49}) for i in range(1, 20)]
    verdict = assess_trust(x, y, 0.5, interval=(0.45, 0.55), history=history)
    assert verdict.level == "green" and verdict.reasons == ()


@pytest.mark.parametrize(
    ("n", "d", "level"), [(20, 1, "red"), (60, 1, "amber"), (100, 1, "green"), (1_000, 20, "amber")]
)
def test_rows_are_counted_against_columns(n, d, level, rng):
    verdict = assess_trust(rng.normal(size=(n, d)), rng.normal(size=(n, d)), 0.0)
    assert verdict.level == level
    assert (f"{n:,} rows are few for {2 * d} columns" in _reasons(verdict)) == (level != "green")


def test_ties_name_the_column_and_the_count(rng):
    x = np.column_stack([rng.normal(size=N), rng.integers(0, 5, N)])
    verdict = assess_trust(x, rng.normal(size=N), 0.0)
    assert verdict.level == "amber"
    assert "Column 2 of x has ties: 5 different values in 1,000 rows" in _reasons(verdict)


def test_a_few_equal_values_are_no_ties(rng):
    x = np.round(rng.normal(size=N), 4)
    assert len(np.unique(x)) < N, "some values are equal"
    assert assess_trust(x, rng.normal(size=N), 0.0).level == "green"


def test_numbers_that_were_rounded_are_no_ties_and_a_value_that_stands_out_is(rng):
    rounded = np.round(rng.normal(size=(N, 1)), 1)
    assert len(np.unique(rounded)) < 0.1 * N and assess_trust(rounded, rng.normal(size=N), 0.0).level == "green"
    found = assess_trust(np.where(rng.random((N, 1)) < 0.3, 0.0, rng.normal(size=(N, 1))), rng.normal(size=N), 0.0)
    assert found.level == "amber" and "% have the same one" in _reasons(found)


def test_rows_pasted_twice_are_found_and_rows_of_categories_are_not_taken_for_it(rng):
    x, y = rng.normal(size=(2, N, 1))
    twice = assess_trust(np.vstack([x, x]), np.vstack([y, y]), 0.0)
    assert twice.level == "red" and "50% of the rows are copies" in _reasons(twice)
    some = assess_trust(np.vstack([x, x[:50]]), np.vstack([y, y[:50]]), 0.0)
    assert some.level == "amber" and "5% of the rows are copies" in _reasons(some)
    dice = assess_trust(rng.integers(1, 7, N), rng.integers(1, 7, N), 0.0)
    assert "copies" not in _reasons(dice)


def _numbers(name):
    pairs = Pairs(read_table(f"{Path(__file__).parents[2]}/assets/tables/{name}.csv"))
    return [pairs._numbers(column) for column in pairs.columns]


@pytest.mark.parametrize("name", ["penguins", "wine", "weather", "iris", "diabetes", "breast_cancer"])
def test_no_natural_tie_of_a_table_is_called_a_repeated_row(name):
    """Rounded values, heaps at whole numbers, categories and zeros for "nothing found" repeat rows of two columns."""
    own = name in ("penguins", "wine", "weather")
    columns = _numbers(name) if own else [*getattr(datasets, f"load_{name}")().data.T]
    for a, b in combinations(columns, 2):
        whole = np.isfinite(a) & np.isfinite(b)
        assert trust.duplicates(a[whole, None], b[whole, None]) is None


def test_rows_copied_into_a_table_of_rounded_values_are_found(rng):
    x, y = rng.normal(size=(2, N, 1))
    x, y = np.round(x, 2), np.round(0.8 * x + 0.6 * y, 2)
    assert trust.duplicates(x, y) is None
    some = trust.duplicates(np.vstack([x, x[:50]]), np.vstack([y, y[:50]]))
    assert some.severity == "amber" and "of the rows are copies" in some.sentence
    for times in (2, 5):
        often = trust.duplicates(np.tile(x, (times, 1)), np.tile(y, (times, 1)))
        assert often.severity == "red"
    a, b = (side[:, None] for side in _numbers("penguins")[2:4])
    whole = np.isfinite(a + b)[:, 0]
    twice = trust.duplicates(np.tile(a[whole], (2, 1)), np.tile(b[whole], (2, 1)))
    assert twice is not None and twice.severity == "red"


@pytest.mark.parametrize(
    "curve", [lambda x: x, np.exp, np.square, lambda x: -(x**3)], ids=["x", "exp", "square", "cube"]
)
def test_a_function_of_x_has_infinite_mi(curve, rng):
    x = rng.normal(size=(N, 2))
    verdict = assess_trust(x, curve(x[:, 1]), 3.0)
    assert verdict.level == "red" and "Column 2 of x and column 1 of y determine each other" in _reasons(verdict)


def test_a_strong_but_noisy_relation_is_not_called_a_function(rng):
    x = rng.normal(size=N)
    assert assess_trust(x, 0.99 * x + 0.14 * rng.normal(size=N), 1.96).level == "green"


def test_a_category_computed_from_x_has_finite_mi(rng):
    x = rng.normal(size=N)
    assert "infinite" not in _reasons(assess_trust(x, x > 0, 0.69))


def test_an_estimate_close_to_ln_n_is_at_least(rng):
    x, y = rng.normal(size=(2, N))
    verdict = assess_trust(x, y, 6.5)
    assert verdict.level == "red" and "6.50 nats is close to ln n = 6.91" in _reasons(verdict)
    assert "14.14 nats is above ln n = 6.91" in _reasons(assess_trust(x, y, 14.14))


def test_a_constant_side_is_said(rng):
    assert "y never changes, so the MI is 0." in _reasons(assess_trust(rng.normal(size=N), np.ones(N), 0.0))


def test_training_far_above_held_out_is_read_off_the_history(rng):
    x, y = rng.normal(size=(2, N))
    history = [Step(i, {"mi": 1.5} | ({"mi_held_out": 0.1} if i % 5 == 0 else {})) for i in range(1, 21)]
    verdict = assess_trust(x, y, 0.1, history=history)
    assert verdict.level == "red" and "1.40 nats above the held-out" in _reasons(verdict)
    assert trust.overfitted(0.55, 0.5) is None
    assert trust.overfitted(0.75, 0.5).severity == "amber"


def test_a_negative_estimate_is_told_not_clipped(rng):
    x, y = rng.normal(size=(2, N))
    assert "negative (−0.100 nats)" in _reasons(assess_trust(x, y, -0.1))
    assert assess_trust(x, y, -0.001).level == "green"


def test_a_wide_interval_is_told(rng):
    x, y = rng.normal(size=(2, N))
    assert assess_trust(x, y, 0.3, interval=(0.0, 0.6)).level == "amber"
    assert assess_trust(x, y, 4.0, interval=(3.8, 4.2)).level == "green"


def test_infonce_near_its_ceiling_is_at_least():
    assert trust.near_ceiling(5.0, 5.545, "ln B").severity == "red"
    assert trust.near_ceiling(3.0, 5.545, "ln B") is None


def test_folds_that_disagree_and_a_bound_far_from_its_plug_in_are_told():
    assert trust.folds_disagree([0.5, 0.52, 0.48]) is None
    assert "from 0.10 to 1.50" in trust.folds_disagree([0.1, 1.5, 0.8]).sentence
    assert trust.far_from_plug_in(0.5, 0.55) is None
    assert trust.far_from_plug_in(0.5, 0.8).severity == "amber"
    assert trust.far_from_plug_in(-0.25, 0.85).severity == "red"


def test_the_gravest_reason_leads_and_none_is_said_twice(rng):
    x, y = rng.normal(size=(2, N))
    extra = [Finding("amber", "Mild."), None, Finding("red", "Grave."), Finding("amber", "Mild.")]
    verdict = assess_trust(x, y, 0.0, extra=extra)
    assert verdict.level == "red" and verdict.reasons == ("Grave.", "Mild.")


def test_a_method_may_choose_the_checks_of_the_data(rng):
    dice = rng.integers(1, 7, N)
    assert assess_trust(dice, rng.integers(1, 7, N), 0.0, checks=[trust.few_rows]).level == "green"


CALLED = pd.DataFrame({"dose": np.random.default_rng(1).integers(0, 5, 300), "time": np.arange(300.0)})


@pytest.mark.parametrize("method", ["ksg", "gaussian", "mine"])
def test_reasons_call_columns_by_their_names_where_these_are_known(method):
    x, y = CALLED["time"], CALLED[["dose", "time"]]
    steps = {"iterations": 20} if method == "mine" else {}
    for found in (estimate_mi(x, y, method, **steps).trust, _of_method(method, CALLED, x, steps)):
        reasons = _reasons(found)
        assert "olumn 'time' and column 'time' determine each other" in reasons
        assert " of x" not in reasons and " of y" not in reasons
    assert "Column 1 of x and column 2 of y" in _reasons(estimate_mi(x.to_numpy(), y.to_numpy(), method, **steps).trust)


def _of_method(method, x, y, steps):
    return discover.load("estimators", method)(**steps, device="cpu").fit(x, y).trust_


def test_reasons_of_a_matrix_and_of_a_table_name_the_columns():
    long = mi_matrix(CALLED.assign(still=[0.0] * 299 + [1.0]), method="gaussian").long
    assert any("Column 'dose' has ties" in reasons for reasons in long["reasons"])
    source = columns_source("penguins", ["year"], ["body_mass_g"])
    method = discover.load("estimators", "gaussian")(device="cpu").run(source)
    assert "Column 'year' has ties: 3 different values" in _reasons(method.trust_)
    same = Names(("k",), ("still",))
    assert assess_trust(np.ones(N), np.ones(N), 0.0, names=same).reasons == (
        "Column 'k' and column 'still' never change, so the MI is 0.",
    )


@pytest.mark.parametrize(("scale", "level"), [(1.0, None), (12.0, "amber"), (1e9, "red"), (1e-9, "red")])
def test_ksg_says_where_raw_margins_leave_it_to_the_widest_column(scale, level):
    """ρ = .8 is .511 nats in any unit; raw distances see the wide column alone and measure 0 of it."""
    x, y = make("gaussian", rho=0.8).sample(600, seed=1)
    for method in (KSG(margins="raw"), KSG(margins="raw", algorithm="2")):
        method.fit(x, scale * y)
        assert (level is None) == ("distances see the widest alone" not in _reasons(method.trust_))
        assert level is None or method.trust_.level == level
    assert KSG().fit(x, scale * y).trust_.level == "green"


@pytest.mark.parametrize(
    ("centre", "scale", "level"), [(0, 10, "amber"), (0, 1e5, "red"), (0, 1e-4, "red"), (100, 1, "red")]
)
def test_a_critic_says_that_raw_columns_are_not_what_it_learns_from(centre, scale, level):
    x, y = make("gaussian", rho=0.8).sample(200, seed=0)
    short = {"iterations": 30, "folds": 2, "hidden": 8, "device": "cpu"}
    raw = MINE(margins="raw", **short).fit(centre + scale * x, y)
    assert "Choose normal scores or standardise" in _reasons(raw.trust_)
    assert level == "amber" or raw.trust_.level == "red"
    assert "Choose normal scores" not in _reasons(
        MINE(margins="standardise", **short).fit(centre + scale * x, y).trust_
    )


def test_numbers_below_zero_have_a_minus_and_no_hyphen():
    assert trust.negative(-0.1).sentence.startswith("The estimate is negative (−0.100 nats)")
    assert trust.wide(0.0, (-0.3, 0.2)).sentence == "The interval is wide: −0.30 to 0.20 nats."
    assert "from −0.40 to 0.40" in trust.folds_disagree([-0.4, 0.4]).sentence
    assert "(−1.00 nats)" in trust.far_from_plug_in(-1.0, 0.5).sentence


@pytest.mark.parametrize(
    ("mi", "interval", "said"),
    [
        (1.0, (0.76, 1.24), False),
        (1.0, (0.70, 1.30), True),
        (1.44, (1.40, 1.82), True),  # narrow below, and a quarter more above
        (0.9, (0.62, 0.92), True),
        (0.6, (0.51, 0.73), False),
        (0.2, (0.11, 0.29), False),  # half of so little is still little
        (0.0, (-0.05, 0.09), False),
    ],
)
def test_an_interval_that_reaches_far_to_one_side_is_as_wide_as_one_that_does_to_both(mi, interval, said):
    assert (trust.wide(mi, interval) is not None) == said


@pytest.mark.parametrize(("d", "level"), [(2, "green"), (3, "amber"), (5, "red"), (10, "red")])
def test_ksg_is_red_where_its_columns_are_too_many_for_its_rows(d, level):
    """Of ρ = .5 in each of d + d columns, 1,000 rows: KSG finds most in 4 and 6 columns, half in 10, a third in 20."""
    joint = make("multivariate_gaussian", dimension=d, rho=0.5)
    method = KSG().fit(*joint.sample(1_000, seed=0))
    found = method.mi_ / joint.true_mi
    assert (method.trust_.level == "red") == (found < 0.75), found
    assert ("nearest neighbours are too far away" in _reasons(method.trust_)) == (level == "red")
    assert level == "red" or method.trust_.level == level
