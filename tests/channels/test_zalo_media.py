"""Pictures and voices on Zalo lie where a message says: only Zalo's own addresses are kept and followed, and the message always counts."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from bot.channels.base import Fetches, Unfetched
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOa
from bot.model.message import MOST_BYTES, PICTURE, VOICE, Kind

from ..fakes.door import FakeDoor
from ..fakes.media import MediaServer, media_server
from ..fakes.pictures import picture
from ..fakes.zalo_bot import zalo_bot_server
from ..fakes.zalo_oa import zalo_server
from .zalo_bot_line import zalo_bot_line
from .zalo_line import zalo_channel, zalo_line


@dataclass
class Far:
    """One of the two channels, and somebody who sends what lies at an address."""

    channel: ZaloOa | ZaloBot
    door: FakeDoor
    media: MediaServer
    shows: Callable[[str], Awaitable[object]]
    speaks: Callable[[str], Awaitable[object]]


@pytest.fixture
async def media() -> AsyncIterator[MediaServer]:
    async with media_server() as server:
        server.files = {"a.jpg": picture(), "huge": bytes(MOST_BYTES + 1), "v.aac": b"\xff\xf1" + bytes(300)}
        yield server


@pytest.fixture(params=["oa", "bot"])
async def far(request: pytest.FixtureRequest, media: MediaServer) -> AsyncIterator[Far]:
    if request.param == "oa":
        async with zalo_server(time.time) as zalo, zalo_line(zalo, lambda server: zalo_channel(server, media=(media.url,))) as line:
            an = zalo.person()

            def attached(kind: str, url: str) -> Awaitable[object]:
                return an.sends(kind, text="đây", attachments=[{"type": kind, "payload": {"url": url, "thumbnail": "https://x.example/t"}}])

            yield Far(line.channel, line.door, media, lambda url: attached("image", url), lambda url: attached("audio", url))
    else:
        async with zalo_bot_server() as bots, zalo_bot_line(bots, "webhook", media=(media.url,)) as hooked:
            binh = bots.person("Bình")
            shows = lambda url: binh.sends("image", photo_url=url, caption="đây")  # noqa: E731
            yield Far(hooked.channel, hooked.door, media, shows, lambda url: binh.sends("voice", voice_url=url))


async def test_what_zalo_keeps_is_named_to_the_door_and_fetched_only_when_asked_for(far: Far) -> None:
    assert isinstance(far.channel, Fetches)
    await far.shows(far.media.address("a.jpg"))
    await far.speaks(far.media.address("v.aac"))
    shown, spoken = far.door.inbound
    assert (shown.kind, shown.text, spoken.kind) == (Kind.PHOTO, "đây", Kind.VOICE)
    assert shown.attachment is not None
    assert spoken.attachment is not None
    assert (shown.attachment.media_type, spoken.attachment.media_type) == (PICTURE, VOICE)
    assert far.media.asked == []
    for attachment, name in ((shown.attachment, "a.jpg"), (spoken.attachment, "v.aac")):
        assert attachment.reference == far.media.address(name)
        assert attachment.data is None
        assert await far.channel.fetch(attachment.reference, MOST_BYTES) == far.media.files[name]
    assert far.media.asked == ["a.jpg", "v.aac"]


ELSEWHERE = [
    "http://127.0.0.1:{stranger}/a.jpg",
    "http://127.0.0.1/a.jpg",
    "http://localhost:{mine}/a.jpg",
    "http://an@127.0.0.1:{mine}/a.jpg",
    "http://169.254.169.254/latest/meta-data",
    "https://evil.example/a.zdn.vn",
    "file:///etc/passwd",
    "/a.jpg",
    "http://[",
    "https://x.zdn.vn\\a",
    "x" * 5000,
]


@pytest.mark.parametrize("url", ELSEWHERE, ids=lambda url: ascii(url)[:30])
async def test_what_lies_elsewhere_is_not_followed_and_the_message_counts(far: Far, url: str) -> None:
    async with media_server() as stranger:
        stranger.files["a.jpg"] = picture()
        url = url.replace("{stranger}", stranger.url.rpartition(":")[2]).replace("{mine}", far.media.url.rpartition(":")[2])
        await far.shows(url)
        await far.speaks(url)
        assert [(one.kind, one.attachment) for one in far.door.inbound] == [(Kind.PHOTO, None), (Kind.VOICE, None)]
        assert await far.channel.fetch(url, MOST_BYTES) is Unfetched.GONE
        assert (stranger.asked, far.media.asked) == ([], [])


async def test_every_trouble_has_its_name_and_no_other_way_is_taken(far: Far) -> None:
    async with media_server() as stranger:
        stranger.files["a.jpg"] = picture()
        far.media.leads["moved"] = stranger.address("a.jpg")
        far.media.leads["round"] = far.media.address("a.jpg")
        far.media.files |= {"slow": picture(), "broken": picture()}
        far.media.hangs.add("slow")
        far.media.breaks.add("broken")
        told = {
            name: await far.channel.fetch(far.media.address(name), MOST_BYTES)
            for name in ("moved", "round", "slow", "broken", "huge", "gone")
        }
        assert told == {
            "moved": Unfetched.AWAY,
            "round": Unfetched.AWAY,
            "slow": Unfetched.AWAY,
            "broken": Unfetched.AWAY,
            "huge": Unfetched.TOO_BIG,
            "gone": Unfetched.GONE,
        }
        assert stranger.asked == []
    assert await far.channel.fetch(far.media.address("a.jpg"), MOST_BYTES) == far.media.files["a.jpg"]
