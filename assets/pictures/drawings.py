"""How each moving picture looks: one function draws one frame of one run."""

from __future__ import annotations

from typing import Any

import numpy as np
from canvas import Canvas
from scipy.interpolate import CubicSpline

from dashboard.charts.palette import BLUE, DIVERGING, GRID, INK, QUIET, TEXT, VERMILION

Frame = dict[str, Any]
LEFT, TOP, BOTTOM = 24, 50, 236  # of the large part
SIDE, HEAD = 508, 34  # left edge of the square beside it, and the line of the captions


def estimate(c: Canvas, f: Frame) -> None:
    """The training curve, the held-out one and the truth; the critic's surface beside them."""
    left, right, top, bottom = LEFT, 470, TOP + 8, BOTTOM

    def at(step: float, mi: float) -> tuple[float, float]:
        # A root scale: the curve has settled after a tenth of the steps.
        return left + (right - left) * (step / f["total"]) ** 0.5, bottom - (bottom - top) * max(mi, 0) / 0.6

    for mi in (0, 0.2, 0.4, 0.6):
        c.line([at(0, mi), at(f["total"], mi)], GRID, 1)
    c.line([at(i + 1, mi) for i, mi in enumerate(f["training"])], BLUE, 1, 0.32)
    c.dashes([at(0, f["truth"]), at(f["total"], f["truth"])], INK)
    c.line([at(0, 0), *[at(i, mi) for i, mi in f["held_out"]]], BLUE, 3)
    value = f.get("mi", f["held_out"][-1][1] if f["held_out"] else 0)
    c.dot(at(*f["held_out"][-1]) if f["held_out"] else at(0, 0), 5, BLUE)
    c.text((left, HEAD), f"held out {value:.3f} nats", BLUE, 19)
    c.text((right, HEAD), f"truth {f['truth']:.3f}", INK, 19, "rs")
    c.map((SIDE, 50, SIDE + 186, 236), f["surface"][::-1], -4, 4, DIVERGING)
    c.text((SIDE + 93, HEAD), "what the critic sees", QUIET, 15, "ms")


def table(c: Canvas, f: Frame) -> None:
    """The pair's scatter, and the matrix as far as it is filled."""
    left, right, top, bottom = LEFT, 394, TOP, BOTTOM
    x, y = ((v - v.min()) / np.ptp(v) for v in f["at"])
    for a, b in zip(x[::2], y[::2], strict=True):
        c.dot((left + 4 + (right - left - 8) * a, bottom - 4 - (bottom - top - 8) * b), 1.5, BLUE, 0.6)
    c.text((left, HEAD), f"{f['x']}, {f['y']}", TEXT, 19)
    c.text((right, HEAD), f"{f['mi']:.2f} nats", BLUE, 19, "rs")
    c.text((SIDE + 186, HEAD), f"correlation {f['rho']:.2f}", QUIET, 15, "rs")
    k = len(f["names"])
    size = 186 / k
    for i, name in enumerate(f["names"]):
        c.text((500, top + size * (i + 0.5)), name, TEXT if name in (f["x"], f["y"]) else QUIET, 13, "rm")
    c.map((SIDE, top, SIDE + k * size, top + k * size), f["matrix"], 0, 1.0, smooth=False)
    c.frame((SIDE, top, SIDE + k * size, top + k * size))
    i, j = (f["names"].index(f[side]) for side in "xy")
    for row, column in ((i, j), (j, i)):
        cell = (SIDE + size * column, top + size * row)
        c.frame((*cell, cell[0] + size, cell[1] + size), VERMILION, 2)


def cluster(c: Canvas, f: Frame) -> None:
    """The surest pictures of each cluster, and the joint probabilities of two views."""
    for column, pictures in enumerate(f["pictures"]):
        for row, picture in enumerate(pictures[:4]):
            left, top = 24 + 45.4 * column, 54 + 46 * row
            c.map((left, top, left + 40, top + 40), picture, 0, 1)
    c.text((24, HEAD), "ten clusters, no labels", TEXT, 19)
    c.text((473, HEAD), f"accuracy {f['accuracy']:.2f}", BLUE, 19, "rs")
    c.map((SIDE, 50, SIDE + 186, 236), np.sqrt(f["joint"]), 0, np.sqrt(0.1), smooth=False)
    c.text((SIDE + 93, HEAD), "both views agree", QUIET, 15, "ms")


def density(c: Canvas, f: Frame) -> None:
    """p(y | x) under some of the points, and a slice of it beside the true one."""
    left, right, top, bottom = LEFT, 470, TOP, BOTTOM
    x, y = f["x"], f["y"]

    def at(a: float, b: float) -> tuple[float, float]:
        across, up = (a - x[0]) / (x[-1] - x[0]), (b - y[0]) / (y[-1] - y[0])
        return left + (right - left) * across, bottom - (bottom - top) * up

    c.map((left, top, right, bottom), np.sqrt(f["density"][::-1]), 0, 1.0)
    for a, b in zip(f["points"]["x"][:350, 0], f["points"]["y"][:350, 0], strict=True):
        c.dot(at(a, b), 1.3, VERMILION, 0.75)
    middle = int(np.abs(x).argmin())
    c.dashes([at(x[middle], y[0]), at(x[middle], y[-1])], QUIET, 1.2)
    c.text((left, HEAD), "one x, several y", TEXT, 19)
    c.text((right, HEAD), f"held out {f['nll']:.2f} nats", BLUE, 19, "rs")
    widest = 1.15 * f["truth"][:, middle].max()

    def curve(p: np.ndarray) -> list[tuple[float, float]]:
        # Between the rows of the grid through the logarithm, which is a parabola near each peak.
        fine = np.linspace(0, len(p) - 1, 400)
        p = np.exp(CubicSpline(np.arange(len(p)), np.log(p + 1e-6))(fine))
        return [
            (SIDE + 186 * min(v / widest, 1), bottom - (bottom - top) * i / 63) for i, v in zip(fine, p, strict=True)
        ]

    c.line([(SIDE, top), (SIDE, bottom)], GRID, 1)
    c.line(curve(f["density"][:, middle]), BLUE, 3)
    c.dashes(curve(f["truth"][:, middle]), INK)
    c.text((SIDE + 93, HEAD), "along the dashed line", QUIET, 15, "ms")
