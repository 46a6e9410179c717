"""The ten digits as a hand with a mouse draws them: vector strokes of our own, in a box one high, y downwards."""

from __future__ import annotations

import numpy as np

Stroke = list[float]


def _arc(
    cx: float, cy: float, rx: float, ry: float, start: float, end: float, n: int = 24
) -> list[tuple[float, float]]:
    """Points on an ellipse from one angle to another in degrees; 0 is right, 90 is down."""
    angles = np.radians(np.linspace(start, end, n))
    return [(cx + rx * float(np.cos(a)), cy + ry * float(np.sin(a))) for a in angles]


_SHAPES: dict[int, list[list[tuple[float, float]]]] = {
    0: [_arc(0.32, 0.5, 0.3, 0.5, -90, 270, 40)],
    1: [[(0.05, 0.25), (0.25, 0.0), (0.25, 1.0)]],
    2: [[*_arc(0.3, 0.28, 0.28, 0.28, -170, 40), (0.02, 1.0), (0.62, 1.0)]],
    3: [[*_arc(0.28, 0.25, 0.27, 0.25, -150, 90), *_arc(0.28, 0.75, 0.32, 0.25, -90, 150)]],
    4: [[(0.4, 0.0), (0.0, 0.62), (0.65, 0.62)], [(0.47, 0.3), (0.47, 1.0)]],
    5: [[(0.55, 0.0), (0.1, 0.0), (0.06, 0.42), *_arc(0.28, 0.68, 0.31, 0.31, -120, 140)]],
    6: [[(0.5, 0.02), (0.22, 0.22), *_arc(0.3, 0.7, 0.29, 0.29, -200, 160, 36)]],
    7: [[(0.0, 0.0), (0.6, 0.0), (0.22, 1.0)]],
    8: [[*_arc(0.3, 0.24, 0.24, 0.24, 90, -270, 30), *_arc(0.3, 0.74, 0.29, 0.26, -90, 270, 30)]],
    9: [[*_arc(0.3, 0.3, 0.28, 0.29, 0, -350, 36), (0.58, 0.3), (0.5, 1.0)]],
}


def digit(which: int, height: float = 0.6, at: tuple[float, float] = (0.5, 0.5), slant: float = 0.0) -> list[Stroke]:
    """The strokes of a digit, its box `height` of the canvas high and centred at `at`; slant: shift right per height."""
    points = [np.array(stroke) for stroke in _SHAPES[which]]
    whole = np.concatenate(points)
    middle = (whole.min(0) + whole.max(0)) / 2
    out = []
    for stroke in points:
        moved = stroke - middle
        moved[:, 0] -= slant * moved[:, 1]
        out.append(np.clip(np.array(at) + height * moved, 0, 1).ravel().tolist())
    return out
