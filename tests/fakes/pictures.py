"""Pictures as phones make them, as people mistake them, and as somebody makes them who means harm. None shows anything real."""

import struct
import zlib
from io import BytesIO

from PIL import Image, PngImagePlugin

PLACE = b"23.2783"
"""Stands for where a picture was taken."""
SECRET = "chup tai nha"
VOICE = b"OggS\x00\x02" + bytes(40) + b"OpusHead" + bytes(200)


def picture(kind: str = "JPEG", size: tuple[int, int] = (90, 60), mode: str = "RGB", **how: object) -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    written = BytesIO()
    image.convert(mode).save(written, kind, **how)
    return written.getvalue()


def with_secrets(kind: str) -> bytes:
    """With a place, a maker and words in every corner that the format has."""
    exif = Image.Exif()
    exif[0x010F] = SECRET
    exif[0x8769] = {0x9286: SECRET}
    exif[0x8825] = {1: "N", 2: (23.0, 16.0, 42.0), 29: PLACE.decode()}
    xmp = f"<x:xmpmeta><rdf>{SECRET} {PLACE.decode()}</rdf></x:xmpmeta>".encode()
    match kind:
        case "JPEG":
            return picture(kind, exif=exif, comment=SECRET.encode(), xmp=xmp, icc_profile=SECRET.encode() * 20)
        case "PNG":
            notes = PngImagePlugin.PngInfo()
            notes.add_text("Comment", SECRET)
            notes.add_itxt("Place", PLACE.decode())
            return picture(kind, exif=exif, pnginfo=notes, icc_profile=SECRET.encode() * 20)
        case "WEBP":
            return picture(kind, exif=exif, xmp=xmp, icc_profile=SECRET.encode() * 20)
    return picture(kind, comment=SECRET.encode() + PLACE)


def sideways() -> bytes:
    """Stored lying, to be shown turned by a quarter: red is above then."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return picture("JPEG", (90, 60), exif=exif)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(side: int = 12_000) -> bytes:
    """Some hundred kilobytes that unpack to 144 MB."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side + 1)) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def gif_bomb() -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + b"\x2c" + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x00;"


def jpeg_bomb() -> bytes:
    """A small picture that says it is 65500 by 65500."""
    small = bytearray(picture("JPEG"))
    place = small.index(b"\xff\xc0")
    small[place + 5 : place + 9] = struct.pack(">HH", 65500, 65500)
    return bytes(small)


NO_PICTURES = {
    "empty": b"",
    "words": "ảnh đây".encode(),
    "a page": b"<!doctype html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "pdf": b"%PDF-1.7\n" + bytes(300),
    "a program": b"MZ" + bytes(300),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "the beginning of a jpeg": picture("JPEG", (900, 900))[:700],
    "the beginning of a png": picture("PNG", (900, 900))[:60],
    "a jpeg's first bytes, then a page": b"\xff\xd8\xff\xe0<script>alert(1)</script>" + bytes(200),
    "webp without anything": b"RIFF\x00\x00\x00\x00WEBP",
    "a gif bomb": gif_bomb(),
    "a jpeg bomb": jpeg_bomb(),
}
