"""What becomes of one message sent to Telegram: shown as it should be, and every failure called by its right name."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.channels.telegram import Telegram, account, keyboard, plain
from bot.model.delivery import Blocked, NotSent, Outgoing, Refused, Result, Sent, SlowDown, Unknown
from bot.model.message import Address, Button
from bot.replies.formats import render

from ..fakes.office import FakeOffice
from ..fakes.pictures import picture
from ..fakes.telegram import TOKEN, Fault, Person, TelegramServer, telegram_server
from ..faults.process import free_port
from .telegram_line import QUICKLY, words

HOSTILE = [
    "<b>đậm</b> <script>alert(1)</script>",
    "a < b & c > d &amp; &lt; &nbsp; &#128512;",
    "**đậm *lệch** _gạch_ `mã` [x](http://y) <a href='z'>",
    "</b></b><b>",
    "«Gửi yêu cầu» “ngoặc” 'đơn' \"kép\"",
    "****",
    "5 * 3 ** 2",
    "\u202eđảo\u200b",
]


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as fake:
        yield fake


@pytest.fixture
async def channel(server: TelegramServer) -> AsyncIterator[Telegram]:
    telegram = Telegram(TOKEN, words, FakeOffice(), api=server.url, patience=QUICKLY)
    yield telegram
    await telegram.stop()
    await telegram.close()


@pytest.fixture
def an(server: TelegramServer) -> Person:
    return server.person("An")


def to(person: Person, text: str = "chào", *buttons: Button, turn: int = 1) -> Outgoing:
    return Outgoing(9, Address(account(TOKEN), str(person.id)), text, buttons, turn)


@pytest.mark.parametrize("words_", HOSTILE)
async def test_no_text_can_break_the_markup(channel: Telegram, an: Person, words_: str) -> None:
    assert await channel.send(to(an, render("telegram_html", words_))) == Sent(str(an.screen[0].id))
    assert an.screen[0].html
    assert an.screen[0].text == render("plain", words_)


async def test_markup_that_telegram_refuses_goes_without_marks(channel: Telegram, an: Person) -> None:
    assert isinstance(await channel.send(to(an, "<b>Bà con & mình</b> <u>x")), Sent)
    assert not an.screen[0].html
    assert an.screen[0].text == "Bà con & mình <u>x"


@pytest.mark.parametrize(("length", "result"), [(4096, Sent), (4097, Refused)])
async def test_telegrams_longest_text(channel: Telegram, an: Person, length: int, result: type[Result]) -> None:
    assert isinstance(await channel.send(to(an, "ạ" * length)), result)


async def test_our_longest_text_fits_however_it_is_escaped(channel: Telegram, an: Person) -> None:
    assert isinstance(await channel.send(to(an, render("telegram_html", "&<😀" * (channel.limits.max_text // 4)))), Sent)


async def test_taps_carry_short_ids_and_whole_labels(channel: Telegram, an: Person) -> None:
    await channel.send(to(an, "Thẻ?", Button("Hết hạn hoặc loại cũ", "answer:eid_level_2/card.old"), turn=123_456_789))
    (button,) = an.screen[0].buttons
    assert button == {"text": "Hết hạn hoặc loại cũ", "callback_data": "123456789:answer:eid_level_2/card.old"}


async def test_a_tap_that_is_too_long_for_telegram_becomes_a_number_to_type(channel: Telegram, an: Person) -> None:
    buttons = (Button("Còn <hạn>", "answer:" + "x" * 60), Button("Hết hạn", "answer:b"))
    assert isinstance(await channel.send(to(an, "Thẻ?", *buttons)), Sent)
    assert an.screen[0].text == "Thẻ?\n\n1. Còn <hạn>\n2. Hết hạn"
    assert an.screen[0].buttons == []


def test_only_two_short_taps_share_a_row() -> None:
    yes, no, long = Button("Có", "a:1"), Button("Không", "a:2"), Button("Có người đòi tiền", "a:3")
    rows = [
        [len(row) for row in made.inline_keyboard] if (made := keyboard(taps, 1)) else []
        for taps in ((yes, no), (yes, long), (yes, no, yes), ())
    ]
    assert rows == [[2], [1, 1], [1, 1, 1], []]


async def test_links_in_a_text_show_no_preview(channel: Telegram, server: TelegramServer, an: Person) -> None:
    await channel.send(to(an, "vneid.gov.vn"))
    (sent,) = server.asked("sendMessage")
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}


def test_marks_are_taken_off_and_nothing_else() -> None:
    assert plain("<b>a</b> &lt;i&gt; &amp;") == "a <i> &"


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
    channel: Telegram, server: TelegramServer, an: Person, fault: Fault, result: type[Result], shown: int
) -> None:
    server.faults.append(fault)
    assert isinstance(await channel.send(to(an)), result)
    assert len(an.screen) == shown
    assert isinstance(await channel.send(to(an)), Sent)


async def test_the_pause_that_telegram_asks_for_is_passed_on(channel: Telegram, server: TelegramServer, an: Person) -> None:
    server.faults.append(Fault.SLOW_DOWN)
    server.retry_after = 17
    assert await channel.send(to(an)) == SlowDown(17.0)


async def test_who_blocked_us_or_is_gone(channel: Telegram, server: TelegramServer, an: Person) -> None:
    server.blocked.add(an.id)
    assert isinstance(await channel.send(to(an)), Blocked)
    binh = server.person("Bình")
    server.unknown.add(binh.id)
    assert isinstance(await channel.send(to(binh)), Blocked)


async def test_a_chat_that_has_moved_is_nobodys_address(channel: Telegram, server: TelegramServer, an: Person) -> None:
    server.moved[an.id] = -100123
    assert isinstance(await channel.send(to(an)), Blocked)


async def test_where_nobody_listens_nothing_was_sent(an: Person) -> None:
    telegram = Telegram(TOKEN, words, FakeOffice(), api=f"http://127.0.0.1:{free_port()}", patience=QUICKLY)
    assert isinstance(await telegram.send(to(an)), NotSent)
    await telegram.close()


async def test_a_refused_token_waits_for_the_operator(channel: Telegram, server: TelegramServer, an: Person) -> None:
    server.token = "4242:another-token"
    assert isinstance(await channel.send(to(an)), SlowDown)
    assert "TELEGRAM_TOKEN" in str(channel.trouble)
    server.token = TOKEN
    await channel.send(to(an))
    assert channel.trouble is None


# --- pictures


def with_picture(person: Person, text: str = "<b>Dính:</b> bấm đây", data: bytes | None = None) -> Outgoing:
    return replace(to(person, text), picture=picture() if data is None else data)


async def test_a_picture_is_uploaded_with_its_words_below(channel: Telegram, server: TelegramServer, an: Person) -> None:
    data = picture(size=(720, 1280))
    assert await channel.send(with_picture(an, data=data)) == Sent(str(an.screen[0].id))
    assert (an.screen[0].picture, an.texts) == (data, ["Dính: bấm đây"])
    assert [name for name, _ in server.calls] == ["sendPhoto"]


async def test_words_of_a_picture_that_telegram_cannot_parse_go_without_marks(channel: Telegram, an: Person) -> None:
    assert isinstance(await channel.send(with_picture(an, "<b>đậm</i>")), Sent)
    assert len(an.texts) == 1
    assert an.screen[0].picture is not None


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", picture("BMP"), picture(size=(1600, 40)), picture(size=(9000, 2000)), picture() + bytes(10 * 1024 * 1024)],
    ids=["none", "a page", "bmp", "a strip", "huge", "too large"],
)
async def test_telegram_refuses_what_is_no_photo_to_it(channel: Telegram, an: Person, data: bytes) -> None:
    assert isinstance(await channel.send(with_picture(an, data=data)), Refused)
    assert an.screen == []


@pytest.mark.parametrize(("length", "result"), [(1024, Sent), (1025, Refused)])
async def test_the_longest_words_below_a_picture(channel: Telegram, an: Person, length: int, result: type[Result]) -> None:
    assert isinstance(await channel.send(with_picture(an, "ạ" * length)), result)


@pytest.mark.parametrize(
    ("fault", "result", "shown"),
    [
        (Fault.SLOW_DOWN, SlowDown, 0),
        (Fault.SERVER_ERROR, Unknown, 0),
        (Fault.DROPPED, Unknown, 0),
        (Fault.HANGS, Unknown, 0),
        (Fault.ACCEPTED_AND_DROPPED, Unknown, 1),
        (Fault.ACCEPTED_AND_HANGS, Unknown, 1),
    ],
)
async def test_a_picture_fails_as_words_do(
    channel: Telegram, server: TelegramServer, an: Person, fault: Fault, result: type[Result], shown: int
) -> None:
    server.faults.append(fault)
    assert isinstance(await channel.send(with_picture(an)), result)
    assert len(an.screen) == shown


async def test_no_picture_for_who_has_blocked_us(channel: Telegram, server: TelegramServer, an: Person) -> None:
    server.blocked.add(an.id)
    assert isinstance(await channel.send(with_picture(an)), Blocked)
