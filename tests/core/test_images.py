"""Pictures by name: what arrives, that a part is drawn honestly, and what is said about a wrong name."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.downloads import VARIABLE
from core.data.images import SETS, image_source
from core.data.references import ImageData
from tests.reference import reference


def test_the_digits_are_1797_grey_pictures_in_ten_classes() -> None:
    source = image_source("digits")
    assert source.x.shape == (1797, 1, 8, 8) and source.x.dtype == np.uint8
    assert (source.x.min(), source.x.max()) == (0, 255)
    assert source.labels is not None and np.bincount(source.labels).tolist() == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]


def test_every_set_says_its_name_a_sentence_and_where_it_comes_from() -> None:
    for name, about in SETS.items():
        assert about.title and about.sentence.endswith(".") and about.provenance
        assert len(about.classes) == 10, name
    assert len(image_source("digits", 10)) == 10


def test_a_part_keeps_pictures_with_their_labels_and_depends_on_the_seed() -> None:
    whole, part, other = (
        image_source("digits"),
        image_source("digits", 100, seed=1),
        image_source("digits", 100, seed=2),
    )
    known = {picture.tobytes(): label for picture, label in zip(whole.x, whole.labels, strict=True)}
    assert all(known[p.tobytes()] == label for p, label in zip(part.x, part.labels, strict=True))
    assert np.array_equal(part.x, image_source("digits", 100, seed=1).x)
    assert not np.array_equal(part.x, other.x)
    assert len(set(part.labels.tolist())) == 10


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(ValueError, match=r"images='digit' is not a known set of pictures; did you mean digits\?"):
        image_source("digit")
    with pytest.raises(ValueError, match="choose one of digits"):
        image_source("pictures")
    with pytest.raises(ValueError, match="passwd is neither a folder of pictures nor"):
        image_source("/etc/passwd")


def test_more_pictures_than_there_are_is_refused_with_the_limit() -> None:
    with pytest.raises(ValueError, match="n=2000 is not between 1 and 1797"):
        image_source("digits", 2000)


def test_mnist_is_read_from_a_folder_with_its_test_set_kept_apart(monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, str(reference("data/mnist").parent))
    source = image_source("mnist", 5_000, seed=1)
    assert source.x.shape == (5_000, 1, 28, 28) and source.x.dtype == np.uint8
    assert source.test is not None and source.test.x.shape == (10_000, 1, 28, 28)
    # The published counts of the test labels, in their order.
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert source.test.labels is not None and np.bincount(source.test.labels).tolist() == counts
    whole = {picture.tobytes() for picture in image_source("mnist").x}
    assert all(picture.tobytes() in whole for picture in source.x)


def test_a_set_that_is_not_here_is_no_reason_to_connect(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("socket.socket.connect", lambda *a: pytest.fail("a connection was opened"))
    with pytest.raises(ValueError, match=r"cifar10 are not on this machine: download them \(170 MB\)"):
        image_source("cifar10", 100)


def test_a_spec_resolves_to_the_same_pictures() -> None:
    assert np.array_equal(ImageData(images="digits", n=50).source(3, "clusterers").x, image_source("digits", 50, 3).x)
