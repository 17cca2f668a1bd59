"""What people sent on Telegram, fetched when somebody looks: whole, from Telegram itself, or a plain word why not."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.base import Fetches, Unfetched
from bot.channels.telegram import Telegram
from bot.model.message import MOST_BYTES, PICTURE, VOICE

from ..fakes.office import FakeOffice
from ..fakes.pictures import VOICE as SPOKEN
from ..fakes.pictures import picture
from ..fakes.telegram import TOKEN, FileFault, Person, TelegramServer, telegram_server
from ..faults.process import free_port
from .telegram_line import QUICKLY, Line, telegram_line, words

PART = {"file_unique_id": "u", "width": 90, "height": 60}
SIZES = [{**PART, "file_id": "small"}, {**PART, "file_id": "large", "width": 1280, "height": 960, "file_size": 200_000}]


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as fake:
        fake.files = {"large": picture("JPEG", (1280, 960)), "spoken": SPOKEN, "huge": bytes(MOST_BYTES + 1)}
        yield fake


@pytest.fixture
async def channel(server: TelegramServer) -> AsyncIterator[Telegram]:
    telegram = Telegram(TOKEN, words, FakeOffice(), api=server.url, patience=QUICKLY)
    yield telegram
    await telegram.close()


@pytest.fixture
async def line(server: TelegramServer) -> AsyncIterator[Line]:
    async with telegram_line(server, "polling") as one:
        yield one


@pytest.fixture
def an(server: TelegramServer) -> Person:
    return server.person("An")


async def test_a_file_is_fetched_whole(channel: Telegram, server: TelegramServer) -> None:
    assert isinstance(channel, Fetches)
    assert await channel.fetch("large", MOST_BYTES) == server.files["large"]
    assert await channel.fetch("spoken", MOST_BYTES) == SPOKEN
    assert server.downloads == [f"/file/bot{TOKEN}/photos/large", f"/file/bot{TOKEN}/photos/spoken"]


FAULTS = [
    (FileFault.TOO_BIG, Unfetched.TOO_BIG),
    (FileFault.GONE, Unfetched.GONE),
    (FileFault.SLOW, Unfetched.AWAY),
    (FileFault.BROKEN, Unfetched.AWAY),
    (FileFault.ELSEWHERE, Unfetched.AWAY),
    (FileFault.CLIMBS, Unfetched.GONE),
    (FileFault.ABSOLUTE, Unfetched.GONE),
]


@pytest.mark.parametrize(("fault", "told"), FAULTS)
async def test_every_trouble_has_its_name_and_the_next_file_comes(
    channel: Telegram, server: TelegramServer, fault: FileFault, told: Unfetched
) -> None:
    server.file_faults.append(fault)
    assert await channel.fetch("large", MOST_BYTES) is told
    assert await channel.fetch("large", MOST_BYTES) == server.files["large"]


async def test_no_other_address_is_ever_asked(channel: Telegram, server: TelegramServer) -> None:
    asked = []

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    stranger = await asyncio.start_server(listening, "127.0.0.1", 0)
    server.elsewhere = f"http://127.0.0.1:{stranger.sockets[0].getsockname()[1]}/secret"
    for fault in (FileFault.ELSEWHERE, FileFault.CLIMBS, FileFault.ABSOLUTE):
        server.file_faults.append(fault)
        assert isinstance(await channel.fetch("large", MOST_BYTES), Unfetched)
    stranger.close()
    assert asked == []
    assert server.downloads == [f"/file/bot{TOKEN}/photos/large"]


@pytest.mark.parametrize("fault", [None, FileFault.SIZE_UNTOLD])
async def test_a_file_too_big_is_not_taken_whether_its_size_is_told_or_not(
    channel: Telegram, server: TelegramServer, fault: FileFault | None
) -> None:
    if fault:
        server.file_faults.append(fault)
    assert await channel.fetch("huge", MOST_BYTES) is Unfetched.TOO_BIG
    assert len(server.downloads) == (1 if fault else 0)


async def test_a_file_that_telegram_does_not_know_is_gone(channel: Telegram) -> None:
    assert await channel.fetch("of another bot", MOST_BYTES) is Unfetched.GONE


async def test_while_telegram_is_away_so_are_its_files() -> None:
    channel = Telegram(TOKEN, words, FakeOffice(), api=f"http://127.0.0.1:{free_port()}", patience=QUICKLY)
    assert await channel.fetch("large", MOST_BYTES) is Unfetched.AWAY
    await channel.close()


SENT: list[tuple[dict[str, Any], tuple[str, str] | None]] = [
    ({"photo": SIZES}, (PICTURE, "large")),
    ({"photo": [*SIZES, {**PART, "file_id": "huge", "width": 9000, "height": 9000, "file_size": MOST_BYTES + 1}]}, (PICTURE, "large")),
    ({"photo": [{**PART, "file_id": "huge", "file_size": MOST_BYTES + 1}]}, None),
    ({"photo": []}, None),
    ({"voice": {"file_id": "spoken", "file_unique_id": "u", "duration": 3}}, (VOICE, "spoken")),
    ({"voice": {"file_id": "spoken", "file_unique_id": "u", "duration": 9999, "file_size": MOST_BYTES + 1}}, None),
    ({"video_note": {"file_id": "x", "file_unique_id": "u", "length": 9, "duration": 3}}, None),
    ({"audio": {"file_id": "x", "file_unique_id": "u", "duration": 3}}, None),
    ({"document": {"file_id": "x", "file_unique_id": "u"}}, None),
    ({"text": "chào"}, None),
]


@pytest.mark.parametrize(("content", "wanted"), SENT)
async def test_the_door_gets_the_name_of_the_largest_picture_that_fits_and_nothing_is_fetched(
    line: Line, an: Person, content: dict[str, Any], wanted: tuple[str, str] | None
) -> None:
    await an.sends(**content)
    await line.door.until(lambda: bool(line.door.inbound))
    (inbound,) = line.door.inbound
    kept = inbound.attachment
    assert (None if kept is None else (kept.media_type, kept.reference)) == wanted
    assert kept is None or (kept.data, kept.own_id) == (None, None)
    assert line.server.asked("getFile") == []


async def test_each_picture_of_an_album_has_a_name_of_its_own(line: Line, an: Person) -> None:
    sent = [await an.sends(photo=SIZES, media_group_id="77", **more) for more in ({}, {}, {"caption": "đây"})]
    await line.door.until(lambda: len(line.door.inbound) == 3)
    own = [str(update["message"]["message_id"]) for update in sent]
    assert [one.external_id for one in line.door.inbound] == ["album-77", "album-77", own[2]]
    assert [one.attachment and one.attachment.own_id for one in line.door.inbound] == [own[0], own[1], None]


async def test_a_name_that_no_database_takes_is_none(line: Line, an: Person) -> None:
    for odd in ("\ud800", "a\0b"):
        await an.sends(photo=[{**PART, "file_id": odd}])
    await an.sends(text="chào")
    await line.door.until(lambda: bool(line.door.inbound))
    assert [one.text for one in line.door.inbound] == ["chào"]
