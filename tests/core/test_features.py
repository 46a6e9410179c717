"""What a run has learned of its rows is kept whole, leads back to the rows of the data, and is mapped, not read."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import features, references
from core.data.features import Features, features_source
from core.data.tables import save_upload
from core.encoders import MINE
from core.method import Method, Source
from core.paths import VARIABLE, run_folder
from core.spec import Spec

RUN = "abcdef123456"
MANY = 100_000


class Doubled(Method):
    """Its features of a row are twice the row, as often as `times` says."""

    times = 1

    def features(self, X):
        return np.hstack([2.0 * np.asarray(X)] * self.times)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def kept(method, source, **told) -> Features:
    Features.learned(method, source, **told).save(RUN)
    return Features.load(RUN)


@pytest.fixture(scope="module")
def table() -> bytes:
    """100,002 rows, a value missing in the second and the third."""
    lines = [f"{i},{'' if i in (1, 2) else i % 7},{'ab'[i % 2]}" for i in range(MANY + 2)]
    return "\n".join(["number,b,class", *lines]).encode()


def test_100_000_rows_are_kept_and_each_leads_back_to_its_line_of_the_table(table):
    data = {"table": save_upload(table, "many.csv"), "x": ["number", "b"], "labels": "class"}
    spec = Spec.parse({"family": "clusterers", "method": "kmeans", "data": data, "seed": 4})
    source = spec.source()
    found = kept(Doubled(), source, data=data, seed=4, step=30, epoch=3.0)
    assert len(found) == found.total == MANY and isinstance(found.features, np.memmap) and found.notices() == ()
    assert (found.step, found.epoch, found.seed) == (30, 3.0, 4)
    again = references.parse(found.data).source(found.seed, "clusterers")
    assert np.array_equal(found.features, (2 * again.x[found.rows]).astype(np.float32))
    assert np.array_equal(found.labels, again.labels[found.rows])
    for place in (0, 1, 54_321, MANY - 1):  # the number of the line, past those that were left out
        assert found.origin[place] == found.features[place, 0] / 2
    learned = references.parse({"run": RUN, "n": 5})
    drawn = learned.source(1, "projections")
    lines = learned.origin(drawn.rows)
    assert len(drawn) == 5 and np.array_equal(lines["number"], drawn.x[:, 0] / 2)
    assert list(lines["class"]) == [learned.label_names()[label] for label in drawn.labels]


def test_of_more_rows_than_the_limit_some_are_kept_and_it_is_said(monkeypatch):
    monkeypatch.setattr(features, "ROWS", 50)
    x = np.arange(1000.0)[:, None]
    found = kept(Doubled(), Source(x, labels=np.arange(1000), rows=np.arange(1000) + 7))
    assert len(found) == 50 and found.total == 1000 and found.rows[0] == 0 and found.rows[-1] == 999
    assert np.array_equal(found.features[:, 0], 2 * found.rows) and np.array_equal(found.origin, found.rows + 7)
    assert np.array_equal(found.labels, found.rows)
    said = "Features of 50 of the 1,000 rows are kept, spread evenly over the data."
    assert found.notices() == features_source(RUN).notices == (said,)


def test_wide_features_keep_their_distances_in_128_columns(monkeypatch):
    monkeypatch.setattr(features, "_PART", 100)  # several parts share the axes
    x = np.random.default_rng(0).normal(size=(450, 3))
    wide = Doubled()
    wide.times = 60
    found = kept(wide, Source(x)).features
    assert found.shape == (450, 128)
    whole = wide.features(x)
    gaps = np.linalg.norm(whole[1:] - whole[:1], axis=1)
    np.testing.assert_allclose(np.linalg.norm(found[1:] - found[:1], axis=1), gaps, rtol=1e-4)


def test_an_encoder_keeps_what_it_makes_of_every_picture():
    spec = Spec.parse(
        {
            "family": "encoders",
            "method": "mine",
            "data": {"images": "digits", "n": 90},
            "seed": 2,
            "parameters": {"n_features": 4, "hidden": 16, "width": 4, "batch_size": 40, "epochs": 1, "size": 8},
        }
    )
    source = spec.source()
    method: MINE = spec.build().run(source)
    found = kept(method, source, data=spec.data.model_dump(), seed=2)
    np.testing.assert_allclose(found.features, method.transform(source.x), rtol=1e-5, atol=1e-6)
    assert np.array_equal(found.origin, source.rows) and found.clusters is None
    pictures = references.parse({"images": "digits"}).source(0, "encoders")
    assert np.array_equal(pictures.x[found.origin], source.x)


def test_a_method_without_features_leaves_none():
    assert Features.learned(Method(), Source(np.ones((4, 2)))) is None


def test_a_damaged_file_is_one_sentence():
    folder = run_folder(RUN)
    folder.mkdir(parents=True)
    for text in (b"", b'\x08\0\0\0\0\0\0\0{"a": 1}', b"\xff" * 40):
        (folder / "features.safetensors").write_bytes(text)
        with pytest.raises(
            ValueError,
            match=f"run {RUN} has no features to look at; choose a finished run of a clusterer or an encoder",
        ):
            Features.load(RUN)
    Features(np.ones((5, 2))).save(RUN)
    with pytest.raises(ValueError, match="n=9 is more than the 5 rows that run abcd has kept"):
        features_source(RUN, 9)
