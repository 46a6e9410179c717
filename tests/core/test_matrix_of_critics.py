"""A matrix by critics: all pairs as one batched network, as good as one pair at a time, held-out, stoppable."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from core import mi_matrix
from core.analysis import together
from core.analysis.estimate import estimate_mi
from core.analysis.matrix import Pairs
from core.analysis.pair_estimates import PairEstimates, _p
from core.analysis.significance import Null
from core.data.tables import table_of
from core.estimators import MINE
from core.estimators._critic.chance import surrogates
from core.estimators._critic.scores import Scores
from core.learning import bounds
from core.method import Source, TableSource
from core.sweeps.matrix import Matrix

TOLERANCE = 0.02  # nats, beside a tenth of the estimate: between the batched network and a critic of a single pair
RHOS = {"weak": 0.3, "middle": 0.6, "strong": 0.9}


def gaussians(n: int = 4_000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    columns = {name: rho * x + np.sqrt(1 - rho**2) * rng.normal(size=n) for name, rho in RHOS.items()}
    return pd.DataFrame({"x": x, **columns, "noise": rng.normal(size=n)})


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return gaussians()


@pytest.mark.parametrize("method", ["mine", "smile", "infonce"])
def test_all_pairs_at_once_find_what_gaussian_pairs_have(method, frame):
    found = mi_matrix(frame, target="x", method=method)
    rows = {row.x if row.y == "x" else row.y: row for row in found.long.itertuples()}
    for name, rho in RHOS.items():
        truth = -0.5 * np.log(1 - rho**2)
        assert rows[name].mi == pytest.approx(truth, abs=TOLERANCE + 0.1 * truth)
        assert rows[name].low < rows[name].mi < rows[name].high
        assert rows[name].low - 0.02 < truth < rows[name].high + 0.02
    assert abs(rows["noise"].mi) < 0.01
    assert set(found.long.method) == {method}
    assert rows["weak"].q < 0.01 < 0.05 < rows["noise"].q and found.long.noise.isna().all()
    assert any("held-out rows with other partners" in notice for notice in found.notices)


def test_the_batched_network_agrees_with_a_critic_of_its_own(frame):
    together_ = mi_matrix(frame[["x", "middle"]], method="mine").long.mi[0]
    alone = estimate_mi(frame["x"], frame["middle"], "mine", **together.light(MINE)).mi
    assert together_ == pytest.approx(alone, abs=TOLERANCE + 0.1 * alone)


def test_a_pair_does_not_see_its_neighbours_in_the_network():
    """Of two sources, one scrambled: the estimate of the other is that of its own rows."""
    frame = gaussians(1_000)
    x, y = frame[["x"]].to_numpy(), frame[["strong"]].to_numpy()
    noise = np.random.default_rng(1).permutation(y)
    run = MINE(**together.light(MINE), patience=0).side_by_side([Source(x, y), Source(x, noise), Source(y, x)])
    for _ in run.steps():
        pass
    dependent, independent, turned = run.finish()
    assert dependent.mi_ == pytest.approx(-0.5 * np.log(1 - 0.81), abs=0.12)
    assert abs(independent.mi_) < 0.03
    assert turned.mi_ == pytest.approx(dependent.mi_, abs=0.1)


def test_estimates_are_of_rows_that_no_critic_of_theirs_was_trained_on():
    """So much freedom on 60 rows of noise that training rows would show far more than nothing."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd"))
    found = mi_matrix(frame, method="mine", hidden=128, iterations=400)
    assert found.long.mi.mean() < 0.05 and found.long.mi.max() < 0.4


@pytest.mark.parametrize("shifts", [8, 60])
@pytest.mark.parametrize("own", [0.0, 5.0], ids=["of pairs alone", "of either side alone too"])
def test_a_critic_finds_five_of_a_hundred_independent_pairs_and_whatever_it_says_of_one_side_counts_for_nothing(
    own, shifts
):
    """T(x, y) = xy + a (x + y²) is no critic that was trained; what it says by chance has the same law all the same."""
    rng = np.random.default_rng(0)

    def p(dependence: float) -> float:
        x, y = rng.normal(size=(2, 3, 61))
        y = dependence * x + y
        t = [x * other + own * (x + other**2) for other in (np.roll(y, shift, 1) for shift in range(shifts + 1))]
        scores = Scores(torch.tensor(t[0]), torch.tensor(np.stack(t[1:], 1)), range(1, shifts + 1))
        mi = float(bounds.dv(scores.joint, scores.marginal.flatten(1)).mean())
        return Null.of(surrogates(scores, mi)).p(mi)

    found = np.array([p(0.0) for _ in range(2_000)])
    assert 0.04 < (found <= 0.05).mean() < 0.06 and 0.45 < (found <= 0.5).mean() < 0.55
    assert np.mean([p(0.5) <= 0.01 for _ in range(100)]) > 0.9


def test_chance_is_judged_also_where_rows_are_so_many_that_each_is_scored_with_few_others():
    x = np.random.default_rng(0).normal(size=(2, 60_000))
    found = mi_matrix({"x": x[0], "y": x[1]}, method="mine", iterations=20).long
    assert found.p.notna().all()


def test_what_neither_trains_nor_is_quick_has_no_p_value():
    found = mi_matrix(gaussians(300)[["x", "weak"]], method="t_copula")
    assert found.long.p.isna().all() and any("no p-values" in notice for notice in found.notices)


def test_series_have_no_p_value_by_critics():
    x = np.random.default_rng(0).normal(size=(2, 600)).cumsum(1)
    assert mi_matrix({"x": x[0], "y": x[1]}, method="mine", iterations=20).long.p.isna().all()


def test_names_missing_values_and_different_lengths_in_one_network():
    frame, rng = gaussians(1_500), np.random.default_rng(3)
    blurred = frame["x"] + 0.5 * rng.normal(size=len(frame))
    frame["kind"] = pd.Categorical(np.array(list("bca"))[np.digitize(blurred, [-0.5, 0.5])])
    frame.loc[rng.random(len(frame)) < 0.04, "weak"] = np.nan
    frame.loc[rng.random(len(frame)) < 0.5, "noise"] = np.nan
    found = mi_matrix(frame, method="mine").long
    rows = {frozenset((row.x, row.y)): row for row in found.itertuples()}
    (neighbours,) = mi_matrix(frame[["x", "kind"]]).long.mi
    assert rows[frozenset(("x", "kind"))].mi == pytest.approx(neighbours, abs=0.1) and neighbours > 0.4
    assert rows[frozenset(("x", "noise"))].n == frame["noise"].notna().sum()
    assert found.mi.notna().all()


def test_groups_hold_pairs_of_about_the_same_number_of_rows():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(400, 9)))
    frame.iloc[:200, 0] = np.nan
    pairs, sizes = Pairs(table_of(frame), method="mine"), []
    estimates = PairEstimates(pairs.table, {n: pairs._numbers(n) for n in pairs.columns}, "mine", MINE, {}, 0)
    each = [estimates.pair(*pair) for pair in pairs.wanted]
    for group in together.groups(each):
        rows = [pair.n for pair in group]
        sizes.append(len(group))
        assert max(rows) <= 1.1 * min(rows) and len(group) <= together.PAIRS
    assert sum(sizes) == 36 and len(sizes) == 3


def test_a_sweep_that_is_stopped_on_the_way_keeps_the_pairs_that_are_done():
    many = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 7)), columns=[f"c{i}" for i in range(7)])
    source = TableSource(table_of(many), tuple(many.columns))
    sweep = Matrix(method="mine", random_state=0)
    indices = []
    for step in sweep.steps(source):
        indices.append(step.index)
        if step.index > together.PAIRS:
            break
    # It moves on, and can be stopped, while the first network still trains.
    assert indices == sorted(indices) and indices[0] in (1, 2) and len(indices) > 2 * together.PAIRS
    result = sweep.finish().result()
    assert len(result["long"]) in (5, together.PAIRS) and sweep.total == 21  # of two networks one is done
    saved = sweep.checkpoint()
    again = Matrix(method="mine", random_state=0)
    for _ in again.steps(source, saved):
        pass
    assert len(again.finish().result()["long"]) == 21


def test_what_trains_anew_for_each_pair_is_still_refused():
    with pytest.raises(ValueError, match="method='auto' trains anew for each pair; use one of"):
        Matrix(method="auto").check_parameters()


def test_a_critic_that_finds_nothing_is_not_significant_however_low_other_partners_score():
    law = Null.of(np.linspace(-0.03, -0.02, 50))
    critic, neighbours = (SimpleNamespace(quick=quick, mi_=-0.001) for quick in (False, True))
    assert law.p(-0.001) < 0.05
    assert _p(critic, law) == 0.5 and _p(neighbours, law) == law.p(-0.001)
    assert _p(SimpleNamespace(quick=False, mi_=0.001), law) == law.p(0.001)
    assert np.isnan(_p(critic, None))
