"""A drawing or a picture file of one's own, brought to the size, place and ink of the pictures that a network knows."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from core.data import _decode
from core.method import Array

CANVAS = 280  # pixels a side of a drawing
PEN = 0.09  # of the canvas: what a digit that fills it needs to look as thick as MNIST's after scaling
POINTS, STROKES = 20_000, 500  # of one drawing
_INK = 0.2  # of the brightest: above it a pixel counts as ink
_WIDEST = 0.12  # of the side of its box: more would fill the holes of a digit
_MEASURED = 500  # pictures that the usual place and size are read off


def drawn(strokes: list[list[float]]) -> Array:
    """Strokes [x0, y0, x1, y1, …] in [0, 1] as an (280, 280) uint8 picture, white on black. Errors: ValueError."""
    if len(strokes) > STROKES or sum(map(len, strokes)) > 2 * POINTS:
        raise ValueError(f"the drawing has more than {STROKES} strokes or {POINTS:,} points; clear it and draw less")
    image = Image.new("L", (CANVAS, CANVAS))
    pen, width = ImageDraw.Draw(image), PEN * CANVAS
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
        pixels = _decode.decode(data, (width, height)).values
        return np.ascontiguousarray(np.broadcast_to(np.atleast_3d(pixels), (height, width, 3)).transpose(2, 0, 1))
    across, down = _decode.size_of(data)
    shrink = min(1.0, 2 * CANVAS / max(across, down))
    pixels = _decode.decode(data, (max(1, round(across * shrink)), max(1, round(down * shrink)))).values
    grey = pixels if pixels.ndim == 2 else pixels @ np.array([0.299, 0.587, 0.114])
    ink = np.abs(grey - _ground(grey[None]))
    return placed(255 * ink / max(float(ink.max()), 1.0), like)


def placed(ink: Array, like: Array) -> Array:
    """Ink (H, W), 0 where there is none, as one of the grey pictures `like` (n, 1, h, w) uint8: (1, h, w) uint8.

    The box of the ink gets the median larger side of theirs, and its centre the mean of theirs: the centre of the ink's
    mass or of its box, whichever varies less among them. Strokes get as thick as theirs, and the brightest pixel as bright.
    Errors: ValueError where there is no ink.
    """
    if not ink.max() > 0:
        raise ValueError("there is nothing in the picture yet: draw something, or choose one with more contrast")
    known = like[:: max(1, len(like) // _MEASURED), 0].astype(np.float64)
    ground = _ground(known)
    ink = _thickened(ink, np.abs(known - ground))
    sides, masses, boxes = (np.array(v) for v in zip(*map(_measure, np.abs(known - ground)), strict=True))
    by_mass = masses.std(0).sum() < boxes.std(0).sum()
    side, mass, box = _measure(ink)
    # From a dot nothing can be enlarged without end.
    scale = max(np.median(sides.max(1)) / side.max(), 1 / 16)
    goal, centre = (masses.mean(0), mass) if by_mass else (boxes.mean(0), box)
    (height, width), (down, across) = known.shape[1:], centre - goal / scale
    # Where the window reaches beyond the picture there is no ink.
    edge = int(np.ceil(max(height, width) / scale))
    image = Image.fromarray(np.pad(ink, edge).astype(np.float32))
    window = (across + edge, down + edge, across + edge + width / scale, down + edge + height / scale)
    small = np.asarray(image.resize((width, height), Image.Resampling.BOX, box=window))
    bright = np.median(np.abs(known - ground).max((1, 2)))
    small = small * bright / max(float(small.max()), 1e-9)
    return np.rint(np.clip(ground + small * (1 if ground < 128 else -1), 0, 255)).astype(np.uint8)[None]


def _thickened(ink: Array, known: Array) -> Array:
    """The ink (H, W) with strokes as thick, beside the side of its box, as theirs, (n, h, w); never thinner."""
    theirs = np.median([_thickness(picture) / _measure(picture)[0].max() for picture in known])
    side = _measure(ink)[0].max()
    thin = theirs * side - _thickness(ink)
    # What is added at both ends makes the box larger too.
    wider = min(thin / max(1 - theirs, 0.5), _WIDEST * side)
    if wider < 2:
        return ink
    size = 2 * round(wider / 2) + 1
    spread = Image.fromarray(np.pad(ink, size).astype(np.uint8)).filter(ImageFilter.MaxFilter(size))
    return np.asarray(spread)


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
