"""A small drawing board in the dashboard's colours: everything is drawn three times as large and then made smaller."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dashboard.charts import palette

WIDTH, HEIGHT = 720, 260
FINER = 3  # Pillow's lines have no soft edges of their own
Point = tuple[float, float]


class Canvas:
    """One frame, in points of the finished picture; colours are those of light mode and turn with the theme."""

    def __init__(self, dark: bool) -> None:
        self.dark = dark
        self.image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), self.colour(palette.PAPER))
        self.pen = ImageDraw.Draw(self.image)

    def colour(self, colour: str, strength: float = 1.0) -> tuple[int, int, int]:
        """As it looks in this theme; below a strength of 1 it is mixed with the ground."""
        rgb, ground = (_rgb(palette.themed(c, self.dark)) for c in (colour, palette.PAPER))
        return tuple(int(v) for v in np.rint(strength * rgb + (1 - strength) * ground))

    def text(self, at: Point, text: str, colour: str = palette.INK, size: float = 15, anchor: str = "ls") -> None:
        font = ImageFont.load_default(size * FINER)
        self.pen.text(_up(at), text, fill=self.colour(colour), font=font, anchor=anchor)

    def line(self, points: list[Point], colour: str, width: float = 2, strength: float = 1.0) -> None:
        if len(points) > 1:
            ink = self.colour(colour, strength)
            self.pen.line([_up(p) for p in points], fill=ink, width=round(width * FINER), joint="curve")

    def dashes(self, points: list[Point], colour: str, width: float = 1.6, on: float = 6, off: float = 4) -> None:
        """Dashes of equal length along the whole line."""
        xy = np.array(points, float)
        along = np.r_[0, np.hypot(*np.diff(xy, axis=0).T).cumsum()]
        for start in np.arange(0, along[-1], on + off):
            at = np.linspace(start, min(start + on, along[-1]), 6)
            self.line(
                [*zip(np.interp(at, along, xy[:, 0]), np.interp(at, along, xy[:, 1]), strict=True)], colour, width
            )

    def dot(self, at: Point, radius: float, colour: str, strength: float = 1.0) -> None:
        (x, y), r = _up(at), radius * FINER
        self.pen.ellipse((x - r, y - r, x + r, y + r), fill=self.colour(colour, strength))

    def frame(self, box: tuple[float, float, float, float], colour: str = palette.GRID, width: float = 1) -> None:
        self.pen.rectangle([v * FINER for v in box], outline=self.colour(colour), width=round(width * FINER))

    def map(self, box: tuple[float, float, float, float], z: np.ndarray, low: float, high: float,
            colours: tuple[str, ...] = palette.SEQUENTIAL, smooth: bool = True) -> None:  # fmt: skip
        """z (rows, columns), first row on top, into the box; NaN stays the ground."""
        stops = np.array([_rgb(c) for c in palette.themed(colours, self.dark)])
        share = np.clip((np.nan_to_num(z, nan=low) - low) / (high - low), 0, 1) * (len(stops) - 1)
        rgb = np.stack([np.interp(share, np.arange(len(stops)), stops[:, k]) for k in range(3)], -1)
        rgb[np.isnan(z)] = self.colour(palette.PAPER)
        left, top, right, bottom = (round(v * FINER) for v in box)
        how = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
        picture = Image.fromarray(np.rint(rgb).astype(np.uint8)).resize((right - left, bottom - top), how)
        self.image.paste(picture, (left, top))

    def done(self) -> Image.Image:
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def save(path: Path, frames: list[Image.Image], each: int = 80, pause: int = 2000) -> None:
    """An animated WebP that loops for ever and rests at its end (milliseconds), and beside it its end alone, as a still."""
    times = [each] * (len(frames) - 1) + [pause]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=times, loop=0, quality=55, method=6)
    frames[-1].save(path.with_stem(f"{path.stem}-still"), quality=75, method=6)


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)


def _up(at: Point) -> Point:
    return at[0] * FINER, at[1] * FINER
