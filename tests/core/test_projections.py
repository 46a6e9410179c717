"""PCA and t-SNE in the plane, against linear algebra, k-nearest neighbours and themselves."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.evaluation.projections import perplexity_for, project, tsne_steps


@pytest.fixture(scope="module")
def digits():
    return load_digits(return_X_y=True)


def test_pca_keeps_the_variance_of_the_two_leading_eigenvectors(digits):
    values = np.linalg.eigvalsh(np.cov(digits[0].T))[::-1]
    assert np.allclose(project(digits[0], "pca").coordinates.var(0, ddof=1), values[:2])


def test_tsne_keeps_neighbours_that_pca_loses(digits):
    some = digits[0][:400]
    flat, map_ = project(some, "pca"), project(some, "tsne")
    assert map_.trustworthiness > 0.95 > flat.trustworthiness
    assert map_.perplexity == 30 and map_.kl > 0 and map_.seconds > 0


def test_watching_every_25_iterations_ends_where_one_go_ends_and_the_divergence_falls(digits):
    some = digits[0][:200]
    watched = list(tsne_steps(some, seed=3, iterations=90, every=25))
    assert [index for index, _, _ in watched] == [25, 50, 75, 90]
    assert watched[-1][1] < watched[0][1]
    in_one_go = list(tsne_steps(some, seed=3, iterations=90, every=90))
    assert np.array_equal(watched[-1][2], in_one_go[-1][2])
    assert not np.array_equal(watched[-1][2], list(tsne_steps(some, seed=4, iterations=90, every=90))[-1][2])


def test_a_perplexity_that_the_rows_cannot_bear_is_refused_with_what_they_can(digits):
    with pytest.raises(ValueError, match="perplexity=30 is too large for 50 rows: use 16 or less"):
        project(digits[0][:50], "tsne", perplexity=30)
    assert project(digits[0][:50], "tsne", perplexity=16).coordinates.shape == (50, 2)
    assert perplexity_for(50) == pytest.approx(49 / 3) and perplexity_for(1000) == 30


def test_rows_that_cannot_be_laid_out_are_named(digits):
    with pytest.raises(ValueError, match="4 to 5,000 rows, and there are 5,001"):
        project(np.zeros((5001, 2)), "tsne")
    with pytest.raises(ValueError, match="not finite"):
        project(np.full((10, 2), np.nan))
    with pytest.raises(ValueError, match="method='umap' is not one of pca, tsne"):
        project(digits[0], "umap")


def test_equal_rows_and_a_single_column_are_laid_out_all_the_same():
    assert np.isfinite(project(np.ones((20, 3)), "tsne").coordinates).all()
    assert np.isfinite(project(np.arange(20.0)[:, None], "tsne").coordinates).all()
    assert project(np.arange(20.0)[:, None], "pca").coordinates.shape == (20, 2)
