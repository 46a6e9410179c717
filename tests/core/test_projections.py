"""PCA and t-SNE in the plane, against linear algebra, k-nearest neighbours and themselves."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.encoders import MINE
from core.method import Encoder, Projection
from core.projections import PCA, TSNE
from core.projections._descent import Descent, perplexity_for, trustworthiness
from core.spec import Spec

MAP = {
    "family": "encoders",
    "method": "tsne",
    "parameters": {"perplexity": 12.0},
    "data": {"images": "digits", "n": 90},
}
SCAN = {"kind": "encoders", "method": "pca", "parameter": "n_components", "values": [2, 8]}


@pytest.fixture(scope="module")
def digits():
    return load_digits(return_X_y=True)


def map_of(rows, **parameters):
    return TSNE(random_state=0, **parameters).fit(rows)


def test_pca_keeps_the_variance_of_the_two_leading_eigenvectors(digits):
    values = np.linalg.eigvalsh(np.cov(digits[0].T))[::-1]
    assert np.allclose(PCA(n_components=2).fit_transform(digits[0]).var(0, ddof=1), values[:2])


def test_tsne_keeps_neighbours_that_pca_loses(digits):
    some = digits[0][:400]
    flat, found = trustworthiness(some, PCA(n_components=2).fit_transform(some)), map_of(some).result()
    assert found["trustworthiness"] > 0.95 > flat
    assert found["perplexity"] == 30 and found["kl"] > 0


def test_watching_every_25_iterations_ends_where_one_go_ends_and_the_divergence_falls(digits):
    def places(seed, every):
        descent, told = Descent(digits[0][:200], seed=seed, iterations=90), []
        while descent.index < 90:
            descent.advance(min(every, 90 - descent.index))
            told.append(descent.kl)
        return descent.coordinates, told

    watched, divergence = places(3, 25)
    assert len(divergence) == 4 and divergence[-1] < divergence[0]
    assert np.array_equal(watched, places(3, 90)[0])
    assert not np.array_equal(watched, places(4, 90)[0])


def test_a_perplexity_that_the_rows_cannot_bear_is_refused_with_what_they_can(digits):
    with pytest.raises(ValueError, match="perplexity=30 is too large for 50 rows: use 16 or less"):
        map_of(digits[0][:50], perplexity=30.0)
    assert map_of(digits[0][:50], perplexity=16.0, iterations=50).embedding_.shape == (50, 2)
    assert perplexity_for(50) == pytest.approx(49 / 3) and perplexity_for(1000) == 30


def test_rows_that_cannot_be_laid_out_are_named():
    with pytest.raises(ValueError, match="4 to 5,000 rows, and there are 5,001"):
        map_of(np.zeros((5001, 2)))
    with pytest.raises(ValueError, match="not finite"):
        Descent(np.full((10, 2), np.nan))


def test_equal_rows_and_a_single_column_are_laid_out_all_the_same():
    assert np.isfinite(map_of(np.ones((20, 3))).embedding_).all()
    assert np.isfinite(map_of(np.arange(20.0)[:, None]).embedding_).all()
    assert PCA().fit(np.arange(20.0)[:, None]).coordinates_.shape == (20, 2)


def test_what_lays_out_is_no_encoder():
    assert all(issubclass(cls, Projection) and not issubclass(cls, Encoder) for cls in (PCA, TSNE))
    assert issubclass(MINE, Encoder) and not issubclass(MINE, Projection)


def test_specs_of_when_projections_were_encoders_mean_what_they_meant():
    for given in (MAP, json.dumps(MAP)):
        spec = Spec.parse(given)
        assert (spec.family, spec.method, type(spec.build())) == ("projections", "tsne", TSNE)
        assert spec.parameters["perplexity"] == 12
    scan = Spec.parse({"family": "sweeps", "method": "scan", "parameters": SCAN, "data": MAP["data"]})
    assert scan.single().family == "projections"
    scan.build().check_parameters()
    assert Spec.parse(MAP | {"method": "mine", "parameters": {}}).family == "encoders"
