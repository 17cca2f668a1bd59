"""What becomes of one message sent by the Zalo Bot Platform, and every failure called by its right name."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.zalo_bot import ZaloBot, account
from bot.channels.zalo_bot_api import LONGEST_PAUSE
from bot.model.delivery import Blocked, NotSent, Outgoing, Refused, Result, Sent, SlowDown, Unknown
from bot.model.message import Address
from bot.settings import ZaloBotSettings

from ..fakes.office import FakeOffice
from ..fakes.telegram import Fault
from ..fakes.zalo_bot import TOKEN, Person, ZaloBotServer, zalo_bot_server
from ..faults.process import free_port
from .zalo_bot_line import QUICKLY, words


@pytest.fixture(params=[False, True], ids=["always 200", "status too"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_server() as fake:
        fake.status_too = request.param
        yield fake


def made(settings: ZaloBotSettings) -> ZaloBot:
    return ZaloBot(settings, words, FakeOffice(), patience=QUICKLY)


@pytest.fixture
async def channel(server: ZaloBotServer) -> AsyncIterator[ZaloBot]:
    zalo = made(ZaloBotSettings(TOKEN, server.url))
    yield zalo
    await zalo.stop()
    await zalo.close()


@pytest.fixture
def an(server: ZaloBotServer) -> Person:
    return server.person("An")


def to(person: Person, text: str = "chào") -> Outgoing:
    return Outgoing(9, Address(account(TOKEN), person.id), text, (), 1)


async def test_a_message_is_shown_as_it_is_written(channel: ZaloBot, an: Person) -> None:
    text = "Thẻ còn hạn <không> & **rõ**?\n\n1. Còn hạn 😀\n2. Hết hạn"
    assert await channel.send(to(an, text)) == Sent(an.screen[0].id)
    assert an.texts == [text]


@pytest.mark.parametrize(("length", "result"), [(2000, Sent), (2001, Refused)])
async def test_the_longest_text(channel: ZaloBot, an: Person, length: int, result: type[Result]) -> None:
    assert isinstance(await channel.send(to(an, "ạ" * length)), result)


FAILURES: list[tuple[Fault, type[Result], int]] = [
    (Fault.SLOW_DOWN, SlowDown, 0),
    (Fault.SERVER_ERROR, Unknown, 0),
    (Fault.BAD_GATEWAY, Unknown, 0),
    (Fault.NONSENSE, Unknown, 0),
    (Fault.DROPPED, Unknown, 0),
    (Fault.HANGS, Unknown, 0),
    (Fault.ACCEPTED_AND_DROPPED, Unknown, 1),
    (Fault.ACCEPTED_AND_HANGS, Unknown, 1),
]


@pytest.mark.parametrize(("fault", "result", "shown"), FAILURES, ids=lambda value: str(value))
async def test_a_failure_is_called_by_its_name(
    channel: ZaloBot, server: ZaloBotServer, an: Person, fault: Fault, result: type[Result], shown: int
) -> None:
    server.faults.append(fault)
    assert isinstance(await channel.send(to(an)), result)
    assert len(an.screen) == shown
    assert isinstance(await channel.send(to(an)), Sent)
    assert channel.trouble is None


PAUSES = [
    ({}, 30.0),
    ({"parameters": {"retry_after": 17}}, 17.0),
    ({"parameters": {"retry_after": "17"}}, 17.0),
    ({"parameters": {"retry_after": 10**8}}, LONGEST_PAUSE),
    ({"parameters": {"retry_after": -3}}, 30.0),
    ({"parameters": {"retry_after": True}}, 30.0),
    ({"parameters": "soon"}, 30.0),
]


@pytest.mark.parametrize(("said", "seconds"), PAUSES)
async def test_the_pause_that_is_asked_for_or_ours(
    channel: ZaloBot, server: ZaloBotServer, an: Person, said: dict[str, Any], seconds: float
) -> None:
    server.faults.append(Fault.SLOW_DOWN)
    server.pause = said
    assert await channel.send(to(an)) == SlowDown(seconds)
    assert "month" in str(channel.trouble)


async def test_who_blocked_us(channel: ZaloBot, server: ZaloBotServer, an: Person) -> None:
    server.blocked.add(an.id)
    assert isinstance(await channel.send(to(an)), Blocked)


async def test_which_codes_mean_gone_is_a_setting(server: ZaloBotServer, an: Person) -> None:
    server.blocked.add(an.id)
    channel = made(replace(ZaloBotSettings(TOKEN, server.url), gone=frozenset()))
    assert isinstance(await channel.send(to(an)), Refused)
    await channel.close()


async def test_a_chat_that_is_not_found_is_that_messages_own_trouble(channel: ZaloBot, server: ZaloBotServer) -> None:
    stranger = Person(server, "nobody", "?")
    assert isinstance(await channel.send(to(stranger)), Refused)
    assert server.asked("getMe") == [{}]
    assert channel.trouble is None


async def test_where_nobody_listens_nothing_was_sent(an: Person) -> None:
    channel = made(ZaloBotSettings(TOKEN, f"http://127.0.0.1:{free_port()}"))
    assert isinstance(await channel.send(to(an)), NotSent)
    await channel.close()


async def test_a_refused_token_waits_for_the_operator_and_is_shown_nowhere(
    channel: ZaloBot, server: ZaloBotServer, an: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    server.token = "4242:another-token"
    assert isinstance(await channel.send(to(an)), SlowDown)
    assert "ZALO_BOT_TOKEN" in str(channel.trouble)
    server.token = TOKEN
    await channel.send(to(an))
    assert channel.trouble is None
    printed = capsys.readouterr()
    assert "made-up-for-tests" not in printed.out + printed.err + repr(ZaloBotSettings(TOKEN))


def test_an_accounts_name_holds_no_secret() -> None:
    assert account(TOKEN) == "zalo_bot:4242"
    assert account("made-up-without-a-number").startswith("zalo_bot:")
    assert "made" not in account("made-up-without-a-number")
