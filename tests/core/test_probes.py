"""Probes are honest: what knows nothing scores by chance, and labels that are scored are never learned from."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.evaluation.probes import KINDS, baselines, interval, probe, split


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    train, test = split(data.target, 0.3)
    return data.data[train], data.target[train], data.data[test], data.target[test]


def test_noise_scores_by_chance_with_every_probe_and_pixels_do_not(digits):
    train, labels, test, answers = digits
    plain = baselines(train, test, 16)
    for kind, score in probe(plain["noise"][0], labels, plain["noise"][1], answers).items():
        # 540 rows: three standard deviations of a share of .1 are .04.
        assert abs(score.test - 0.1) < 0.04, kind
    for kind, score in probe(*_sides(plain["pixels"], labels, answers)).items():
        assert score.test > 0.93 and score.low < score.test < score.high, kind


def _sides(pair, labels, answers):
    return pair[0], labels, pair[1], answers


def test_a_linear_probe_is_linear_and_an_mlp_is_not():
    x = np.random.default_rng(0).normal(size=(1_200, 2))
    labels = (x[:, 0] * x[:, 1] > 0).astype(int)
    scores = probe(x[:800], labels[:800], x[800:], labels[800:])
    for kind in ("linear", "two_layer"):  # two linear layers are one
        assert scores[kind].test < 0.65
    for kind in ("knn", "mlp"):
        assert scores[kind].test > 0.85


def test_the_answers_change_the_count_and_nothing_else(digits):
    train, labels, test, answers = digits
    first = probe(train, labels, test, answers, ["linear"])["linear"]
    other = probe(train, labels, test, (answers + 1) % 10, ["linear"])["linear"]
    assert first.train == other.train and other.test < 0.05


def test_the_same_seed_gives_the_same_scores(digits):
    train, labels, test, answers = digits
    assert probe(train[:200], labels[:200], test, answers, random_state=3) == probe(
        train[:200], labels[:200], test, answers, random_state=3
    )


def test_scale_and_shift_of_all_features_change_nothing(digits):
    train, labels, test, answers = digits
    first = probe(train, labels, test, answers, ["linear", "knn"])
    moved = probe(1e3 * train + 5, labels, 1e3 * test + 5, answers, ["linear", "knn"])
    assert all(abs(first[kind].test - moved[kind].test) < 0.01 for kind in first)  # single precision moves some row


def test_a_split_keeps_the_classes_shares_and_no_row_is_in_both_parts():
    labels = np.repeat([0, 1], [300, 100])
    train, test = split(labels, 0.25)
    assert sorted([*train, *test]) == list(range(400))
    assert (labels[test] == 1).sum() == 25
    train, test = split(np.arange(8))  # every class has one row: no shares to keep
    assert len(train) == 6 and len(test) == 2


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    covered = [low <= 0.9 <= high for low, high in (interval(r, 200) for r in rng.binomial(200, 0.9, 2_000))]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)  # Wilson's own error at n = 200 is about a point
    assert interval(10, 10)[1] == pytest.approx(1) and interval(10, 10)[0] > 0.6


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x, y: probe(x, y, x, y, ["best"]), "kinds='best' is not one of linear"),
        (lambda x, y: probe(x, y[:-1], x, y), "as many labels as rows"),
        (lambda x, y: probe(x, y, x[:, :1], y), "1 features and those to fit 2"),
        (lambda x, y: probe(x, y * 0, x, y), "one label"),
        (lambda x, y: split(y[:1]), "at least 2"),
    ],
)
def test_what_cannot_be_probed_is_said_in_a_sentence(call, said):
    with pytest.raises(ValueError, match=said):
        call(np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1]))


def test_every_kind_is_announced():
    assert set(KINDS) == set(probe(np.eye(4), [0, 1, 0, 1], np.eye(4), [0, 1, 0, 1]))
