"""PCA and t-SNE as methods: rows and pictures laid out, watched and resumed."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from core.method import Checkpoint, Source
from core.projections import PCA, TSNE, _rows


@pytest.fixture(scope="module")
def pictures():
    data = load_digits()
    x = data.images[:300, None].astype(np.uint8)
    return Source(x, labels=data.target[:300])


def test_pca_rebuilds_pictures_from_all_components(pictures):
    model = PCA(n_components=64).run(pictures)
    features = model.transform(pictures.x)
    rebuilt = features @ model.components_ + model.mean_
    assert np.allclose(rebuilt, pictures.x.reshape(300, -1), atol=1e-9)
    assert model.result()["explained"] == pytest.approx(1)


def test_pca_says_how_much_it_keeps(pictures):
    model = PCA(n_components=5).run(pictures)
    rows = pictures.x.reshape(300, -1).astype(float)
    kept = model.transform(pictures.x).var(0, ddof=1) / rows.var(0, ddof=1).sum()
    assert np.allclose(model.result()["explained_by_component"], kept)
    assert np.allclose(model.view("features")["coordinates"], model.transform(pictures.x)[:, :3], atol=1e-5)  # single
    assert np.array_equal(model.view("features")["labels"], pictures.labels)


def test_tsne_puts_equal_digits_together_and_new_ones_beside_their_like(pictures):
    model = TSNE(random_state=0).run(Source(pictures.x[:250]))
    near = KNeighborsClassifier(5).fit(model.embedding_, pictures.labels[:250])
    assert near.score(model.transform(pictures.x[250:]), pictures.labels[250:]) > 0.8  # a guess scores .1
    assert np.array_equal(model.transform(pictures.x[:250]), model.embedding_)


def test_tsne_is_watched_every_25_iterations_and_resumes_bit_equal(pictures, tmp_path):
    first = TSNE(iterations=120)
    steps = first.steps(pictures)
    assert [step.index for step in islice(steps, 3)] == [25, 50, 75]
    during = first.view("embedding")
    assert during["coordinates"].shape == (300, 2) and np.array_equal(during["labels"], pictures.labels)
    first.checkpoint().save(tmp_path / "run.safetensors")
    unbroken = list(steps)
    second = TSNE(iterations=120)
    assert list(second.steps(pictures, Checkpoint.load(tmp_path / "run.safetensors"))) == unbroken
    assert np.array_equal(first.finish().embedding_, second.finish().embedding_)
    assert not np.array_equal(during["coordinates"], first.embedding_)


def test_stopping_and_finishing_before_the_first_step():
    for model in (PCA(), TSNE()):
        with pytest.raises(ValueError, match="has not taken a step yet"):
            model.finish()


def test_a_picture_shows_all_rows_and_of_more_than_100_000_that_many_with_their_labels(monkeypatch):
    x = np.random.default_rng(0).standard_normal((3001, 3))
    pca = PCA().run(Source(x, labels=np.arange(3001)))
    view = pca.view("features")
    assert view["coordinates"].shape == (3001, 3) and np.array_equal(view["labels"], np.arange(3001))
    assert _rows.SHOWN == 100_000
    monkeypatch.setattr(_rows, "SHOWN", 2_000)
    view = pca.view("features")
    assert view["coordinates"].shape == (2000, 3) and np.array_equal(view["labels"], view["rows"])
