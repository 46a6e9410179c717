"""A drawing becomes a picture like those that a network knows: their place, their size, their ink."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.data import fit_to_network
from core.data.images import image_source
from core.evaluation.assignment import match
from tests.core.strokes import digit

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
    placed = fit_to_network.placed(fit_to_network.drawn([stroke.tolist()]), _ring())[0]
    assert placed.shape == (28, 28) and placed.max() == 255
    np.testing.assert_allclose(_box(placed), (4, 24, 4, 24), atol=1)


def usual(pictures: np.ndarray) -> float:
    return float(np.median([fit_to_network._thickness(x[0].astype(float)) for x in pictures[:200]]))


@pytest.mark.parametrize("height", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("like", [DIGITS, _ring()], ids=["digits", "rings"])
def test_strokes_get_as_thick_as_those_of_the_set_however_large_one_draws(height, like):
    found = [
        fit_to_network._thickness(fit_to_network.placed(fit_to_network.drawn(digit(d, height)), like)[0].astype(float))
        for d in range(10)
    ]
    assert np.median(found) == pytest.approx(usual(like), rel=0.1)
    assert np.abs(np.array(found) / usual(like) - 1).max() < 0.3  # no digit is a blot: edges move only so far


@pytest.mark.parametrize("pen", [8, 30])
def test_a_file_in_thin_or_thick_ink_gets_the_strokes_of_the_set(pen):
    image = Image.new("L", (300, 300), 255)
    points = [(300 * x, 300 * y) for x, y in np.reshape(digit(2, 0.7)[0], (-1, 2))]
    ImageDraw.Draw(image).line(points, 0, pen, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    placed = fit_to_network.opened(out.getvalue(), DIGITS)[0].astype(float)
    assert fit_to_network._thickness(placed) == pytest.approx(usual(DIGITS), rel=0.15)


def test_a_drawing_that_fills_the_canvas_is_not_cut_off():
    small, large = (
        fit_to_network.placed(fit_to_network.drawn(digit(8, height)), DIGITS)[0].astype(float) for height in (0.4, 0.95)
    )
    assert np.abs(small - large).max() < 60  # of 255: the line is read 0.02 of the canvas wide at either size
    assert large[0, 3:5].max() > 100 and large[7, 3:5].max() > 100  # both loops are closed


@pytest.mark.parametrize(
    ("height", "slant", "at"), [(0.6, 0.0, (0.5, 0.5)), (0.7, 0.15, (0.5, 0.5)), (0.3, 0.15, (0.35, 0.65))]
)
def test_nine_of_ten_drawn_digits_go_where_they_belong(digits_run, height, slant, at):
    fit = match(digits_run.source.labels, digits_run.method.labels_, 10)
    stands_for = fit.classes[fit.mapping]
    like = DIGITS[:: len(DIGITS) // 500]
    placed = np.stack(
        [fit_to_network.placed(fit_to_network.drawn(digit(d, height, at, slant)), like) for d in range(10)]
    )
    assert (stands_for[digits_run.method.predict(placed)] == np.arange(10)).sum() >= 9


def test_a_picture_of_the_set_keeps_its_place():
    kept = [
        np.corrcoef(fit_to_network.placed(x[0].astype(float), DIGITS)[0].ravel(), x[0].ravel())[0, 1]
        for x in DIGITS[:200]
    ]
    assert np.median(kept) > 0.95  # it is moved by a part of a pixel of eight at most


def test_a_file_in_dark_ink_on_white_becomes_light_on_dark_like_the_set():
    ink = fit_to_network.drawn([[0.5, 0.2, 0.5, 0.8]])
    out = io.BytesIO()
    Image.fromarray(255 - ink).save(out, "PNG")
    placed = fit_to_network.opened(out.getvalue(), _ring())
    np.testing.assert_allclose(
        placed, fit_to_network.placed(ink, _ring()), atol=3
    )  # of 255: 280 pixels are as they were


def test_beside_dark_on_light_pictures_a_drawing_turns_dark_on_light():
    placed = fit_to_network.placed(fit_to_network.drawn([[0.5, 0.2, 0.5, 0.8]]), 255 - _ring())
    assert np.median(placed) == 255 and placed.min() == 0


def test_a_coloured_file_covers_the_picture():
    out = io.BytesIO()
    Image.new("RGB", (60, 30), (200, 30, 10)).save(out, "PNG")
    like = np.zeros((3, 3, 32, 32), np.uint8)
    assert fit_to_network.opened(out.getvalue(), like)[:, 0, 0].tolist() == [200, 30, 10]


def test_nothing_drawn_is_said_and_too_much_is_refused():
    with pytest.raises(ValueError, match="draw something"):
        fit_to_network.placed(fit_to_network.drawn([]), DIGITS)
    with pytest.raises(ValueError, match="500 strokes"):
        fit_to_network.drawn([[0.1, 0.1]] * 501)
    with pytest.raises(ValueError, match="is not an image"):
        fit_to_network.opened(b"no picture", DIGITS)
