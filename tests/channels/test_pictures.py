"""Pictures from strangers: what is taken, what is refused, and that nothing hidden in them is left."""

from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from bot.channels.base import Pictures
from bot.channels.pictures import LONGEST_SIDE, NotAPicture, fit, repaint, repainted

from ..fakes.pictures import NO_PICTURES, PLACE, SECRET, picture, png_bomb, sideways, with_secrets


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data), formats=["JPEG"])
    image.load()
    return image


def is_near(image: Image.Image, place: tuple[int, int], wanted: tuple[int, int, int]) -> bool:
    seen = image.getpixel(place)
    assert isinstance(seen, tuple)
    return all(abs(one - other) < 30 for one, other in zip(seen, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
async def test_every_kind_becomes_a_jpeg_that_shows_the_same(kind: str) -> None:
    image = opened(await repainted(picture(kind)))
    assert image.size == (90, 60)
    assert is_near(image, (10, 30), (255, 0, 0))
    assert is_near(image, (80, 30), (0, 0, 255))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_nothing_hidden_in_a_picture_is_left(kind: str) -> None:
    before = with_secrets(kind)
    assert SECRET.encode() in before, "the test hides something"
    after = repaint(before)
    assert SECRET.encode() not in after
    assert PLACE not in after
    image = opened(after)
    assert not image.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & image.info.keys()


def test_what_hangs_behind_a_picture_is_gone() -> None:
    assert b"<script>" not in repaint(picture("JPEG") + b"<script>alert(1)</script>PK\x03\x04")


def test_a_picture_taken_sideways_stands_upright() -> None:
    image = opened(repaint(sideways()))
    assert image.size == (60, 90)
    assert is_near(image, (30, 10), (255, 0, 0))


@pytest.mark.parametrize(("kind", "size"), [("JPEG", (4000, 3000)), ("PNG", (1080, 9000)), ("WEBP", (3000, 3000))])
def test_a_large_picture_becomes_small(kind: str, size: tuple[int, int]) -> None:
    image = opened(repaint(picture(kind, size)))
    assert max(image.size) == LONGEST_SIDE
    assert image.width * size[1] == pytest.approx(image.height * size[0], rel=0.02)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "I;16"), ("JPEG", "L"), ("JPEG", "CMYK"), ("GIF", "P")],
)
def test_pictures_of_every_depth_are_taken(kind: str, mode: str) -> None:
    if mode == "I;16":
        written = BytesIO()
        Image.new("I;16", (20, 20), 4000).save(written, "PNG")
        assert opened(repaint(written.getvalue())).size == (20, 20)
    else:
        assert opened(repaint(picture(kind, mode=mode))).size == (90, 60)


def test_what_is_clear_as_glass_becomes_white() -> None:
    written = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(written, "PNG")
    assert is_near(opened(repaint(written.getvalue())), (10, 10), (255, 255, 255))


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_refused(name: str) -> None:
    with pytest.raises(NotAPicture):
        repaint(NO_PICTURES[name])


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    bomb = png_bomb()
    assert len(bomb) < 5 * 1024 * 1024
    with pytest.raises(NotAPicture):
        repaint(bomb)


def test_a_png_that_a_screen_could_not_show_is_refused_though_smaller_than_a_bomb() -> None:
    with pytest.raises(NotAPicture):
        repaint(png_bomb(5_000))


def test_any_byte_may_be_wrong() -> None:
    """Broken pictures are refused or repainted; nothing else is ever raised."""
    for whole in (picture("JPEG"), picture("PNG"), picture("GIF"), picture("WEBP")):
        for place in range(0, len(whole), 3):
            broken = bytearray(whole)
            broken[place] ^= 0xFF
            with suppress(NotAPicture):
                opened(repaint(bytes(broken)))


# --- for a channel


def noise(size: tuple[int, int]) -> bytes:
    """What no encoder can make small."""
    written = BytesIO()
    Image.effect_noise(size, 200).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("most", [1_000_000, 250_000, 60_000])
def test_one_is_made_as_small_as_a_channel_wants_it(most: int) -> None:
    made = fit(noise((1500, 1500)), Pictures(1000, most, 1280))
    assert len(made.data) <= most
    with Image.open(BytesIO(made.data)) as image:
        assert (image.format, image.size) == ("JPEG", (made.width, made.height))
        assert 300 < max(image.size) <= 1280


def test_one_that_cannot_be_made_so_small_is_none() -> None:
    with pytest.raises(NotAPicture):
        fit(noise((1500, 1500)), Pictures(1000, 500, 1280))


@pytest.mark.parametrize("size", [(3000, 20), (20, 3000), (1, 1)])
def test_a_strip_gets_white_beside_it_for_platforms_that_refuse_it(size: tuple[int, int]) -> None:
    made = fit(picture("PNG", size), Pictures(1000))
    assert max(made.width, made.height) <= 20 * min(made.width, made.height)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_nothing_hidden_goes_out(kind: str) -> None:
    made = fit(with_secrets(kind), Pictures(1000))
    assert SECRET.encode() not in made.data
    assert PLACE not in made.data
