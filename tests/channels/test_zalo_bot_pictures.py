"""A picture by Zalo Bot: a link that Zalo itself fetches, that nobody can guess and that leads nowhere after ten minutes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.channels.picture_links import PictureLinks
from bot.channels.webchat import WebChat
from bot.channels.zalo_bot import ZaloBot, account
from bot.model.delivery import Outgoing, Refused, Sent, Unknown
from bot.model.message import PICTURE, Address
from bot.settings import ZaloBotSettings

from ..fakes.behind_web import Behind, serving
from ..fakes.office import FakeOffice
from ..fakes.pictures import picture
from ..fakes.telegram import Fault
from ..fakes.zalo_bot import TOKEN, Person, ZaloBotServer, zalo_bot_server
from .zalo_bot_line import QUICKLY, words

PUBLIC = "https://danloi.example"


@dataclass
class Line:
    channel: ZaloBot
    server: ZaloBotServer
    links: PictureLinks
    url: str
    pictures: dict[int, bytes]
    late: timedelta = field(default=timedelta())

    async def asks(self, link: str) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.url) as http:
            return await http.get(link.removeprefix(PUBLIC))


@asynccontextmanager
async def zalo_line() -> AsyncIterator[Line]:
    kept = {9: picture(size=(720, 1280)), 10: picture()}

    async def of(message: int) -> bytes | None:
        return kept.get(message)

    async with zalo_bot_server() as server:
        links = PictureLinks("a key made up for tests", PUBLIC, of, lambda: datetime.now(UTC) + opened.late)
        channel = ZaloBot(ZaloBotSettings(TOKEN, server.url), words, FakeOffice(), pictures=links, patience=QUICKLY)
        async with serving(Behind(), WebChat(), words, routes=channel.routes) as url:
            server.reached_at = url
            opened = Line(channel, server, links, url, kept)
            yield opened
        await channel.stop()
        await channel.close()


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with zalo_line() as opened:
        yield opened


@pytest.fixture
def an(line: Line) -> Person:
    return line.server.person("An")


def to(person: Person, text: str = "Dính: bấm đây", number: int = 9) -> Outgoing:
    return Outgoing(number, Address(account(TOKEN), person.id), text, (), 1, picture())


async def test_zalo_fetches_the_picture_of_that_message(line: Line, an: Person) -> None:
    assert await line.channel.send(to(an)) == Sent(an.screen[0].id)
    assert (an.texts, an.screen[0].picture) == (["Dính: bấm đây"], line.pictures[9])


async def test_one_that_is_gone_by_then_is_refused(line: Line, an: Person) -> None:
    line.pictures.clear()
    assert isinstance(await line.channel.send(to(an)), Refused)
    assert an.screen == []


async def test_lost_on_the_way_it_is_unknown(line: Line, an: Person) -> None:
    line.server.faults.append(Fault.ACCEPTED_AND_DROPPED)
    assert isinstance(await line.channel.send(to(an)), Unknown)
    assert len(an.screen) == 1


async def test_a_link_leads_to_its_picture_for_ten_minutes(line: Line) -> None:
    link = line.links.to(9)
    assert link.startswith(f"{PUBLIC}/pictures/9.")
    answer = await line.asks(link)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, PICTURE, line.pictures[9])
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    line.late = timedelta(minutes=9, seconds=50)
    assert (await line.asks(link)).status_code == 200
    line.late = timedelta(minutes=10)
    assert (await line.asks(link)).status_code == 404


async def test_nobody_can_make_one(line: Line) -> None:
    number, ends, signature, end = line.links.to(9).rpartition("/")[2].split(".")
    forged = [
        f"a.{ends}.{signature}.{end}",
        f"{number}.{int(ends, 16) + 600:x}.{signature}.{end}",
        f"{number}.{ends}.{'0' * 64}.{end}",
        f"{number}.{ends}.jpg",
        f"-9.{ends}.{signature}.jpg",
        "9",
        "x.y.z.jpg",
        "ạ.ạ.ạ.jpg",
        f"{'9' * 300}.{ends}.{signature}.jpg",
    ]
    for name in forged:
        assert (await line.asks(f"/pictures/{name}")).status_code == 404, name
    other = PictureLinks("another key", PUBLIC, line.links._picture, lambda: datetime.now(UTC))
    assert (await line.asks(other.to(9))).status_code == 404


async def test_without_an_https_address_it_says_that_it_takes_none() -> None:
    bare = ZaloBot(ZaloBotSettings(TOKEN, "http://127.0.0.1:9"), words, FakeOffice(), patience=QUICKLY)
    assert (bare.limits.pictures, bare.routes) == (None, [])
    await bare.close()


async def test_words_without_a_picture_go_as_ever(line: Line, an: Person) -> None:
    assert isinstance(await line.channel.send(replace(to(an), picture=None)), Sent)
    assert [name for name, _ in line.server.calls] == ["sendMessage"]
