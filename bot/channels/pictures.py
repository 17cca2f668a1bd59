"""Pictures from strangers, made safe: what they are is told by their bytes, and they are painted anew, so nothing but what is seen remains.

One at a time, on a thread of its own: a picture takes far more memory than its file, and the rest of the assistant must not wait for it.
"""

import asyncio
import math
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageOps

from ..model.message import Picture
from .base import Pictures

MAGIC = ((b"\xff\xd8\xff",), (b"\x89PNG\r\n\x1a\n",), (b"GIF87a", b"GIF89a"))
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
LONGEST_SIDE = 1600
QUALITY = 82
MOST_PIXELS = 52_000_000
"""Fifty megapixels, as phones advertise them: some 150 MB for the moment."""
MOST_PIXELS_UNPACKED = 16_000_000
"""Of what can not be read at a smaller scale, as JPEG can: more than any screen shows."""

NARROWEST = 1 / 20
"""Of the longer side: a platform refuses what is narrower, so white is put beside it."""
SMALLER = ((1.0, QUALITY), (1.0, 65), (0.75, 65), (0.5, 60), (0.35, 50))
"""What is tried, one after the other, until a picture is small enough: share of the longest side, and quality."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)  # Pillow's own way to refuse what it would only warn of

_painter = ThreadPoolExecutor(1, thread_name_prefix="pictures")


class NotAPicture(Exception):
    """Not one of the kinds that are taken, broken, or made to burst whoever opens it."""


async def repainted(data: bytes) -> bytes:
    """The picture as a JPEG without anything hidden in it, at most 1600 pixels long. Raises NotAPicture."""
    return await asyncio.get_running_loop().run_in_executor(_painter, repaint, data)


async def fitted(data: bytes, wanted: Pictures) -> Picture:
    """The same, within what a channel takes. Raises NotAPicture."""
    return await asyncio.get_running_loop().run_in_executor(_painter, fit, data, wanted)


def repaint(data: bytes) -> bytes:
    with _decoding(data):
        return _written(_painted(data, LONGEST_SIDE), QUALITY)


def fit(data: bytes, wanted: Pictures) -> Picture:
    with _decoding(data):
        canvas = _widened(_painted(data, wanted.longest_side))
        for share, quality in SMALLER:
            smaller = canvas.copy()
            smaller.thumbnail((round(wanted.longest_side * share),) * 2)
            written = _written(smaller, quality)
            if len(written) <= wanted.most_bytes:
                return Picture(written, *smaller.size)
        raise NotAPicture


@contextmanager
def _decoding(data: bytes) -> Iterator[None]:
    if not _looks_like_one(data):
        raise NotAPicture
    try:
        yield
    except Exception as error:  # a decoder may raise anything at all where somebody wants it to
        raise NotAPicture from error


def _looks_like_one(data: bytes) -> bool:
    return any(data.startswith(begins) for begins in MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _painted(data: bytes, longest_side: int) -> Image.Image:
    with Image.open(BytesIO(data), formats=FORMATS) as probe:
        probe.verify()
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        longest = max(image.size)
        image.draft("RGB", (longest_side * image.width // longest, longest_side * image.height // longest))
        if image.width * image.height > MOST_PIXELS_UNPACKED:
            raise NotAPicture
        ImageOps.exif_transpose(image, in_place=True)
        picture = image.convert("RGBA")
    picture.thumbnail((longest_side, longest_side))
    canvas = Image.new("RGB", picture.size, "white")  # a new one: the old one's notes, profiles and places stay behind
    canvas.paste(picture, mask=picture.getchannel("A"))
    return canvas


def _widened(canvas: Image.Image) -> Image.Image:
    """With white beside it where it is a mere strip."""
    least = math.ceil(max(canvas.size) * NARROWEST)
    wide = Image.new("RGB", (max(canvas.width, least), max(canvas.height, least)), "white")
    wide.paste(canvas, ((wide.width - canvas.width) // 2, (wide.height - canvas.height) // 2))
    return wide


def _written(canvas: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    canvas.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
