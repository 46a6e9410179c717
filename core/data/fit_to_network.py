"""A drawing or a picture file of one's own, brought to the size, place and ink of the pictures that a network knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from core.data import decoding
from core.method import Array
from core.sentences import Sentence

CANVAS = 280  # pixels a side of a drawing
PEN = 0.09  # of the canvas, as it is shown
_LINE = 0.02  # of the canvas, as it is read: thin lines keep apart what the pen runs together, and are thickened later
POINTS, STROKES = 20_000, 500  # of one drawing
_INK = 0.2  # of the brightest: above it a pixel counts as ink
_WIDEST = 0.2  # of the side of its box: as far as edges may move; more would fill the holes of any digit
_HALVINGS = 10  # of that range: a thousandth of it is below any pixel
_MEASURED = 200  # pictures that the usual place and size are read off


def drawn(strokes: list[list[float]]) -> Array:
    """Strokes [x0, y0, x1, y1, …] in [0, 1] as an (280, 280) uint8 picture, white on black. Errors: ValueError."""
    if len(strokes) > STROKES or sum(map(len, strokes)) > 2 * POINTS:
        raise ValueError(
            Sentence(
                "the drawing has more than {strokes} strokes or {points:,} points; clear it and draw less",
                strokes=STROKES,
                points=POINTS,
            )
        )
    image = Image.new("L", (CANVAS, CANVAS))
    pen, width = ImageDraw.Draw(image), _LINE * CANVAS
    for stroke in strokes:
        points = CANVAS * np.clip(np.asarray(stroke[: len(stroke) // 2 * 2], float).reshape(-1, 2), 0, 1)
        if len(points) > 1:
            pen.line([tuple(p) for p in points], 255, round(width))
        for x, y in points:  # round ends and joints
            pen.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], 255)
    return np.asarray(image)


def opened(data: bytes, like: Array) -> Array:
    """A picture file as one of `like` (n, c, h, w) uint8: (c, h, w) uint8.

    A grey one on plain ground is turned light on dark or dark on light as they are, and placed as they are; one in
    colour, or beside pictures in colour, is scaled to cover and cropped at the centre. Errors: ValueError.
    """
    channels, height, width = like.shape[1:]
    if channels == 3:
        pixels = decoding.decode(data, (width, height)).values
        return np.ascontiguousarray(np.broadcast_to(np.atleast_3d(pixels), (height, width, 3)).transpose(2, 0, 1))
    across, down = decoding.size_of(data)
    shrink = min(1.0, 2 * CANVAS / max(across, down))
    pixels = decoding.decode(data, (max(1, round(across * shrink)), max(1, round(down * shrink)))).values
    grey = pixels if pixels.ndim == 2 else pixels @ np.array([0.299, 0.587, 0.114])
    ink = np.abs(grey - _ground(grey[None]))
    return placed(255 * ink / max(float(ink.max()), 1.0), like)


def placed(ink: Array, like: Array) -> Array:
    """Ink (H, W), 0 where there is none, as one of the grey pictures `like` (n, 1, h, w) uint8: (1, h, w) uint8.

    The box of the ink gets the median larger side of theirs, and its centre the mean of theirs: the centre of the ink's
    mass or of its box, whichever varies less among them. Strokes get as thick as theirs, measured on the finished
    picture as on theirs, and the brightest pixel as bright. Errors: ValueError where there is no ink.
    """
    if not ink.max() > 0:
        raise ValueError(
            Sentence("there is nothing in the picture yet: draw something, or choose one with more contrast")
        )
    known = like[:: max(1, len(like) // _MEASURED), 0].astype(np.float64)
    ground = _ground(known)
    theirs = _Usual.of(np.abs(known - ground))
    small = theirs.thick(ink.astype(np.float64))
    return np.rint(np.clip(ground + small * (1 if ground < 128 else -1), 0, 255)).astype(np.uint8)[None]


@dataclass(frozen=True, eq=False)
class _Usual:
    """What pictures of ink (n, h, w) have in common: their shape, larger side, centre, thickness and brightest pixel."""

    shape: tuple[int, int]
    side: float
    centre: Array
    by_mass: bool
    thickness: float
    bright: float

    @classmethod
    def of(cls, known: Array) -> Self:
        sides, masses, boxes = (np.array(v) for v in zip(*map(_measure, known), strict=True))
        by_mass = bool(masses.std(0).sum() < boxes.std(0).sum())
        centre = (masses if by_mass else boxes).mean(0)
        thickness, bright = np.median([_thickness(picture) for picture in known]), np.median(known.max((1, 2)))
        return cls(known.shape[1:], float(np.median(sides.max(1))), centre, by_mass, float(thickness), float(bright))

    def fit(self, ink: Array) -> Array:
        """The ink (H, W) in their size, place and brightness, (h, w)."""
        side, mass, box = _measure(ink)
        scale = self.side / side.max()
        (height, width), (down, across) = self.shape, (mass if self.by_mass else box) - self.centre / scale
        # Where the window reaches beyond the picture there is no ink.
        edge = int(np.ceil(max(height, width) / scale))
        image = Image.fromarray(np.pad(ink, edge).astype(np.float32))
        window = (across + edge, down + edge, across + edge + width / scale, down + edge + height / scale)
        small = np.asarray(image.resize((width, height), Image.Resampling.BOX, box=window))
        return small * self.bright / max(float(small.max()), 1e-9)

    def thick(self, ink: Array) -> Array:
        """The same with strokes as thick as theirs: edges move in or out by the distance at which the picture measures so."""
        side = _measure(ink)[0].max()
        most = int(np.ceil(_WIDEST * side))
        there = np.pad(ink, most) > _INK * ink.max()
        outwards = ndimage.distance_transform_edt(~there) - ndimage.distance_transform_edt(there)
        low, high = max(-_WIDEST * side, float(outwards.min()) + 1), _WIDEST * side
        for _ in range(_HALVINGS):
            moved = (low + high) / 2
            small = self.fit(255 * np.clip(moved + 0.5 - outwards, 0, 1))
            low, high = (moved, high) if _thickness(small) < self.thickness else (low, moved)
        return small if abs(moved) >= 1 else self.fit(ink)  # by less, what is grey at the edges says more


def _thickness(ink: Array) -> float:
    """The mean width of strokes in pixels: a stroke of width w and length l has mass w · l and two edges of length l."""
    edges = np.hypot(*np.gradient(np.pad(ink.astype(float), 1))).sum()
    return 2 * float(ink.sum()) / max(edges, 1e-9)


def _ground(pictures: Array) -> float:
    """The value of the ground: the median along the borders, (n, h, w)."""
    edges = (pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1])
    return float(np.median(np.concatenate([edge.ravel() for edge in edges])))


def _measure(ink: Array) -> tuple[Array, Array, Array]:
    """The sides of the ink's box, the centre of its mass and of its box, each (down, across) in pixels from the corner."""
    there = ink > _INK * max(float(ink.max()), 1e-9)
    ends = [np.flatnonzero(there.any(axis))[[0, -1]] + [0, 1] if there.any() else np.array([0, 1]) for axis in (1, 0)]
    weight = max(float(ink.sum()), 1e-9)
    mass = [float((ink.sum(axis) * (np.arange(ink.shape[1 - axis]) + 0.5)).sum() / weight) for axis in (1, 0)]
    return np.array([b - a for a, b in ends]), np.array(mass), np.array([(a + b) / 2 for a, b in ends])
