"""`auto` and its routes: against known truths, second implementations, and rows on which each route alone fails."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest
from scipy.stats import multivariate_normal, multivariate_t
from sklearn.mixture import GaussianMixture

import core
from core.distributions import make, tasks
from core.estimators import Auto, LearnedFeatures, MixtureCopula, TCopula, _choice, _routes, auto
from core.estimators._neighbour_findings import tied_neighbours
from core.estimators.mixture_copula import _Mixture
from core.estimators.t_copula import correlation, log_t
from core.method import Source
from tests.benchmarks import _mi_calibration

N = 4_000


def _found(name, local, interval, trained=False):
    """What a route found: the mean of the rows' contributions."""
    estimate = core.estimators._closed.ClosedFormEstimate(float(np.nanmean(local)), interval)
    return _routes.Found(_routes.Route(name, {}, trained), estimate, local, 0.0)


def student(n, dx, dy, nu, seed=0):
    """Independent normals over one common scale: a multivariate t with the identity as its matrix."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, dx + dy)) / np.sqrt(rng.chisquare(nu, size=(n, 1)) / nu)
    return z[:, :dx], z[:, dx:]


def turned(n, seed=0):
    """Two columns a side with ρ = .9 in each pair, then rotated by an angle that grows with the radius."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    y = 0.9 * x + np.sqrt(1 - 0.81) * rng.normal(size=(n, 2))

    def turn(z, speed):
        angle = speed * (z**2).sum(1)
        c, s = np.cos(angle), np.sin(angle)
        return np.column_stack([c * z[:, 0] - s * z[:, 1], s * z[:, 0] + c * z[:, 1]])

    return turn(x, 0.5), turn(y, 0.3), -np.log(1 - 0.81)


@pytest.mark.parametrize("nu", [1.0, 3.0, 30.0])
def test_the_density_of_the_t_copula_is_scipys(nu):
    rng = np.random.default_rng(0)
    z, matrix = rng.normal(size=(50, 4)), 0.5 * np.eye(4) + 0.5
    assert np.allclose(log_t(z, nu, matrix), multivariate_t(shape=matrix, df=nu).logpdf(z), atol=1e-10)
    assert np.allclose(log_t(z, np.inf, matrix), multivariate_normal(cov=matrix).logpdf(z), atol=1e-10)


def test_the_correlation_of_a_t_is_found_where_the_sample_correlation_is_lost():
    matrix = np.array([[1.0, 0.7], [0.7, 1.0]])
    z = multivariate_t(shape=matrix, df=1.5).rvs(20_000, random_state=0)
    assert correlation(z, 1.5)[0, 1] == pytest.approx(0.7, abs=0.02)


# Published: Czyż et al. (2023), tasks "Student-t" with the identity as dispersion.
@pytest.mark.parametrize(("d", "nu", "truth"), [(1, 1, 0.224171), (2, 2, 0.193147), (5, 2, 0.448151)])
def test_the_t_copula_finds_what_only_the_tails_share(d, nu, truth):
    x, y = student(N, d, d, nu)
    found = TCopula().fit(x, y)
    assert found.mi_ == pytest.approx(truth, abs=0.04)  # sd of the log-ratio over √4,000 is .015
    assert abs(core.estimate_mi(x, y, "gaussian").mi) < 0.03
    assert TCopula().fit(np.arcsinh(x), y**3).mi_ == pytest.approx(found.mi_, abs=1e-9)


def test_ratios_of_a_fit_count_half_on_its_own_rows_and_half_on_others():
    """25 × 25 columns have 625 parameters between them: held out alone .18 nats are missing, on their own rows .2 too many."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(N, 25))
    y = 0.5 * x + np.sqrt(0.75) * rng.normal(size=(N, 25))
    truth = -12.5 * np.log(0.75)
    found = TCopula().fit(x, y)
    assert found.mi_ == pytest.approx(truth, abs=0.1)
    low, high = found.interval_
    assert low <= truth <= high


def test_the_mixtures_density_is_scikit_learns():
    rng = np.random.default_rng(0)
    z = np.concatenate([rng.normal(-1, 1, (200, 3)), rng.normal(2, 0.5, (200, 3))])
    model = GaussianMixture(2, random_state=0).fit(z)
    ratio = _Mixture(model, 1)
    constant = 1.5 * np.log(2 * np.pi)
    assert np.allclose(ratio._log(z, *ratio.joint) - constant, model.score_samples(z), atol=1e-10)


def test_the_mixture_sees_noise_whose_width_depends_on_x():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(N, 1))
    y = np.exp(x) * rng.normal(size=(N, 1))
    truth = core.estimate_mi(x, y, "ksg").mi
    assert abs(core.estimate_mi(x, y, "gaussian").mi) < 0.02 < 0.25 < truth
    assert MixtureCopula().fit(x, y).mi_ == pytest.approx(truth, abs=0.05)


def test_learned_features_see_a_turn_by_radius_and_never_more_than_there_is():
    x, y, truth = turned(2_000)
    found = LearnedFeatures(iterations=400, folds=3, device="cpu").fit(x, y)
    assert truth - 0.35 < found.mi_ < truth + 0.05
    assert core.estimate_mi(x, y, "gaussian").mi < 0.6 * found.mi_
    noise = np.random.default_rng(1).normal(size=x.shape)
    assert abs(LearnedFeatures(iterations=200, folds=3, device="cpu").fit(x, noise).mi_) < 0.03


def test_auto_takes_the_route_that_sees_and_the_simplest_where_all_do():
    x, y, truth = turned(2_000)
    found = core.estimate_mi(x, y, device="cpu", budget="10min")
    mis = {route["route"]: route["mi"] for route in found.said["routes"]}
    assert found.mi == mis[found.said["route"]] and found.mi > min(mis.values()) + 0.3
    assert found.mi == pytest.approx(truth, abs=0.35) and "lies" in found.said["why"]
    for pair, route in ((make("gaussian", rho=0.8).sample(N, 0), "t copula"), (student(10_000, 1, 1, 1), "t copula")):
        assert core.estimate_mi(*pair, budget="10min").said["route"] == route
    rng = np.random.default_rng(0)
    x = rng.uniform(size=N)
    assert "KSG" in core.estimate_mi(x, np.sin(12 * x) + 0.1 * rng.normal(size=N), budget="10min").said["route"]


def test_auto_shows_nothing_where_there_is_nothing():
    """The largest of several estimates is too large on noise; a route has to win by more than chance."""
    found = [core.estimate_mi(*make("independent").sample(1_000, seed), budget="1min").mi for seed in range(12)]
    assert abs(np.mean(found)) < 0.01 and max(np.abs(found)) < 0.05


def test_autos_interval_holds_the_truth_as_often_as_it_says():
    truth = 0.143841
    inside = 0
    for seed in range(40):
        low, high = core.estimate_mi(*make("gaussian", rho=0.5).sample(1_000, seed), budget="1s").interval
        inside += low <= truth <= high
    assert inside >= 34  # of 40 at 95 %: 33 or fewer happen once in 7,000 times


def test_a_budget_that_ends_leaves_routes_out_and_says_so(monkeypatch):
    monkeypatch.setitem(auto._SECONDS, "30s", 0.0)
    found = core.estimate_mi(*make("gaussian", rho=0.8).sample(500, 0))
    assert found.trust.level == "amber" and "Not tried within this budget" in " ".join(found.trust.reasons)
    assert found.mi == pytest.approx(0.51, abs=0.15)


def test_the_shortest_budget_trains_nothing():
    found = core.estimate_mi(*make("gaussian", rho=0.8).sample(500, 0), budget="1s")
    assert len(found.said["routes"]) == 2 and found.trust.level == "green"
    assert "longer than this budget" in " ".join(map(str, found.said["skipped"]))


def test_the_shortest_budget_is_not_believed_more_than_a_longer_one():
    """Cubes turned in five columns a side: what a second sees is a fifth too little, and learned features would see more."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3_000, 5))
    y = 0.7 * x + np.sqrt(0.51) * rng.normal(size=x.shape)
    turns = [np.linalg.qr(rng.normal(size=(5, 5)))[0] for _ in range(2)]
    found = core.estimate_mi(np.cbrt(x) @ turns[0], y @ turns[1], budget="1s")
    assert found.trust.level == "amber" and "Not tried within this budget" in " ".join(found.trust.reasons)


@pytest.mark.parametrize("columns", [1, 2])
def test_what_is_left_out_of_the_shortest_budget_is_no_doubt_where_neighbours_miss_nothing(columns):
    joint = make("multivariate_gaussian", dimension=columns, rho=0.5)
    assert core.estimate_mi(*joint.sample(5_000, 1), budget="1s").trust.level == "green"


def test_that_nothing_was_found_in_many_columns_is_not_believed():
    rng = np.random.default_rng(0)
    many, few = (core.estimate_mi(*rng.normal(size=(2, 1_500, d)), budget="10s").trust for d in (10, 2))
    assert "one may be hidden that no route sees" in " ".join(many.reasons) and many.level == "amber"
    assert few.level == "green"


def test_columns_of_few_values_are_counted():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, N)
    found = core.estimate_mi(x, (x + (rng.random(N) < 0.3)) % 3)
    table = np.array([[0.7, 0.3, 0], [0, 0.7, 0.3], [0.3, 0, 0.7]]) / 3
    assert found.mi == pytest.approx(float((table[table > 0] * np.log(9 * table[table > 0])).sum()), abs=0.03)
    assert [route["route"] for route in found.said["routes"]] == ["KSG (nearest neighbours)"]


def test_constant_sides_share_nothing():
    found = Auto().fit(np.ones((100, 2)), np.random.default_rng(0).normal(size=(100, 1)))
    assert found.mi_ == 0.0 and "never change" in " ".join(found.trust_.reasons) and found.routes_ == []


def test_a_route_has_to_lie_above_by_more_than_chance():
    rng = np.random.default_rng(0)
    base = rng.normal(0.5, 1.0, 1_000)

    def found(local, name):
        mi, half = float(local.mean()), 1.96 * float(local.std()) / np.sqrt(len(local))
        return _found(name, local, (mi - half, mi + half))

    simple, same = found(base, "t_copula"), found(base + rng.normal(0.01, 0.5, 1_000), "ksg")
    higher = found(base + rng.normal(0.2, 0.5, 1_000), "ksg")
    assert _choice.best([simple, same]) is simple and _choice.best([simple, same, higher]) is higher


def test_features_that_some_folds_learned_badly_are_believed_where_they_lie_above():
    """Bad features lose dependence and invent none: that folds differ is no chance in their favour."""
    rng = np.random.default_rng(0)
    base = rng.normal(0.9, 1.0, 9_000)

    def found(local, name, trained, half):
        mi = float(local.mean())
        return _found(name, local, (mi - half, mi + half), trained)

    copula = found(base, "t_copula", False, 0.02)
    other = rng.normal(0.9, 1.0, 9_000) + np.repeat([0.0, 0.15, 0.15], 3_000)
    learned = found(other, "learned_features", True, 0.15)
    assert _choice.best([copula, learned]) is learned
    none = found(base + rng.normal(0.01, 0.5, 9_000), "learned_features", True, 0.02)
    assert _choice.best([copula, none]) is copula


def test_neighbours_that_are_believed_are_asked_of_all_rows(monkeypatch):
    """At first of some rows only; the user is not told of a stop that was our own."""
    monkeypatch.setattr(_routes, "_ROWS", 10)
    monkeypatch.setattr(importlib.import_module("core.estimators.ksg"), "_BLOCK", 500)
    x = np.random.default_rng(0).uniform(size=(2_000, 1))
    y = np.sin(12 * x) + 0.1 * np.random.default_rng(1).normal(size=x.shape)
    method = Auto(budget="1s")
    monkeypatch.setitem(auto._SECONDS, "1s", 60.0)
    steps = len(list(method.steps(Source(x, y))))
    found = method.finish()
    assert "KSG" in found.route_ and steps == method.total == 3
    assert found.mi_ == pytest.approx(core.estimate_mi(x, y, "ksg").mi, abs=1e-12)
    assert "Stopped" not in " ".join(map(str, found.trust_.reasons))


def test_what_is_half_learned_again_does_not_replace_what_was_learned(monkeypatch):
    """The route that is believed is learned once more, with all folds: the line stands still until that is done."""
    x, y, _ = turned(2_000)
    routes = _routes.Plan(
        (_routes.Route("t_copula", {}), _routes.Route("learned_features", {"iterations": 200}, True)), ()
    )
    monkeypatch.setattr(_routes, "plan", lambda *_: routes)
    method = Auto(budget="10min")
    seen = [step.info["mi_held_out"] for step in method.steps(Source(x, y))]
    assert "Learned features" in method.finish().route_ and len(seen) == method.total == 1 + 20 + 20
    assert len({*seen[20:-1]}) == 1 and method.mi_ == seen[-1]


def test_of_very_many_rows_some_are_compared_and_it_is_said(monkeypatch):
    monkeypatch.setitem(auto._MOST, "1s", (1_000, 100_000))
    found = core.estimate_mi(*make("gaussian", rho=0.8).sample(3_000, 0), budget="1s")
    assert found.mi == pytest.approx(0.511, abs=0.08)
    assert (
        "2,000 of 3,000 rows, at random: 1,000 are compared." in found.said["skipped"] and found.said["rows"] == 3_000
    )


def test_a_pause_takes_nothing_from_the_budget(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(auto.time, "monotonic", lambda: now[0])
    method, steps = Auto(budget="10s"), 0
    for _ in method.steps(Source(*make("gaussian", rho=0.8).sample(500, 0))):
        now[0] += 3_600.0  # an hour between two Steps
        steps += 1
    assert steps == method.total > 1 and method.finish().trust_.level == "green"


def test_a_budget_that_ends_within_a_fit_ends_the_fit(monkeypatch):
    """A mixture of 32 Gaussians takes seconds; the clock is read between ten iterations and the next ten."""
    now, fits = [0.0], []

    class Slow(GaussianMixture):
        def fit(self, *given):
            fits.append(self.max_iter)
            now[0] += 4.0
            return super().fit(*given)

    monkeypatch.setattr("core.estimators.mixture_copula.GaussianMixture", Slow)
    monkeypatch.setattr(auto.time, "monotonic", lambda: now[0])
    x = np.random.default_rng(0).uniform(size=(1_000, 1))
    y = np.sin(12 * x) + 0.1 * np.random.default_rng(1).normal(size=x.shape)
    found = core.estimate_mi(x, y, budget="10s")
    assert len(fits) == 3 and now[0] == 12.0, "twelve seconds, of which the third fit began within the budget"
    assert (
        "Not tried within this budget: Mixture copula" in " ".join(found.trust.reasons) and "KSG" in found.said["route"]
    )


def test_a_cold_process_begins_no_training_that_would_outlast_the_budget(monkeypatch):
    """Torch loads for a second or two at the first step of a process, and nothing ends that."""
    x, y, _ = turned(400)
    monkeypatch.setattr(auto.time, "monotonic", lambda: 0.0)
    monkeypatch.setitem(sys.modules, "torch._dynamo", sys)
    assert auto._first_step(_routes.LEARNED[0]) == 0.0
    monkeypatch.delitem(sys.modules, "torch._dynamo")
    run = auto._Run(x, y, auto.Names(), (), [object()], [], deadline=1.0)
    list(Auto()._try(run, list(_routes.LEARNED), Source(x, y), {}))
    assert run.late == list(_routes.LEARNED), "one second is left, and neither begins"


@pytest.mark.parametrize("cls", [TCopula, MixtureCopula])
def test_what_a_fitted_density_draws_has_the_mi_of_the_rows(cls):
    x, y = make("gaussian", rho=0.8).sample(N, 0)
    method = cls().fit(x, y)
    assert cls().fit(*method.draw(N, np.random.default_rng(1))).mi_ == pytest.approx(method.mi_, abs=0.05)


def test_neighbours_see_what_a_density_misses_also_where_they_fall_short_themselves():
    """KSG of six columns and 1,000 rows lies below the truth; of simulated rows it lies as much below."""
    for x, y in (student(1_000, 3, 3, 2), make("multivariate_gaussian", dimension=3, rho=0.7).sample(1_000, 0)):
        found = core.estimate_mi(x, y)
        assert found.said["route"] == "t copula" and len(found.said["routes"]) == 2, "the others were not needed"
        assert "no more than the fitted density explains" in " ".join(map(str, found.said["skipped"]))
    x, y, truth = turned(1_000)
    x, y = (np.hstack([side, np.random.default_rng(i).normal(size=(1_000, 2))]) for i, side in enumerate((x, y)))
    hidden = core.estimate_mi(x, y, budget="1s")
    assert hidden.said["route"] == "t copula" and hidden.mi < truth - 0.3
    assert hidden.trust.level == "amber" and "would see" in " ".join(hidden.trust.reasons)
    assert hidden.interval[1] - hidden.mi > 2 * (hidden.mi - hidden.interval[0])


def test_an_interval_reaches_up_to_features_that_may_be_as_high_and_to_no_others():
    rng = np.random.default_rng(0)
    base = rng.normal(0.5, 1.0, 1_000)

    def found(local, trained, top):
        mi = float(local.mean())
        return _found("any", local, (mi - 0.062, mi + top), trained)

    chosen = found(base, False, 0.062)
    as_high, lower = found(base + rng.normal(0.0, 0.5, 1_000), True, 0.3), found(base - 0.2, True, 3.0)
    assert _choice.interval(chosen, [chosen, as_high])[1] == pytest.approx(as_high.mi + 0.3)
    assert _choice.interval(chosen, [chosen, lower])[1] == pytest.approx(chosen.mi + 0.062)


@pytest.mark.parametrize("nats", [5.0, 6.0])
@pytest.mark.parametrize("dimension", [1, 10])
@pytest.mark.parametrize("warp", [None, "wiggly"])
def test_strong_dependence_is_found_within_five_per_cent_and_nothing_seen_speaks_against_it(warp, dimension, nats):
    power = 0.01 * np.expm1(2 * nats / dimension)
    joint = make("channel", power=power, noise=0.01, dimension=dimension)
    joint = make(warp, of=joint) if warp else joint
    assert joint.true_mi == pytest.approx(nats)
    found = core.estimate_mi(*joint.sample(10_000, 0), budget="1s")
    assert found.mi == pytest.approx(nats, rel=0.05)
    others = [str(reason) for reason in found.trust.reasons if "Not tried within this budget" not in reason]
    assert not others and (found.trust.level == "green") == (dimension == 1)


def test_neighbours_that_share_a_distance_are_named_only_where_values_repeat():
    fine, few = np.random.default_rng(0).normal(size=(100, 1)), np.repeat([0.0, 1.0], 50)[:, None]
    assert tied_neighbours(0.04, fine, fine) is None and tied_neighbours(0.001, few, fine) is None
    assert tied_neighbours(0.04, few, fine).severity == "amber"


@pytest.mark.parametrize("step", [0.2, 1.0])
def test_rounded_values_have_the_mi_of_their_cells(step):
    truth, x, y = _mi_calibration.rounded(0.8, step, 10_000, 0)
    assert core.estimate_mi(x, y, budget="1s").mi == pytest.approx(truth, abs=0.03)


def test_the_mi_of_rounded_normals_is_that_of_a_large_table_of_them():
    truth, x, y = _mi_calibration.rounded(0.8, 1.0, 200_000, 0)
    cells = np.unique(np.hstack([x, y]), axis=0, return_inverse=True)[1].ravel()
    entropy = [-(p * np.log(p)).sum() for p in (np.unique(v, return_counts=True)[1] / len(x) for v in (x, y, cells))]
    assert entropy[0] + entropy[1] - entropy[2] == pytest.approx(truth, abs=0.005)
    assert _mi_calibration.rounded_mi(0.8, 0.02) == pytest.approx(0.5108, abs=2e-4)


SPIRAL = "spiral-normal_cdf-multinormal-sparse-3-3-2-2.0"


@pytest.mark.parametrize(
    ("joint", "n", "method", "said"),
    [
        (lambda: tasks()[SPIRAL], 500, "auto", "too few to see whether the form"),
        (lambda: tasks()[SPIRAL], 2_000, "mixture_copula", "No simple form fits"),
        (lambda: make("periodic"), 500, "mixture_copula", "No simple form fits"),
        (lambda: make("multivariate_gaussian", dimension=3), 2_000, "auto", ""),
        (lambda: make("multivariate_gaussian", dimension=3), 2_000, "mixture_copula", ""),
        (lambda: make("multivariate_gaussian", dimension=2), 500, "auto", ""),
        (lambda: make("gaussian_mixture"), 2_000, "auto", ""),
    ],
)
def test_a_form_that_so_few_rows_cannot_contradict_is_doubted_and_no_other(joint, n, method, said):
    for seed in range(2):
        result = core.estimate_mi(*joint().sample(n, seed), method)
        reasons = " ".join(map(str, result.trust.reasons))
        assert (result.trust.level, said in reasons) == ("amber" if said else "green", True), reasons
        assert said or abs(result.mi - joint().true_mi) < 0.1


def test_room_that_learned_features_leave_is_named():
    low = _found("t_copula", np.full(2_000, 0.8), (0.75, 0.85))
    assert not any(_choice.doubts(low, 0.9, 10))
    room, unseen, hidden = _choice.doubts(low, 1.1, 10)
    assert "room up to 1.10 nats" in str(room) and unseen is None and hidden is None
    assert not any(_choice.doubts(_found("ksg", np.full(500, 0.8), (0.75, 0.85)), 1.1, 10))
