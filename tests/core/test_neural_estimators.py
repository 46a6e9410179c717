"""MINE, NWJ, JSD, InfoNCE and SMILE: honest on noise, repeatable, resumable, and right where the truth is known."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
import torch

from core import estimators
from core.distributions import make
from core.estimators._critic.folds import split
from core.estimators._critic.training import CriticTraining
from core.method import Checkpoint, Source

NAMES = ["MINE", "NWJ", "JSD", "InfoNCE", "SMILE"]


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def build(name, **parameters):
    return getattr(estimators, name)(device="cpu", **parameters)


def gaussian(n=400, rho=0.8, seed=0, **more):
    joint = make("gaussian", rho=rho)
    return Source(*joint.sample(n, seed), pointwise=joint.pointwise_mi, **more)


@pytest.mark.parametrize(("n", "k"), [(8, 5), (10, 5), (11, 3), (103, 5), (1000, 7)])
def test_folds_cover_all_rows_and_no_row_serves_twice_in_one(n, k):
    parts = split(n, k, np.random.default_rng(0))
    assert set(parts.test.flatten()) == set(range(n)), "every row is scored"
    for train, validation, test in zip(*parts, strict=True):
        assert len({*train, *validation, *test}) == len(train) + len(validation) + len(test) == n
        assert len(train) >= 2 and len(validation) >= 2 and len(test) >= 2


def test_too_few_rows_are_refused_with_the_limit():
    with pytest.raises(ValueError, match=r"7 rows.*at least 8"):
        build("MINE").steps(gaussian(7))


def test_a_batch_holds_no_row_twice_so_a_shift_never_finds_a_true_pair():
    source = Source(np.arange(60.0)[:, None], np.arange(60.0)[:, None])
    run = CriticTraining(build("MINE", margins="raw", batch_size=16), source)
    seen = [run._batch(index) for index in range(9)]
    for x, y in seen:
        assert torch.equal(x, y), "row i of x stays with row i of y"
        assert all(len(fold.unique()) == fold.numel() for fold in x)
        for shift in range(1, x.shape[1]):
            assert not (x == y.roll(shift, 1)).any()
    # Two batches of 16 are an epoch (60 rows less 12 of the fold and 6 for validation are 42): no row twice in it.
    assert all(len(fold.unique()) == fold.numel() for fold in torch.cat([seen[0][0], seen[1][0]], 1))


def test_training_rows_are_remembered_and_held_out_rows_of_pure_noise_are_not():
    """A critic far too large for 150 rows of noise learns them by heart; the scored rows were not among them."""
    rng = np.random.default_rng(0)
    noise = Source(rng.normal(size=(150, 3)), rng.normal(size=(150, 3)))
    method = build("JSD", hidden=256, iterations=150, learning_rate=0.01, patience=0, schedule="constant")
    method.run(noise)
    learned = np.mean([step.info["mi"] for step in method.history_[-10:]])
    assert learned > 1.0, "the training rows are known by heart"
    assert method.mi_ < 0.1, "and the held-out ones show nothing"
    last = method._run
    current = float(method.report(last.score(last.critic, last.test, 10_000)).mean())
    assert current < 0.1, "not even by the overfitted weights"


@pytest.mark.parametrize("name", NAMES)
def test_the_gaussian_is_found(name):
    """±0.12: 1,000 rows leave a spread of about 0.03, and a critic of 80 short steps some of the MI behind."""
    method = build(name, iterations=80, hidden=32, learning_rate=0.01, batch_size=256).run(gaussian(1_000))
    assert method.mi_ == pytest.approx(0.5108, abs=0.12)
    low, high = method.interval_
    assert low < method.mi_ < high and high - low < 0.4


@pytest.mark.parametrize("name", NAMES)
def test_independent_rows_share_nothing(name):
    """±0.05 of 1,000 rows: a critic that learned nothing is held to 0 by validation, up to the noise of both."""
    method = build(name, iterations=60, hidden=16, batch_size=256).run(gaussian(1_000, rho=0.0))
    assert abs(method.mi_) < 0.05


def test_infonce_never_exceeds_ln_b_and_says_so():
    x = np.random.default_rng(0).normal(size=(600, 1))
    method = build("InfoNCE", negatives=7, iterations=100, learning_rate=0.01).run(Source(x, x))
    values = [v for step in method.history_ for k, v in step.info.items() if k.startswith("mi")]
    assert max(*values, method.mi_) <= math.log(8) + 1e-6  # float32
    assert method.mi_ > 0.85 * math.log(8) and method.trust_.level == "red"
    assert any("ln B (B = 8)" in reason for reason in method.trust_.reasons)


def test_infonce_is_scored_among_all_others_of_its_fold_where_a_batch_would_limit_it():
    source = Source(*make("gaussian", rho=0.9995).sample(1_000, 0))  # 3.5 nats
    small = {"batch_size": 8, "iterations": 300, "learning_rate": 0.01, "folds": 2}
    free, told = (build("InfoNCE", **small, negatives=given).run(source) for given in (None, 7))
    assert told.mi_ < math.log(8) < free.mi_ < math.log(500)
    line = [step.info["mi_held_out"] for step in free.history_ if "mi_held_out" in step.info]
    assert line[-2] == pytest.approx(line[-1], abs=0.1), "the line does not jump where more candidates come in"


def test_a_critic_through_which_every_pair_goes_is_scored_among_as_many_as_in_training():
    many, few = (
        build("InfoNCE", critic=critic).partners(2_000, 50, 10_000, math.inf) for critic in ("separable", "concat")
    )
    assert (many, few) == (1_999, 255)


@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_file_resumes_bit_for_bit_and_ends_in_the_same_estimate(name, tmp_path):
    source, parameters = gaussian(), {"iterations": 25, "hidden": 16, "batch_size": 32}
    first = build(name, **parameters)
    steps = first.steps(source)
    list(islice(steps, 17))  # in the middle of an epoch
    first.checkpoint().save(tmp_path / "run.safetensors")
    rest = list(steps)
    second = build(name, **parameters)
    assert list(second.steps(source, Checkpoint.load(tmp_path / "run.safetensors"))) == rest
    assert second.finish().mi_ == first.finish().mi_


def test_a_high_estimate_takes_more_shuffled_pairs_and_resumes_with_them(monkeypatch):
    """exp T of a shuffled pair is rarely large and decides its mean: the higher the MI, the more of them it takes."""
    used, score = [], CriticTraining._score

    def counted(run, critic, x, y, shifts):
        used.extend([len(shifts)] * torch.is_grad_enabled())
        return score(run, critic, x, y, shifts)

    monkeypatch.setattr(CriticTraining, "_score", counted)
    source = Source(*make("channel", power=3.0, noise=0.2, dimension=3).sample(1_000, 0))
    first = build("MINE", iterations=60, folds=2, learning_rate=0.02, patience=0)
    steps = first.steps(source)
    list(islice(steps, 50))
    saved, rest = first.checkpoint(), list(steps)
    change = used.index(4)
    assert {*used[:change]} == {2} and {*used[change:]} == {4} and change < 50
    again = build("MINE", iterations=60, folds=2, learning_rate=0.02, patience=0)
    assert list(again.steps(source, saved)) == rest and {*used[60:]} == {4}
    assert build("MINE", negatives=1).shuffled(5.0) == 1, "what was asked for stays"


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_says_the_same_and_another_seed_does_not(name):
    runs = [list(build(name, iterations=3, random_state=seed).steps(gaussian())) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_fresh_draws_never_repeat_and_resume_bit_for_bit():
    joint, asked = make("gaussian", rho=0.8), []

    def draw(n, seed):
        asked.append((n, seed))
        return joint.sample(n, seed)

    source = gaussian(300, draw=draw)
    first = build("MINE", iterations=12, batch_size=128, margins="standardise")
    steps = first.steps(source)
    list(islice(steps, 5))
    saved, rest = first.checkpoint(), list(steps)
    assert len(set(asked)) == len(asked) == 12 + 2, "a batch a step, one for the margins, one for validation"
    second = build("MINE", iterations=12, batch_size=128, margins="standardise")
    assert list(second.steps(source, saved)) == rest


def test_fresh_draws_find_the_truth():
    """±0.06: the held-out 2,000 rows leave a spread of 0.02, 150 steps a little of the MI."""
    joint = make("gaussian", rho=0.8)
    method = build("MINE", iterations=150, batch_size=1_000, hidden=16, learning_rate=0.01, negatives=1)
    method.run(gaussian(2_000, draw=joint.sample))
    assert method.mi_ == pytest.approx(joint.true_mi, abs=0.06)


def stop(method, source, steps):
    running = method.steps(source)
    seen = list(islice(running, steps))
    running.close()
    method.finish()
    return seen


@pytest.mark.parametrize("name", ["MINE", "InfoNCE"])
def test_stopping_between_two_looks_reports_what_was_trained_until_then(name):
    """3,000 steps look every 100th time: at step 61 there was none yet, and the untrained critic says about 0."""
    method = build(name, iterations=3_000, learning_rate=0.01, batch_size=256)
    seen = stop(method, gaussian(1_000), 61)
    assert not any("mi_held_out" in step.info for step in seen)
    assert method.mi_ > 0.35
    assert method.trust_.level != "green"
    assert any("ended at step 61 of 3,000" in reason for reason in method.trust_.reasons)


def test_stopping_keeps_earlier_weights_where_validation_found_them_better():
    """What is scored is the best until then, not the last: here the last critic has learned its rows by heart."""
    rng = np.random.default_rng(0)
    noise = Source(rng.normal(size=(150, 3)), rng.normal(size=(150, 3)))
    method = build("MINE", hidden=256, iterations=600, learning_rate=0.01, patience=0, schedule="constant")
    stop(method, noise, 119)
    run = method._run
    last = float(method.report(run.score(run.critic, run.test, 20_000)).mean())
    assert last < -0.5 < method.mi_


def test_a_run_goes_on_after_a_stop_as_if_it_had_not_been_asked(tmp_path):
    source, parameters = gaussian(), {"iterations": 90, "batch_size": 32}
    unbroken = build("MINE", **parameters)
    whole = list(unbroken.steps(source))
    first = build("MINE", **parameters)
    stop(first, source, 17)  # looks are at every third step
    first.checkpoint().save(tmp_path / "run.safetensors")
    second = build("MINE", **parameters)
    assert list(second.steps(source, Checkpoint.load(tmp_path / "run.safetensors"))) == whole[17:]
    assert second.finish().mi_ == unbroken.finish().mi_ and second.trust_ == unbroken.trust_
    assert not any("ended at step" in reason for reason in second.trust_.reasons)


def test_a_run_without_a_seed_resumes_on_its_own_folds():
    first = build("MINE", iterations=12, random_state=None)
    steps = first.steps(gaussian())
    list(islice(steps, 5))
    saved, rest = first.checkpoint(), list(steps)
    assert list(build("MINE", iterations=12, random_state=None).steps(gaussian(), saved)) == rest


def test_a_checkpoint_without_what_a_look_needs_is_refused():
    first = build("MINE", iterations=12)
    list(islice(first.steps(gaussian()), 5))
    saved = first.checkpoint()
    del saved.tensors["extra.held_out"]
    with pytest.raises(ValueError, match=r"belongs to another run: it has no held_out"):
        build("MINE", iterations=12).steps(gaussian(), saved)


@pytest.mark.parametrize(("n", "iterations"), [(2_000, 1), (2_000, 3), (2_000, 10), (2_000, 30), (10_000, 10)])
def test_a_run_that_still_rises_at_its_end_is_never_green(n, iterations):
    method = build("MINE", iterations=iterations).run(gaussian(n))
    assert method.mi_ < 0.4 and method.trust_.level != "green"
    assert any("still rising at the end" in reason for reason in method.trust_.reasons)


def test_a_hardly_moving_critic_is_not_green_though_its_interval_is_wide_beside_what_it_gains():
    method = build("MINE", learning_rate=2e-5, batch_size=64, iterations=200).run(gaussian(2_000))
    assert method.mi_ < 0.1 and method.trust_.level != "green"


def test_a_default_run_that_is_right_is_green():
    method = build("MINE").run(gaussian(2_000))
    assert method.mi_ == pytest.approx(0.5108, abs=0.06)  # 2,000 rows leave a spread of .02
    assert method.trust_.level == "green", method.trust_.reasons


@pytest.mark.parametrize("joint", [make("gaussian", rho=0.5), make("independent")], ids=repr)
def test_a_shorter_run_that_has_arrived_is_green(joint):
    method = build("MINE", iterations=150, hidden=32, batch_size=256, learning_rate=0.005)
    method.run(Source(*joint.sample(4_000, 0)))
    assert method.mi_ == pytest.approx(joint.true_mi, abs=0.05)
    assert method.trust_.level == "green", method.trust_.reasons


@pytest.mark.parametrize(
    ("name", "patience", "fresh"), [*((name, 0, False) for name in NAMES), ("MINE", 1, False), ("MINE", 0, True)]
)
def test_the_last_point_of_the_held_out_line_is_the_result(name, patience, fresh):
    draw = make("gaussian", rho=0.8).sample if fresh else None
    method = build(name, iterations=33, batch_size=64, patience=patience).run(gaussian(500, draw=draw))
    assert method.history_[-1].info["mi_held_out"] == method.mi_


@pytest.mark.parametrize(("rho", "noise"), [(0.5, 0.002), (0.8, 0.004)])
def test_the_held_out_line_has_no_offset_from_the_result(rho, noise):
    """On the same rows only the number of pairs differs, a noise of .002 nats at ρ = .5 and .004 at .8. On half of the
    rows, as it was, the rows' own noise comes in: a pointwise MI of spread ρ in 5,000 rows, .007 and .011."""
    method = build("MINE", iterations=60, hidden=32, batch_size=256, learning_rate=0.005).run(gaussian(10_000, rho=rho))
    line = [step.info["mi_held_out"] for step in method.history_ if "mi_held_out" in step.info]
    assert line[-2] == pytest.approx(line[-1], abs=2.5 * noise) and line[-1] == method.mi_


@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("name", NAMES)
def test_stop_gives_an_estimate_at_any_moment(name, steps):
    method = build(name, iterations=40)
    running = method.steps(gaussian(60))
    list(islice(running, steps))
    running.close()
    method.finish()
    assert math.isfinite(method.mi_) and method.interval_[0] <= method.mi_ <= method.interval_[1]
    assert method.result()["steps"] == steps and method.result()["trust"] in ("amber", "red")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [8, 10, 23])
def test_very_few_rows_and_a_constant_column_give_a_number_and_a_warning(name, n):
    x = np.random.default_rng(0).normal(size=(n, 2))
    method = build(name, iterations=3).run(Source(x, np.ones((n, 1))))
    assert math.isfinite(method.mi_) and method.trust_.level == "red"
    assert any("few for 3 columns" in reason for reason in method.trust_.reasons)
    assert any("y never changes" in reason for reason in method.trust_.reasons)


def test_the_surface_is_the_pointwise_mi_in_the_columns_own_units():
    joint = make("gaussian", rho=0.8)
    x, y = joint.sample(3_000, 0)
    stretched = Source(100 * x, np.exp(y), pointwise=lambda a, b: joint.pointwise_mi(a / 100, np.log(b)))
    method = build("JSD", iterations=200, batch_size=256, learning_rate=0.005).run(stretched)
    picture = method.view("critic")
    assert picture["scores"].shape == picture["truth"].shape == (64, 64)
    assert picture["x"].max() > 200 and picture["y"].min() > 0
    # Where data lie (the true ratio above 1), row = y and column = x; a transposed surface correlates at most weakly.
    here = picture["truth"] > 0
    assert np.corrcoef(picture["scores"][here], picture["truth"][here])[0, 1] > 0.8
    assert np.abs(picture["scores"] - picture["truth"])[here].mean() < 0.2


@pytest.mark.parametrize("name", NAMES)
def test_held_out_rows_show_learned_beside_true_pointwise_mi_in_any_dimension(name):
    joint = make("channel", dimension=3)
    source = Source(*joint.sample(2_500, 0), pointwise=joint.pointwise_mi)
    method = build(name, iterations=60, hidden=32, folds=2, learning_rate=0.01, batch_size=256)
    steps = method.steps(source)
    list(islice(steps, 30))
    assert method.view("critic") == {}, "no surface of three columns"
    assert method.view("scores")["learned"].shape == (2_000,), "while it trains"
    list(steps)
    picture = method.finish().view("scores")
    assert np.corrcoef(picture["learned"], picture["truth"])[0, 1] > 0.3


def test_early_stopping_ends_a_run_that_no_longer_gains():
    method = build("MINE", iterations=3_000, patience=2, hidden=128, learning_rate=0.01).run(gaussian(100))
    assert len(method.history_) < 3_000


def test_a_diverging_run_names_the_step_and_the_rate():
    source = Source(*(1e14 * np.random.default_rng(i).normal(size=(50, 1)) for i in (0, 1)))
    with pytest.raises(ArithmeticError, match=r"at step \d+; lower the learning rate"):
        build("NWJ", margins="raw", learning_rate=1.0, activation="relu").run(source)
