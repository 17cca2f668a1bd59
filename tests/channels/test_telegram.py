"""Telegram over real HTTP, against a strict fake of its server: everything people send, by polling and by webhook."""

import functools
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.channels.secret_webhook import authentic
from bot.channels.telegram import MENU
from bot.channels.telegram_webhook import PATH
from bot.model.delivery import Outgoing, Sent
from bot.model.errors import StoreBusy
from bot.model.message import Button, Kind, Tap

from ..fakes.office import FakeOffice
from ..fakes.telegram import SECRET_HEADER, Person, TelegramServer, telegram_server
from .contract import CASES, Case, Outcome
from .telegram_line import SECRET, Line, telegram_line

PHOTO = [{"file_id": "x", "file_unique_id": "y", "width": 90, "height": 90}]
FILE = {"file_id": "x", "file_unique_id": "y"}
PLACE = {"latitude": 23.27, "longitude": 105.36}
KINDS: list[tuple[dict[str, Any], Kind]] = [
    ({"photo": PHOTO}, Kind.PHOTO),
    ({"voice": {**FILE, "duration": 3}}, Kind.VOICE),
    ({"video_note": {**FILE, "length": 9, "duration": 3}}, Kind.VOICE),
    ({"audio": {**FILE, "duration": 3}}, Kind.VOICE),
    ({"location": PLACE}, Kind.LOCATION),
    ({"venue": {"location": PLACE, "title": "Chợ", "address": "xã"}}, Kind.LOCATION),
    ({"contact": {"phone_number": "0900000000", "first_name": "B"}}, Kind.CONTACT),
    ({"sticker": {**FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}}, Kind.STICKER),
    ({"animation": {**FILE, "width": 9, "height": 9, "duration": 1}, "document": FILE}, Kind.STICKER),
    ({"dice": {"emoji": "🎲", "value": 3}}, Kind.STICKER),
    ({"document": FILE}, Kind.FILE),
    ({"video": {**FILE, "width": 9, "height": 9, "duration": 1}}, Kind.FILE),
    ({"poll": {"id": "1", "question": "?"}}, Kind.OTHER),
    ({"something_of_next_year": {"x": 1}}, Kind.OTHER),
    ({}, Kind.OTHER),
]


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as fake:
        yield fake


@pytest.fixture(params=["polling", "webhook"])
async def line(server: TelegramServer, request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    async with telegram_line(server, request.param) as open_line:
        yield open_line


@pytest.fixture
async def polled(server: TelegramServer) -> AsyncIterator[Line]:
    async with telegram_line(server, "polling") as open_line:
        yield open_line


@pytest.fixture
async def hooked(server: TelegramServer) -> AsyncIterator[Line]:
    async with telegram_line(server, "webhook") as open_line:
        yield open_line


@pytest.fixture
def an(server: TelegramServer) -> Person:
    return server.person("An")


class OnThePhone:
    """The table's adapter: types and taps as people on Telegram do."""

    def __init__(self, line: Line, person: Person) -> None:
        self.door = line.door
        self._line = line
        self._person = person

    async def text(self, text: str, key: str) -> tuple[Outcome, str]:
        await self._person.says(text)
        await self.door.until(lambda: bool(self.door.arrived))
        return Outcome.STORED, ""

    async def tap(self, payload: str, key: str) -> tuple[Outcome, str]:
        await self._person.taps_data(payload)
        await self._line.server.until(lambda: bool(self._line.server.toasts))
        (toast,) = self._line.server.toasts
        return (Outcome.REFUSED, toast["text"]) if toast.get("show_alert") == "true" else (Outcome.STORED, "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_table_of_every_channel(line: Line, an: Person, case: Case) -> None:
    adapter = OnThePhone(line, an)
    outcome, told = await case.send(adapter)  # type: ignore[misc]
    assert outcome is case.outcome
    if outcome is Outcome.STORED:
        ((_, text, _),) = line.door.arrived
        assert text == case.arrives
    else:
        assert told == "«old_tap»"
        assert line.door.arrived == []


@pytest.mark.parametrize(("content", "kind"), KINDS, ids=lambda value: str(value) if isinstance(value, Kind) else "")
async def test_every_kind_of_message_reaches_the_door_without_its_content(
    polled: Line, an: Person, content: dict[str, Any], kind: Kind
) -> None:
    update = await an.sends(**content)
    await polled.door.until(lambda: bool(polled.door.inbound))
    (inbound,) = polled.door.inbound
    assert (inbound.kind, inbound.text, inbound.tap, inbound.edits) == (kind, "", None, None)
    assert inbound.address == polled.address(an)
    assert inbound.external_id == str(update["message"]["message_id"])
    assert inbound.name == "An"


async def test_the_words_under_a_picture_arrive_with_it(line: Line, an: Person) -> None:
    await an.sends(photo=PHOTO, caption="máy báo lỗi này")
    await line.door.until(lambda: bool(line.door.inbound))
    assert [(one.kind, one.text) for one in line.door.inbound] == [(Kind.PHOTO, "máy báo lỗi này")]


async def test_an_album_is_one_message_and_its_words_are_kept(polled: Line, an: Person) -> None:
    for caption in ({}, {}, {"caption": "đây"}):
        await an.sends(photo=PHOTO, media_group_id="77", **caption)
    await an.says("xong")
    await polled.door.until(lambda: len(polled.door.arrived) == 3)
    assert [text for _, text, _ in polled.door.arrived] == ["", "đây", "xong"]


async def test_an_edited_message_names_the_one_it_corrects(line: Line, an: Person) -> None:
    first = await an.says("cn hạn")
    await an.edits(first, "còn hạn")
    await line.door.until(lambda: len(line.door.inbound) == 2)
    before, after = line.door.inbound
    assert (after.text, after.edits) == ("còn hạn", before.external_id)
    assert after.external_id.startswith(f"{before.external_id}:")


async def test_a_moving_location_is_no_correction(polled: Line, an: Person) -> None:
    first = await an.sends(location=PLACE)
    moved = {**first["message"], "edit_date": 9, "location": {"latitude": 1.0, "longitude": 2.0}}
    await polled.server.deliver(edited_message=moved)
    await an.says("xong")
    await polled.door.until(lambda: len(polled.door.inbound) == 2)
    assert [one.kind for one in polled.door.inbound] == [Kind.LOCATION, Kind.TEXT]


async def test_a_tap_is_answered_at_once_and_its_choice_is_marked(line: Line, an: Person) -> None:
    buttons = (Button("Còn hạn", "answer:g/card.valid"), Button("Hết hạn", "answer:g/card.old"))
    assert isinstance(await line.channel.send(Outgoing(1, line.address(an), "Thẻ?", buttons, 7)), Sent)
    await an.taps("Còn hạn")
    await line.server.until(lambda: an.screen[0].labels == ["✅ Còn hạn", "Hết hạn"])
    assert line.door.inbound[0].tap == Tap("answer:g/card.valid", 7)
    assert line.server.toasts[0]["text"] == "✅ Còn hạn"
    await an.taps("Hết hạn")
    await line.server.until(lambda: an.screen[0].labels == ["Còn hạn", "✅ Hết hạn"])
    assert [one.tap.value for one in line.door.inbound if one.tap] == ["answer:g/card.valid", "answer:g/card.old"]


async def test_a_tap_whose_message_telegram_has_forgotten_still_counts(polled: Line, an: Person) -> None:
    forgotten = {"chat": an.chat(), "message_id": 3, "date": 0}
    query = {"id": polled.server.new_query(), "from": an.raw(), "chat_instance": "1", "data": "7:act:menu", "message": forgotten}
    await polled.server.deliver(callback_query=query)
    await polled.server.until(lambda: bool(polled.server.toasts))
    assert polled.door.inbound[0].tap == Tap("act:menu", 7)
    assert polled.server.asked("editMessageReplyMarkup") == []


async def test_what_comes_twice_is_the_same_arrival(line: Line, an: Person) -> None:
    update = await an.says("xin chào")
    again = {**update, "update_id": update["update_id"] + 5}
    await line.server.deliver_raw(again)
    await line.door.until(lambda: len(line.door.inbound) == 2)
    assert len(line.door.arrived) == 1


async def test_somebody_without_a_name_is_heard(line: Line) -> None:
    nameless = line.server.person(None)
    await nameless.says("chào")
    await line.door.until(lambda: bool(line.door.inbound))
    assert line.door.inbound[0].name is None
    assert line.door.inbound[0].address == line.address(nameless)


@pytest.mark.parametrize("date", ["1795400000", "2026-11-23T03:00:00+00:00", 1795400000.5, None, "hôm qua", 10**30])
async def test_odd_dates_do_no_harm(polled: Line, an: Person, date: Any) -> None:
    await an.sends(text="chào", date=date)
    await polled.door.until(lambda: bool(polled.door.inbound))


BROKEN: list[Any] = [
    {"message": {"message_id": "x"}},
    {"message": []},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "from": {"id": "?"}, "text": 5, "entities": 3}},
    {"callback_query": {"id": "1"}},
    {"my_chat_member": {"chat": 7}},
    {},
    {"a_kind_of_next_year": {"x": 1}},
    {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel"}, "text": "x"}},
    {"poll": {"id": "5"}},
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: json.dumps(broken)[:40])
async def test_an_update_that_nobody_can_read_stops_no_other(line: Line, an: Person, broken: dict[str, Any]) -> None:
    await line.server.deliver(**broken)
    await an.says("chào")
    await line.door.until(lambda: [text for _, text, _ in line.door.arrived][-1:] == ["chào"])
    assert line.channel.trouble is None


async def test_update_ids_may_jump_up_and_down(polled: Line, an: Person) -> None:
    for update_id in (700_000, 2_000_000_000, 17, 18):
        polled.server.next_update = update_id
        await an.says(str(update_id))
        await polled.door.until(functools.partial(has_come, polled, str(update_id)))
    await an.says("xong")
    await polled.door.until(lambda: polled.door.inbound[-1].text == "xong")
    assert [text for _, text, _ in polled.door.arrived] == ["700000", "2000000000", "17", "18", "xong"]


def has_come(line: Line, text: str) -> bool:
    return text in [arrived for _, arrived, _ in line.door.arrived]


async def test_what_could_not_be_stored_is_fetched_again(line: Line, an: Person) -> None:
    line.door.trouble = StoreBusy("the database did not answer")
    await an.says("đừng mất")
    if line.url:
        assert line.server.hook_answers == [503] * len(line.server.hook_answers)
        line.door.trouble = None
        await line.server.deliver_raw(await an.says("đừng mất"))
    else:
        await line.server.until(lambda: len(line.server.asked("getUpdates")) >= 2)
        line.door.trouble = None
    await line.door.until(lambda: bool(line.door.arrived))


async def test_a_mistake_of_ours_in_one_message_does_not_keep_the_others_waiting(polled: Line, an: Person) -> None:
    binh = polled.server.person("Bình")
    stumble = RuntimeError("a mistake made up for this test")

    class Stumbling(type(polled.door)):  # type: ignore[misc]
        async def __call__(self, inbound: Any) -> Any:
            if inbound.text == "hỏng":
                raise stumble
            return await super().__call__(inbound)

    polled.door.__class__ = Stumbling
    await an.says("hỏng")
    await binh.says("chào")
    await polled.door.until(lambda: "chào" in [text for _, text, _ in polled.door.arrived])
    await an.says("còn đây")
    await polled.door.until(lambda: "còn đây" in [text for _, text, _ in polled.door.arrived])


async def test_groups_are_declined_once_and_left(line: Line, an: Person) -> None:
    group = {"id": -100123, "type": "supergroup", "title": "Thôn Nà Lách"}
    for text in ("chào bot", "sao không trả lời"):
        await line.server.deliver(message={**an.message(), "chat": group, "text": text})
    await line.server.until(lambda: bool(line.server.asked("leaveChat")))
    assert line.server.screens[-100123][0].text == "«group»"
    assert len(line.server.screens[-100123]) == 1
    assert line.door.inbound == []


async def test_a_group_that_becomes_a_supergroup_is_nobody_writing(polled: Line, an: Person) -> None:
    for moved in ({"migrate_to_chat_id": -100999}, {"migrate_from_chat_id": -55}, {"pinned_message": an.message() | {"text": "x"}}):
        await an.sends(**moved)
    await an.says("xong")
    await polled.door.until(lambda: bool(polled.door.inbound))
    assert [one.text for one in polled.door.inbound] == ["xong"]


async def test_who_blocks_us_is_closed_and_who_comes_back_is_open(line: Line, an: Person) -> None:
    await an.blocks()
    await an.unblocks()
    await line.door.until(lambda: len(line.door.reached) == 2)
    assert line.door.reached == [(line.address(an), False), (line.address(an), True)]


async def test_typing_is_shown_while_somebody_waits_and_no_longer(server: TelegramServer, an: Person) -> None:
    async with telegram_line(server, "polling", typing_after=0) as line:
        await an.says("làm thế nào")
        await server.until(lambda: len(server.asked("sendChatAction")) == 1)
        await line.channel.send(Outgoing(1, line.address(an), "Thế này.", (), 1))
        assert line.channel._manners._typing == {}


async def test_no_typing_where_a_person_speaks(server: TelegramServer, an: Person) -> None:
    async with telegram_line(server, "polling", typing_after=0) as line:
        line.door.answering = False
        await an.says("chị ơi")
        await line.door.until(lambda: bool(line.door.inbound))
        line.door.answering = True
        await an.says("bạn ơi")
        await server.until(lambda: bool(server.asked("sendChatAction")))
        assert len(server.asked("sendChatAction")) == 1


async def test_the_menu_has_vietnamese_names(polled: Line) -> None:
    (asked,) = polled.server.asked("setMyCommands")
    assert {one["command"]: one["description"] for one in json.loads(asked["commands"])} == {name: f"«command_{name}»" for name in MENU}


# --- the webhook's secret


@pytest.mark.parametrize("given", [None, "", "forged", SECRET + "x", SECRET[:-1], SECRET.upper(), "bí mật"])
async def test_who_does_not_know_the_secret_is_turned_away(hooked: Line, an: Person, given: str | None) -> None:
    headers = [] if given is None else [(SECRET_HEADER.encode(), given.encode())]
    update = {"update_id": 1, "message": {**an.message(), "text": "giả"}}
    async with httpx.AsyncClient() as http:
        response = await http.post(hooked.url + PATH, json=update, headers=headers)
    assert response.status_code == 403
    assert hooked.door.inbound == []


def test_without_a_secret_of_ours_nobody_is_authentic() -> None:
    assert not any(authentic(given, secret) for given in (None, "", "x") for secret in (None, ""))


async def test_without_a_webhook_there_is_no_such_page(polled: Line) -> None:
    assert polled.channel.routes == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe", b"[" * 100_000], ids=lambda body: str(body[:9]))
async def test_a_body_that_is_no_update_is_refused(hooked: Line, body: bytes) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.post(hooked.url + PATH, content=body, headers={SECRET_HEADER: SECRET})
    assert response.status_code == 400


async def test_a_huge_body_is_refused_before_it_is_read(hooked: Line) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.post(hooked.url + PATH, content=b" " * 1_100_000, headers={SECRET_HEADER: SECRET})
    assert response.status_code == 413


# --- one poller


async def test_only_who_holds_the_office_polls(server: TelegramServer, an: Person) -> None:
    office = FakeOffice(held=False)
    async with telegram_line(server, "polling", office=office) as line:
        await an.says("chào")
        assert server.asked("getUpdates") == []
        office.held = True
        await line.door.until(lambda: bool(line.door.inbound))
    assert office.resigned


async def test_another_poller_is_named_to_the_operator(polled: Line, an: Person) -> None:
    await polled.server.until(lambda: bool(polled.server.asked("getUpdates")))
    async with httpx.AsyncClient() as http:
        await http.post(f"{polled.server.url}/bot{polled.server.token}/getUpdates", data={"timeout": 0})
    assert polled.channel.trouble is not None
    assert "another program polls" in polled.channel.trouble


async def test_a_refused_token_is_named_to_the_operator_and_shown_nowhere(
    polled: Line, an: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    polled.server.token = "4242:another-token"
    await polled.channel.send(Outgoing(1, polled.address(an), "chào", (), 1))
    assert "TELEGRAM_TOKEN" in str(polled.channel.trouble)
    printed = capsys.readouterr()
    assert "made-up-for-tests" not in printed.out + printed.err + str(polled.channel.trouble)
