"""How clear the case of each row is, against a brute second way."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from core.evaluation.rowwise import border_distance, held_out_probe


def test_the_distance_from_the_border_is_the_way_to_the_plane_between_two_means():
    features = np.array([[0.0, 0], [2, 0], [10, 0], [12, 5], [6.5, 3]])
    clusters = np.array([0, 0, 1, 1, 0])
    found = border_distance(features, clusters)
    means = [features[clusters == c].mean(0) for c in (0, 1)]
    normal = (means[1] - means[0]) / np.linalg.norm(means[1] - means[0])
    way = (features - (means[0] + means[1]) / 2) @ normal
    assert np.allclose(found, np.where(clusters == 1, way, -way))
    assert np.isnan(border_distance(features, np.zeros(5))).all()


def test_among_three_clusters_the_nearest_border_counts():
    features = np.array([[0.0, 0], [4, 0], [0, 100]])
    assert np.allclose(border_distance(features, [7, 8, 9])[:2], 2)


def test_the_probe_never_saw_the_row_that_it_judges():
    x, y = load_digits(return_X_y=True)
    predicted, margin = held_out_probe(x, y)
    assert 0.9 < (predicted == y).mean() < 0.97  # ridge on pixels; fitted and scored on the same rows it is above
    assert np.array_equal(margin > 0, predicted == y)
    noise = np.random.default_rng(0).normal(size=(400, 200))
    guessed, _ = held_out_probe(noise, np.arange(400) % 2)
    assert abs((guessed == np.arange(400) % 2).mean() - 0.5) < 0.12, "on its own rows it would be right in nearly all"


def test_rare_labels_have_no_margin_and_two_classes_have_one():
    x = np.random.default_rng(0).normal(size=(60, 3))
    labels = np.array(["a"] * 29 + ["b"] * 29 + ["c"] * 2)
    x[:29] += 9
    predicted, margin = held_out_probe(x, labels)
    assert np.isnan(margin[-2:]).all() and (predicted == labels).all() and (margin[:58] > 0).all()
