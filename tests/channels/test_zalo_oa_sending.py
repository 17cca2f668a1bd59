"""What becomes of one message sent to a Zalo OA's follower: shown as it should be, and every number called by its right name."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.base import LimitsNow
from bot.channels.zalo_oa import ZaloOa, account
from bot.channels.zalo_oa_codes import CODES, Meaning, code
from bot.channels.zalo_oa_messages import MOST_TEXT, buttoned
from bot.model.delivery import Blocked, NotSent, Outgoing, Refused, Result, Sent, SlowDown, Unknown
from bot.model.message import Address, Button
from bot.model.tokens import Kept

from ..fakes.zalo_oa import OA, Fault, Person, ZaloServer, zalo_server
from ..faults.process import free_port
from .zalo_line import WAYS, MemoryShelf, now, pair_of, writer, zalo_channel

YES, NO = Button("Còn hạn", "answer:eid_level_2/card.valid"), Button("Hết hạn", "answer:eid_level_2/card.old")


@pytest.fixture
async def server() -> AsyncIterator[ZaloServer]:
    async with zalo_server(time.time) as fake:
        yield fake


@pytest.fixture
def shelf(server: ZaloServer) -> MemoryShelf:
    return MemoryShelf(Kept(1, pair_of(server), now()))


@pytest.fixture
async def channel(server: ZaloServer, shelf: MemoryShelf) -> AsyncIterator[ZaloOa]:
    zalo = zalo_channel(server, shelf)
    yield zalo
    await zalo.stop()
    await zalo.close()


@pytest.fixture
def an(server: ZaloServer) -> Person:
    return writer(server)


def to(person: Person, text: str = "chào", *buttons: Button, turn: int = 1) -> Outgoing:
    return Outgoing(9, Address(account(OA), person.id), text, buttons, turn)


async def test_a_text_arrives_with_its_id(channel: ZaloOa, an: Person) -> None:
    assert await channel.send(to(an, "**Chào** <b>bác</b>")) == Sent(an.screen[0].id)
    assert an.texts == ["**Chào** <b>bác</b>"]


async def test_taps_say_their_payload_unseen(channel: ZaloOa, an: Person) -> None:
    await channel.send(to(an, "Thẻ?", YES, NO, turn=7))
    assert an.screen[0].labels == ["Còn hạn", "Hết hạn"]
    assert an.screen[0].buttons[0] == {
        "title": "Còn hạn",
        "type": "oa.query.hide",
        "payload": "7:answer:eid_level_2/card.valid",
    }


async def test_where_buttons_are_refused_numbers_come_in_the_same_message_and_no_more_are_tried(
    channel: ZaloOa, server: ZaloServer, an: Person
) -> None:
    server.takes_buttons = False
    limits = LimitsNow([channel])
    assert limits[channel.account].max_buttons == 5
    assert await channel.send(to(an, "Thẻ?", YES, NO)) == Sent(an.screen[0].id)
    assert limits[channel.account].max_buttons == 0, "what is said next is fitted for numbers"
    assert an.texts == ["Thẻ?\n\n1. Còn hạn\n2. Hết hạn"]
    assert len(server.calls) == 2
    await channel.send(to(an, "Thẻ?", YES, NO))
    assert len(server.calls) == 3


@pytest.mark.parametrize("error", [number for number, known in CODES.items() if known.meaning is Meaning.PLAIN])
async def test_what_is_refused_in_any_form_is_our_fault_and_shown_to_nobody(
    channel: ZaloOa, server: ZaloServer, an: Person, error: int
) -> None:
    server.refusals.extend([error, error])
    assert isinstance(await channel.send(to(an, "Thẻ?", YES)), Refused)
    assert an.screen == []
    assert isinstance(await channel.send(to(an, "Thẻ?", YES)), Sent)
    assert an.screen[0].labels == ["Còn hạn"]


async def test_a_second_try_that_nobody_knows_of_is_unknown_and_not_doubled(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    server.takes_buttons = False
    meets = iter([None, Fault.ACCEPTED_AND_DROPPED])
    server.faulty = lambda: next(meets)
    assert isinstance(await channel.send(to(an, "Thẻ?", YES)), Unknown)
    assert len(an.screen) == 1


async def test_switched_off_buttons_are_never_tried(server: ZaloServer, an: Person) -> None:
    zalo = zalo_channel(server, ways=replace(WAYS, buttons=False))
    await zalo.send(to(an, "Thẻ?", YES, NO))
    assert an.texts == ["Thẻ?\n\n1. Còn hạn\n2. Hết hạn"]
    assert len(server.calls) == 1
    await zalo.close()


def test_six_taps_and_long_titles_are_numbers(an: Person) -> None:
    assert buttoned(to(an, "x", *[YES] * 5)) is not None
    assert buttoned(to(an, "x", *[YES] * 6)) is None
    assert buttoned(to(an, "x", Button("a" * 101, "act:menu"))) is None
    assert buttoned(to(an, "x")) is None


@pytest.mark.parametrize("length", [1, 1500, 2000])
async def test_the_longest_text_with_the_most_numbers_fits(channel: ZaloOa, an: Person, length: int) -> None:
    buttons = [Button(f"{number} " + "nút rất dài " * 8, "act:menu") for number in range(12)]
    assert isinstance(await channel.send(to(an, "ạ" * length, *buttons)), Sent)
    assert len(an.texts[0]) <= MOST_TEXT
    assert an.texts[0].splitlines()[-1].startswith("12. 11 nút")
    if length <= channel.limits.max_text:
        assert "ạ" * length in an.texts[0]


RESULTS: dict[Meaning, type[Result]] = {
    Meaning.SLOW: SlowDown,
    Meaning.PLAIN: Refused,
    Meaning.TOKEN: SlowDown,
    Meaning.AUTHORISE: SlowDown,
    Meaning.OPERATOR: SlowDown,
    Meaning.QUOTA: Refused,
    Meaning.CLOSED: Blocked,
    Meaning.GONE: Blocked,
    Meaning.OURS: Refused,
    Meaning.EXPIRED: Refused,
}


@pytest.mark.parametrize("error", [*CODES, -99999, 12])
async def test_every_number_is_an_answer_and_nothing_was_sent(channel: ZaloOa, server: ZaloServer, an: Person, error: int) -> None:
    server.refusals.extend([error] * 3)
    result = await channel.send(to(an))
    assert type(result) is RESULTS[code(error).meaning]
    assert an.screen == []
    server.refusals.clear()
    assert isinstance(await channel.send(to(an)), Sent)


@pytest.mark.parametrize("error", [-204, -221, -223, -219, -211, -320])
async def test_what_the_operator_must_mend_is_named_until_it_is_mended(channel: ZaloOa, server: ZaloServer, an: Person, error: int) -> None:
    await channel.start(None)  # type: ignore[arg-type]
    assert channel.trouble is None
    server.refusals.append(error)
    await channel.send(to(an))
    assert f"Zalo {error}" in str(channel.trouble)
    await channel.send(to(an))
    assert channel.trouble is None


def test_every_number_of_the_table_has_a_meaning() -> None:
    assert len(CODES) == 30
    assert {known.meaning for known in CODES.values()} == set(Meaning)


async def test_what_zalo_counts_itself(channel: ZaloOa, server: ZaloServer, an: Person) -> None:
    stranger = server.person()
    assert isinstance(await channel.send(to(stranger)), Blocked)
    assert [type(await channel.send(to(an))) for _ in range(9)] == [Sent] * 8 + [Refused]
    server._last[an.id] -= 8 * 86_400
    assert isinstance(await channel.send(to(an)), Blocked)


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
    channel: ZaloOa, server: ZaloServer, an: Person, fault: Fault, result: type[Result], shown: int
) -> None:
    server.faults.append(fault)
    assert isinstance(await channel.send(to(an)), result)
    assert len(an.screen) == shown
    assert isinstance(await channel.send(to(an)), Sent)


async def test_where_nobody_listens_nothing_was_sent(server: ZaloServer, an: Person) -> None:
    real, server.url = server.url, f"http://127.0.0.1:{free_port()}"
    zalo = zalo_channel(server)
    server.url = real
    assert isinstance(await zalo.send(to(an)), NotSent)
    await zalo.close()


# --- the token on the way


async def test_a_token_that_is_refused_is_renewed_once_and_the_message_goes(
    channel: ZaloOa, server: ZaloServer, shelf: MemoryShelf, an: Person
) -> None:
    server.forget_access()
    assert isinstance(await channel.send(to(an)), Sent)
    assert server.renewals == 1
    assert len(server.calls) == 2
    assert shelf.kept.number == 2


async def test_without_a_token_what_waits_keeps_its_place(server: ZaloServer, an: Person) -> None:
    zalo = zalo_channel(server, MemoryShelf(Kept(0, None)))
    assert isinstance(await zalo.send(to(an)), SlowDown)
    assert "/desk/zalo" in str(zalo.trouble)
    assert server.calls == []
    await zalo.close()


async def test_no_token_and_no_words_stand_in_what_is_logged(
    channel: ZaloOa, server: ZaloServer, shelf: MemoryShelf, an: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    server.forget_access()
    await channel.send(to(an, "một bí mật"))
    server.refusals.append(-201)
    await channel.send(to(an, "một bí mật"))
    printed = capsys.readouterr()
    said = printed.out + printed.err + repr(shelf.kept) + repr(channel.trouble)
    assert "message_refused" in said
    for secret in ("access-", "refresh-", "an-app-secret", "bí mật", an.id):
        assert secret not in said


def test_reminders_stay_within_the_free_window() -> None:
    assert WAYS.budget.remind_within < WAYS.budget.free_for - timedelta(hours=3)
