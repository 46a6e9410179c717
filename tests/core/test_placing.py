"""A drawing becomes a picture like those that a network knows: their place, their size, their ink."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.data import placing
from core.data.images import image_source

DIGITS = image_source("digits").x


def _ring(height: int = 28, width: int = 28, box: int = 20) -> np.ndarray:
    """Pictures as MNIST's are: ink in a box of 20 pixels in the middle of 28."""
    y, x = np.indices((height, width)) + 0.5
    far = np.hypot(y - height / 2, x - width / 2)
    ring = np.where((far < box / 2) & (far > box / 2 - 4), 255, 0)
    return np.repeat(ring[None, None], 20, 0).astype(np.uint8)


def _box(picture: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = (np.flatnonzero((picture > 50).any(axis)) for axis in (1, 0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


@pytest.mark.parametrize("corner", [(0.1, 0.1), (0.6, 0.5)])
@pytest.mark.parametrize("size", [0.15, 0.4])
def test_where_and_how_large_one_draws_does_not_matter(corner, size):
    (x, y), around = corner, np.linspace(0, 2 * np.pi, 60)
    stroke = np.stack([x + size / 2 * (1 + np.cos(around)), y + size / 2 * (1 + np.sin(around))], 1).ravel()
    placed = placing.placed(placing.drawn([stroke.tolist()]), _ring())[0]
    assert placed.shape == (28, 28) and placed.max() == 255
    np.testing.assert_allclose(_box(placed), (4, 24, 4, 24), atol=1)


@pytest.mark.parametrize("pen", [0.04, 0.09])
def test_strokes_get_as_thick_as_those_of_the_set(pen, monkeypatch):
    monkeypatch.setattr(placing, "PEN", pen)
    placed = placing.placed(placing.drawn([[0.3, 0.2, 0.7, 0.2, 0.5, 0.8]]), DIGITS)[0]
    theirs = np.median([placing._thickness(x[0]) for x in DIGITS[:200]])
    assert placing._thickness(placed) == pytest.approx(theirs, rel=0.25)  # read off eight pixels


def test_a_picture_of_the_set_keeps_its_place():
    kept = [
        np.corrcoef(placing.placed(x[0].astype(float), DIGITS)[0].ravel(), x[0].ravel())[0, 1] for x in DIGITS[:200]
    ]
    assert np.median(kept) > 0.95  # it is moved by a part of a pixel of eight at most


def test_a_file_in_dark_ink_on_white_becomes_light_on_dark_like_the_set():
    ink = placing.drawn([[0.5, 0.2, 0.5, 0.8]])
    out = io.BytesIO()
    Image.fromarray(255 - ink).save(out, "PNG")
    placed = placing.opened(out.getvalue(), _ring())
    np.testing.assert_allclose(placed, placing.placed(ink, _ring()), atol=3)  # of 255: 280 pixels are as they were


def test_beside_dark_on_light_pictures_a_drawing_turns_dark_on_light():
    placed = placing.placed(placing.drawn([[0.5, 0.2, 0.5, 0.8]]), 255 - _ring())
    assert np.median(placed) == 255 and placed.min() == 0


def test_a_coloured_file_covers_the_picture():
    out = io.BytesIO()
    Image.new("RGB", (60, 30), (200, 30, 10)).save(out, "PNG")
    like = np.zeros((3, 3, 32, 32), np.uint8)
    assert placing.opened(out.getvalue(), like)[:, 0, 0].tolist() == [200, 30, 10]


def test_nothing_drawn_is_said_and_too_much_is_refused():
    with pytest.raises(ValueError, match="draw something"):
        placing.placed(placing.drawn([]), DIGITS)
    with pytest.raises(ValueError, match="500 strokes"):
        placing.drawn([[0.1, 0.1]] * 501)
    with pytest.raises(ValueError, match="is not an image"):
        placing.opened(b"no picture", DIGITS)
