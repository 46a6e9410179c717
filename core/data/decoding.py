"""One picture file as bytes → its size, and its pixels at a wanted size: any usual format, grey or colour."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
from PIL import BmpImagePlugin as _bmp  # noqa: F401  # the formats are named, so that no other reader is ever loaded
from PIL import GifImagePlugin as _gif  # noqa: F401
from PIL import Image, ImageOps
from PIL import JpegImagePlugin as _jpeg  # noqa: F401
from PIL import PngImagePlugin as _png  # noqa: F401
from PIL import PpmImagePlugin as _ppm  # noqa: F401
from PIL import TiffImagePlugin as _tiff  # noqa: F401
from PIL import WebPImagePlugin as _webp  # noqa: F401

from core.method import Array
from core.sentences import Sentence

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
PIXELS, JPEG = 25_000_000, 50_000_000  # of one picture: 100 MB with transparency; cameras write JPEG, read reduced
SMALLEST = 4  # pixels a side
_TURNED = (5, 6, 7, 8)  # EXIF orientations that exchange width and height
_ORIENTATION = 0x0112


class PictureError(ValueError):
    """What is wrong with a picture, as the end of a sentence that begins with its name."""


class Pixels(NamedTuple):
    """A decoded picture: (h, w) grey or (h, w, 3) colour, uint8, and what was done to it."""

    values: Array
    resized: bool
    transparent: bool
    animated: bool


def size_of(data: bytes) -> tuple[int, int]:
    """(width, height) as it will be seen, from the header alone. Errors: PictureError."""
    image = _open(data)
    try:
        turned = image.getexif().get(_ORIENTATION) in _TURNED
    except Exception:  # a broken note in a good picture; readers raise what they like
        turned = False
    width, height = image.size
    return (height, width) if turned else (width, height)


def decode(data: bytes, size: tuple[int, int]) -> Pixels:
    """The picture at this (width, height): scaled to cover it and cropped at the centre. Errors: PictureError."""
    image = _open(data)
    animated = _animated(image)
    try:
        # A JPEG can be decoded at half, a quarter or an eighth of its size, which is all that a small picture needs.
        image.draft(None, (2 * max(size), 2 * max(size)))
        image.load()
        image = ImageOps.exif_transpose(image)
        image, transparent = _plain(image)
        resized = image.size != size
        if resized:
            image = ImageOps.fit(image, size, Image.Resampling.BOX if min(image.size) > 2 * max(size) else _SMOOTH)
        values = np.asarray(image)
    except PictureError:
        raise
    except Exception as error:  # on hostile files readers raise nearly anything
        raise PictureError(_said(error)) from error
    if values.ndim == 3 and (values[..., 0] == values[..., 1]).all() and (values[..., 0] == values[..., 2]).all():
        values = values[..., 0]
    return Pixels(values, resized, transparent, animated)


_SMOOTH = Image.Resampling.BICUBIC


def _open(data: bytes) -> Image.Image:
    if not data:
        raise PictureError(Sentence("is empty, 0 bytes"))
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureError(Sentence("claims more pixels than the limit of {jpeg:,}", jpeg=JPEG)) from error
    except Exception as error:  # as above
        raise PictureError(Sentence("is not an image that can be read, or it is damaged")) from error
    width, height = image.size
    limit = JPEG if image.format == "JPEG" else PIXELS
    if width * height > limit:
        raise PictureError(
            Sentence(
                "is {width:,} × {height:,} pixels large, more than the limit of {limit:,}",
                width=width,
                height=height,
                limit=limit,
            )
        )
    if min(width, height) < SMALLEST:
        raise PictureError(
            Sentence(
                "is {width} × {height} pixels small: at least {smallest} a side are needed",
                width=width,
                height=height,
                smallest=SMALLEST,
            )
        )
    return image


def _animated(image: Image.Image) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:  # the second frame is broken, and it is not needed
        return False


def _plain(image: Image.Image) -> tuple[Image.Image, bool]:
    """In mode L or RGB, and whether anything was transparent."""
    if image.mode in ("L", "RGB"):
        if "transparency" not in image.info:
            return image, False
        image = image.convert("RGBA")
    if image.mode.startswith("I"):
        return _sixteen(image), False
    if image.mode == "F":
        raise PictureError(Sentence("holds floating-point pixels, whose white is not known: save it with 8 or 16 bits"))
    if image.mode in ("1", "YCbCr", "CMYK", "LAB", "HSV"):
        return image.convert("L" if image.mode == "1" else "RGB"), False
    if image.mode == "P" and "transparency" not in image.info:
        return image.convert("RGB"), False
    image = image.convert("RGBA")
    if image.getchannel("A").getextrema()[0] == 255:
        return image.convert("RGB"), False
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, image).convert("RGB"), True


def _sixteen(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 65_535:
        raise PictureError(Sentence("holds pixels beyond 16 bits: save it with 8 or 16 bits"))
    return Image.fromarray((values.astype(np.uint32) // 257).astype(np.uint8))


def _said(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "is too large for the memory"
    return "is truncated" if "truncated" in str(error) else "is damaged and cannot be decoded"
