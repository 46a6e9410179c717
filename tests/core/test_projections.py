"""PCA and t-SNE in the plane, against linear algebra, k-nearest neighbours and themselves."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.encoders import MINE
from core.method import Encoder, Projection, Source
from core.projections import PCA, TSNE, UMAP, _faithfulness
from core.projections._descent import Descent, perplexity_for
from core.projections._faithfulness import faithfulness, trustworthiness
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
            told.append(descent.figure)
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
    with pytest.raises(ValueError, match="4 to 100,000 rows, and there are 100,001"):
        map_of(np.zeros((100_001, 2)))
    with pytest.raises(ValueError, match="not finite"):
        Descent(np.full((10, 2), np.nan))


def test_equal_rows_and_a_single_column_are_laid_out_all_the_same():
    assert np.isfinite(map_of(np.ones((20, 3))).embedding_).all()
    assert np.isfinite(map_of(np.arange(20.0)[:, None]).embedding_).all()
    assert PCA().fit(np.arange(20.0)[:, None]).coordinates_.shape == (20, 2)


def test_what_lays_out_is_no_encoder():
    assert all(issubclass(cls, Projection) and not issubclass(cls, Encoder) for cls in (PCA, TSNE, UMAP))
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


def ranked(features, layout, k=5):
    """Trustworthiness as it is written in the paper, by sorting all distances of all rows: slow, and independent."""
    n, penalty = len(features), 0
    for i in range(n):
        others = [j for j in range(n) if j != i]
        order = sorted(others, key=lambda j: float(((features[i] - features[j]) ** 2).sum()))
        near = sorted(others, key=lambda j: float(((layout[i] - layout[j]) ** 2).sum()))[:k]
        penalty += sum(max(0, order.index(j) + 1 - k) for j in near)
    return 1 - 2 * penalty / (n * k * (2 * n - 3 * k - 1))


def test_trustworthiness_and_continuity_against_the_paper_and_against_scikit_learn(digits):
    from sklearn import manifold

    some = digits[0][:150] + np.random.default_rng(0).normal(0, 1e-3, (150, 64))  # no two distances are equal
    layout = PCA(n_components=2).fit_transform(some)
    found = faithfulness(some, layout)
    assert found["trustworthiness"] == pytest.approx(ranked(some, layout), abs=1e-12)
    assert found["continuity"] == pytest.approx(ranked(layout, some), abs=1e-12)
    assert found["trustworthiness"] == pytest.approx(manifold.trustworthiness(some, layout, n_neighbors=5), abs=1e-12)
    assert found["continuity"] == pytest.approx(manifold.trustworthiness(layout, some, n_neighbors=5), abs=1e-12)
    assert found["faithful_rows"] == 150 and found["faithful_neighbours"] == 5
    assert found["continuity"] > found["trustworthiness"], "a projection keeps neighbours and adds false ones"


def test_of_many_rows_some_are_ranked_among_all_and_the_number_is_said(digits, monkeypatch):
    layout = PCA(n_components=2).fit_transform(digits[0])
    whole = trustworthiness(digits[0], layout)
    monkeypatch.setattr(_faithfulness, "ROWS", 1_500)
    found = faithfulness(digits[0], layout)
    assert found["faithful_rows"] == 1_500 and found["trustworthiness"] == pytest.approx(whole, abs=0.01)
    assert found["trustworthiness"] != whole


def test_equal_rows_are_not_their_own_neighbours():
    rows = np.repeat(np.arange(6.0)[:, None], 3, axis=0)  # each three times
    assert trustworthiness(rows, rows.repeat(2, 1)) == 1.0


def test_umap_keeps_neighbours_that_pca_loses_in_the_plane_and_in_space(digits):
    flat = trustworthiness(digits[0][:400], PCA(n_components=2).fit_transform(digits[0][:400]))
    for d in (2, 3):
        model = UMAP(dimensions=d).fit(digits[0][:400])
        assert model.embedding_.shape == (400, d)
        assert model.result()["trustworthiness"] > 0.95 > flat


def test_umaps_graph_has_weights_whose_sum_is_the_logarithm_of_the_neighbours(digits):
    from core.projections._graph import _membership, curve, graph
    from core.projections._neighbours import nearest

    _, distance = nearest(digits[0][:300], 14, 0)
    weight = _membership(distance, np.log2(15))
    assert np.allclose(weight.sum(1), np.log2(15), atol=1e-4) and np.allclose(weight[:, 0], 1)
    joined = graph(digits[0][:300], 15, 0)
    assert np.allclose(joined.toarray(), joined.T.toarray()) and joined.max() <= 1
    assert curve(0.1) == pytest.approx((1.577, 0.895), abs=2e-3)  # what umap-learn prints for its defaults


def test_umap_resumes_bit_equal_and_the_same_seed_gives_the_same_map(digits):
    source = Source(digits[0][:200])
    first, second = UMAP(iterations=40), UMAP(iterations=40)
    steps = first.steps(source)
    next(steps)
    saved = first.checkpoint()
    unbroken = list(steps)
    assert list(second.steps(source, saved)) == unbroken
    assert np.array_equal(first.finish().embedding_, second.finish().embedding_)
    assert unbroken[-1].info["loss"] < unbroken[0].info["loss"]
    assert not np.array_equal(UMAP(iterations=40, random_state=1).fit(source.x).embedding_, first.embedding_)


def test_umap_is_as_faithful_as_umap_learn(digits):
    umap = pytest.importorskip("umap")
    theirs = umap.UMAP(random_state=0).fit_transform(digits[0][:600])
    ours = UMAP().fit(digits[0][:600]).embedding_
    assert trustworthiness(digits[0][:600], ours) > trustworthiness(digits[0][:600], theirs) - 0.01


def test_tsne_in_space(digits):
    model = map_of(digits[0][:200], dimensions=3, iterations=100)
    assert model.embedding_.shape == (200, 3) and model.embedding_.std(0).min() > 0


def test_standardised_columns_count_alike_and_new_rows_are_placed_on_the_same_scale():
    rows = np.random.default_rng(0).normal(size=(80, 3)) * [1, 1_000, 1e-3] + [5, 5, 5]
    scaled = (rows - rows.mean(0)) / rows.std(0)
    for method in (PCA(n_components=3), UMAP(iterations=20), TSNE(iterations=20)):
        ours = type(method)(**method.get_params() | {"standardise": True}).fit(rows)
        assert np.allclose(
            ours.transform(rows), type(method)(**method.get_params()).fit(scaled).transform(scaled), atol=1e-6
        )
    assert (
        PCA(standardise=True).fit(rows).explained_variance_ratio_.max()
        < 0.6
        < 0.99
        < PCA().fit(rows).explained_variance_ratio_.max()
    )
