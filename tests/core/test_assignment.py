"""Clusters matched to classes: the worked example, identities, and the shapes in which k differs from the classes."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from core.evaluation.assignment import many_to_one, match

rng = np.random.default_rng(0)


def test_the_worked_example_costs_minus_four_and_gives_eighty_percent() -> None:
    found = match([0, 0, 1, 1, 2], [1, 1, 2, 0, 0])
    assert -found.correct == -4
    assert found.accuracy == 0.8
    assert found.mapping.tolist() == [2, 0, 1]


def test_matching_finds_what_trying_every_permutation_finds() -> None:
    labels, clusters = rng.integers(0, 5, 60), rng.integers(0, 5, 60)
    best = max(np.mean(np.array(p)[clusters] == labels) for p in permutations(range(5)))
    assert match(labels, clusters).accuracy == best


def test_renamed_clusters_match_perfectly_and_stand_on_the_diagonal() -> None:
    labels = np.repeat(np.arange(4), [5, 6, 7, 8])
    found = match(labels, np.array([2, 0, 3, 1])[labels])
    assert found.accuracy == 1.0
    assert np.array_equal(found.matched, np.diag([5, 6, 7, 8]))
    assert np.array_equal(found.predict(np.array([2, 0, 3, 1])[labels]), labels)


def test_more_clusters_than_classes_leave_some_without_a_class() -> None:
    found = match([0, 0, 0, 1, 1], [0, 0, 3, 2, 2], k=5)
    assert found.mapping.tolist() == [0, -1, 1, -1, -1]
    assert found.counts.shape == (2, 5)
    assert found.accuracy == 0.8
    assert found.predict([0, 3]).tolist() == [0, -1]


def test_fewer_clusters_than_classes_leave_some_classes_out() -> None:
    found = match([0, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1])
    assert found.mapping.tolist() == [1, 2]
    assert found.accuracy == 5 / 6


def test_labels_may_be_words() -> None:
    found = match(["b", "a", "a"], [0, 1, 1])
    assert found.classes.tolist() == ["a", "b"]
    assert found.mapping.tolist() == [1, 0]


def test_many_to_one_lets_two_clusters_share_a_class() -> None:
    labels, clusters = [0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 2, 2]
    assert many_to_one(labels, clusters).accuracy == 1.0
    assert match(labels, clusters).accuracy == 4 / 6
    assert many_to_one(labels, clusters, k=4).mapping.tolist() == [0, 0, 1, -1]


@pytest.mark.parametrize(
    ("labels", "clusters", "k", "said"),
    [
        ([0, 1], [0], None, "equally long"),
        ([], [], None, "at least one row"),
        ([0, 1], [-1, 0], None, "from 0 up"),
        ([0, 1], [0.5, 1.0], None, "whole numbers"),
        ([0, 1], [0, 4], 3, "k=3 is too small: the largest cluster is 4"),
    ],
)
def test_bad_lists_are_refused_in_a_sentence(labels: list, clusters: list, k: int | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        match(labels, clusters, k)
