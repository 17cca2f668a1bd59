"""Pictures from strangers, made safe: what they are is told by their bytes, and they are painted anew, so nothing but what is seen remains.

One at a time, on a thread of its own: a picture takes far more memory than its file, and the rest of the assistant must not wait for it.
"""

import asyncio
import warnings
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from PIL import Image, ImageOps

MAGIC = ((b"\xff\xd8\xff",), (b"\x89PNG\r\n\x1a\n",), (b"GIF87a", b"GIF89a"))
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
LONGEST_SIDE = 1600
QUALITY = 82
MOST_PIXELS = 52_000_000
"""Fifty megapixels, as phones advertise them: some 150 MB for the moment."""
MOST_PIXELS_UNPACKED = 16_000_000
"""Of what can not be read at a smaller scale, as JPEG can: more than any screen shows."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)  # Pillow's own way to refuse what it would only warn of

_painter = ThreadPoolExecutor(1, thread_name_prefix="pictures")


class NotAPicture(Exception):
    """Not one of the kinds that are taken, broken, or made to burst whoever opens it."""


async def repainted(data: bytes) -> bytes:
    """The picture as a JPEG without anything hidden in it, at most 1600 pixels long. Raises NotAPicture."""
    return await asyncio.get_running_loop().run_in_executor(_painter, repaint, data)


def repaint(data: bytes) -> bytes:
    if not _looks_like_one(data):
        raise NotAPicture
    try:
        return _painted(data)
    except Exception as error:  # a decoder may raise anything at all where somebody wants it to
        raise NotAPicture from error


def _looks_like_one(data: bytes) -> bool:
    return any(data.startswith(begins) for begins in MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _painted(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=FORMATS) as probe:
        probe.verify()
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        longest = max(image.size)
        image.draft("RGB", (LONGEST_SIDE * image.width // longest, LONGEST_SIDE * image.height // longest))
        if image.width * image.height > MOST_PIXELS_UNPACKED:
            raise NotAPicture
        ImageOps.exif_transpose(image, in_place=True)
        picture = image.convert("RGBA")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    canvas = Image.new("RGB", picture.size, "white")  # a new one: the old one's notes, profiles and places stay behind
    canvas.paste(picture, mask=picture.getchannel("A"))
    painted = BytesIO()
    canvas.save(painted, "JPEG", quality=QUALITY, optimize=True)
    return painted.getvalue()
