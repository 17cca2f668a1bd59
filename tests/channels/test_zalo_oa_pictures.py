"""A picture to a Zalo OA's follower: uploaded, then named by a message; what they were shown is known, or called unknown."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.channels.zalo_oa import MOST_PICTURE, ZaloOa, account
from bot.channels.zalo_oa_sending import NO_PICTURE
from bot.model.delivery import Blocked, NotSent, Outgoing, Refused, Result, Sent, SlowDown, Unknown
from bot.model.message import Address
from bot.model.tokens import Kept

from ..fakes.pictures import picture
from ..fakes.zalo_oa import OA, Fault, Person, ZaloServer, zalo_server
from ..faults.process import free_port
from .zalo_line import MemoryShelf, now, pair_of, writer, zalo_channel

WORDS = "Dính: bấm nút xanh"


@pytest.fixture
async def server() -> AsyncIterator[ZaloServer]:
    async with zalo_server(time.time) as fake:
        yield fake


@pytest.fixture
async def channel(server: ZaloServer) -> AsyncIterator[ZaloOa]:
    zalo = zalo_channel(server, MemoryShelf(Kept(1, pair_of(server), now())))
    yield zalo
    await zalo.stop()
    await zalo.close()


@pytest.fixture
def an(server: ZaloServer) -> Person:
    return writer(server)


def to(person: Person, data: bytes | None = None) -> Outgoing:
    return Outgoing(9, Address(account(OA), person.id), WORDS, (), 1, picture() if data is None else data)


async def test_it_arrives_with_its_words_as_one_message(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    data = picture(size=(720, 1280))
    assert await channel.send(to(an, data)) == Sent(an.screen[0].id)
    assert (an.texts, an.screen[0].picture) == ([WORDS], data)
    assert (server.uploaded, server._spent[an.id]) == (1, 1), "one message of what may be said"
    (call,) = server.calls
    assert call["recipient"] == {"user_id": an.id}
    payload = call["message"]["attachment"]["payload"]
    assert payload == {"template_type": "media", "elements": [{"media_type": "image", "attachment_id": next(iter(server.uploads))}]}


async def test_the_largest_that_the_channel_says_it_takes_is_taken(channel: ZaloOa, an: Person) -> None:
    pictures = channel.limits.pictures
    assert pictures is not None
    assert pictures.most_bytes == MOST_PICTURE
    assert isinstance(await channel.send(to(an, picture() + bytes(MOST_PICTURE - len(picture())))), Sent)
    assert an.screen[0].picture is not None


@pytest.mark.parametrize(
    ("data", "number"),
    [(picture() + bytes(MOST_PICTURE), -210), (picture("WEBP"), -201), (b"<html>", -201), (b"", -201)],
    ids=["too large", "webp", "a page", "nothing"],
)
async def test_what_zalo_does_not_take_leaves_the_words_and_says_so(channel: ZaloOa, an: Person, data: bytes, number: int) -> None:
    sent = await channel.send(to(an, data))
    assert isinstance(sent, Sent)
    assert sent.external_id == an.screen[0].id
    assert sent.lacking is not None
    assert f"Zalo {number}" in sent.lacking
    assert (an.texts, an.screen[0].picture) == ([f"{WORDS}\n\n{NO_PICTURE}"], None)


@pytest.mark.parametrize("number", [-201, -210, -233])
@pytest.mark.parametrize("where", ["upload", "message"])
async def test_refused_in_either_place_the_words_go_alone(channel: ZaloOa, server: ZaloServer, an: Person, number: int, where: str) -> None:
    (server.upload_refusals if where == "upload" else server.refusals).append(number)
    sent = await channel.send(to(an))
    assert isinstance(sent, Sent)
    assert sent.lacking
    assert an.texts == [f"{WORDS}\n\n{NO_PICTURE}"]


async def test_where_the_words_are_refused_too_nothing_was_sent(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    server.refusals.extend([-201, -201])
    assert isinstance(await channel.send(to(an)), Refused)
    assert an.screen == []


async def test_an_upload_that_has_expired_is_brought_again_once(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    server.forgets = 1
    assert await channel.send(to(an)) == Sent(an.screen[0].id)
    assert (server.uploaded, an.screen[0].picture is not None) == (2, True)


async def test_expired_again_the_words_go_alone(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    server.forgets = 9
    sent = await channel.send(to(an))
    assert isinstance(sent, Sent)
    assert (server.uploaded, sent.lacking) == (2, "Zalo -100: an attachment has expired")
    assert an.texts == [f"{WORDS}\n\n{NO_PICTURE}"]


async def test_a_token_refused_at_the_upload_is_renewed_once(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    server.forget_access()
    assert isinstance(await channel.send(to(an)), Sent)
    assert (server.renewals, server.uploaded, an.screen[0].picture is not None) == (1, 2, True)


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (Fault.SLOW_DOWN, SlowDown),
        (Fault.SERVER_ERROR, NotSent),
        (Fault.BAD_GATEWAY, NotSent),
        (Fault.NONSENSE, NotSent),
        (Fault.DROPPED, NotSent),
        (Fault.HANGS, NotSent),
        (Fault.ACCEPTED_AND_DROPPED, NotSent),
        (Fault.ACCEPTED_AND_HANGS, NotSent),
    ],
)
async def test_lost_in_the_upload_nothing_was_shown(
    channel: ZaloOa, server: ZaloServer, an: Person, fault: Fault, result: type[Result]
) -> None:
    server.upload_faults.append(fault)
    assert isinstance(await channel.send(to(an)), result)
    assert (an.screen, server.calls) == ([], [])


@pytest.mark.parametrize(
    ("fault", "shown"),
    [(Fault.SERVER_ERROR, 0), (Fault.HANGS, 0), (Fault.ACCEPTED_AND_DROPPED, 1), (Fault.ACCEPTED_AND_HANGS, 1)],
)
async def test_lost_in_the_message_it_is_unknown(channel: ZaloOa, server: ZaloServer, an: Person, fault: Fault, shown: int) -> None:
    server.faults.append(fault)
    assert isinstance(await channel.send(to(an)), Unknown)
    assert len(an.screen) == shown


async def test_who_cannot_be_written_to_gets_no_picture(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    server.errors[an.id] = -213
    assert isinstance(await channel.send(to(an)), Blocked)


async def test_where_zalo_is_not_there_it_surely_was_not_sent(server: ZaloServer, an: Person) -> None:
    server.url = f"http://127.0.0.1:{free_port()}"
    zalo = zalo_channel(server)
    assert isinstance(await zalo.send(to(an)), NotSent)
    await zalo.close()


async def test_words_without_a_picture_go_as_ever(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    assert await channel.send(replace(to(an), picture=None)) == Sent(an.screen[0].id)
    assert server.uploaded == 0
