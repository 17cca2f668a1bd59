"""The Zalo Bot Platform over real HTTP, against a strict fake of its server: everything people send, by polling and by webhook."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.channels.secret_webhook import authentic
from bot.channels.zalo_bot_updates import Nothing, Said, Unreadable, read
from bot.model.delivery import Outgoing
from bot.model.errors import StoreBusy
from bot.model.message import Kind

from ..fakes.office import FakeOffice
from ..fakes.zalo_bot import PAST, SECRET_HEADER, Person, ZaloBotServer, zalo_bot_server
from ..fakes.zalo_bot_rules import Refusal
from .contract import TAPS, TEXTS, Case, Outcome
from .zalo_bot_line import SECRET, Line, zalo_bot_line

KINDS: list[tuple[str, dict[str, Any], Kind]] = [
    ("image", {"photo": "https://x.example/a.jpg"}, Kind.PHOTO),
    ("image", {"photo_url": "https://x.example/a.jpg"}, Kind.PHOTO),
    ("sticker", {"sticker": "0e078a2f", "url": "https://x.example/s.webp"}, Kind.STICKER),
    ("voice", {"voice_url": "https://x.example/v.aac"}, Kind.VOICE),
    ("unsupported", {}, Kind.OTHER),
    ("unsupported", {"text": "hidden"}, Kind.OTHER),
    ("video", {"url": "https://x.example/v.mp4"}, Kind.FILE),
    ("location", {"latitude": "23.27"}, Kind.LOCATION),
    ("of_next_year", {"x": 1}, Kind.OTHER),
    ("text", {}, Kind.OTHER),
    ("text", {"text": 5}, Kind.OTHER),
    ("text", {"text": "  "}, Kind.OTHER),
]


@pytest.fixture
async def server() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_server() as fake:
        yield fake


@pytest.fixture(params=["polling", "webhook", "webhook, bare"])
async def line(server: ZaloBotServer, request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    server.wrapped = request.param != "webhook, bare"
    async with zalo_bot_line(server, request.param.partition(",")[0]) as open_line:
        yield open_line


@pytest.fixture
async def polled(server: ZaloBotServer) -> AsyncIterator[Line]:
    async with zalo_bot_line(server, "polling") as open_line:
        yield open_line


@pytest.fixture
async def hooked(server: ZaloBotServer) -> AsyncIterator[Line]:
    async with zalo_bot_line(server, "webhook") as open_line:
        yield open_line


@pytest.fixture
def an(server: ZaloBotServer) -> Person:
    return server.person("An")


class OnThePhone:
    """The table's adapter: types as people on Zalo do. A tap is there only as words somebody may write."""

    def __init__(self, line: Line, person: Person) -> None:
        self.door = line.door
        self._person = person

    async def text(self, text: str, key: str) -> tuple[Outcome, str]:
        await self._person.says(text)
        await self.door.until(lambda: bool(self.door.arrived))
        return Outcome.STORED, ""

    async def tap(self, payload: str, key: str) -> tuple[Outcome, str]:
        return await self.text(payload, key)


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.name)
async def test_the_table_of_every_channel(line: Line, an: Person, case: Case) -> None:
    outcome, _ = await case.send(OnThePhone(line, an))  # type: ignore[misc]
    assert outcome is case.outcome
    ((_, text, _),) = line.door.arrived
    assert text == case.arrives


@pytest.mark.parametrize("case", TAPS, ids=lambda case: case.name)
async def test_who_writes_what_a_button_would_say_taps_nothing(polled: Line, an: Person, case: Case) -> None:
    await case.send(OnThePhone(polled, an))  # type: ignore[misc]
    (inbound,) = polled.door.inbound
    assert (inbound.kind, inbound.tap) == (Kind.TEXT, None)


@pytest.mark.parametrize(("event", "content", "kind"), KINDS, ids=str)
async def test_every_kind_of_message_reaches_the_door_without_its_content(
    hooked: Line, an: Person, event: str, content: dict[str, Any], kind: Kind
) -> None:
    update = await an.sends(event, **content)
    (inbound,) = hooked.door.inbound
    assert (inbound.kind, inbound.tap, inbound.edits) == (kind, None, None)
    assert "x.example" not in str(inbound)
    assert inbound.address == hooked.address(an)
    assert inbound.external_id == update["message"]["message_id"]
    assert inbound.name == "An"
    assert inbound.sent_at == datetime.fromtimestamp(PAST / 1000, UTC)


async def test_the_words_under_a_picture_arrive_with_it(line: Line, an: Person) -> None:
    await an.sends("image", photo_url="https://x.example/a.jpg", caption="máy báo lỗi này")
    await line.door.until(lambda: bool(line.door.inbound))
    assert [(one.kind, one.text) for one in line.door.inbound] == [(Kind.PHOTO, "máy báo lỗi này")]


async def test_ids_that_are_numbers_mean_the_same_as_texts(hooked: Line, an: Person) -> None:
    for made in (int, str):
        chat = {"id": made(77), "chat_type": "PRIVATE"}
        await hooked.server.deliver(an.update("text", text="chào", message_id=made(5), chat=chat))
    assert (len(hooked.door.inbound), len(hooked.door.arrived)) == (2, 1)
    assert {(one.address.id, one.external_id) for one in hooked.door.inbound} == {("77", "5")}


async def test_what_comes_twice_is_the_same_arrival(line: Line, an: Person) -> None:
    update = await an.says("xin chào")
    await line.server.deliver(update)
    await line.door.until(lambda: len(line.door.inbound) == 2)
    assert len(line.door.arrived) == 1


async def test_the_same_twenty_times_at_once_is_the_same_arrival(hooked: Line, an: Person) -> None:
    update = an.update("text", text="xin chào")
    async with httpx.AsyncClient() as http:
        posts = (http.post(hooked.hook, json=update, headers={SECRET_HEADER: SECRET}) for _ in range(20))
        answers = await asyncio.gather(*posts)
    assert {response.status_code for response in answers} == {200}
    assert len(hooked.door.arrived) == 1


@pytest.mark.parametrize("date", ["1795400000000", None, "hôm qua", 10**40, -5, True, 1.5, [], PAST - 9 * 3_600_000])
async def test_odd_and_old_dates_do_no_harm(hooked: Line, an: Person, date: Any) -> None:
    await an.says("chào", date=date)
    assert len(hooked.door.inbound) == 1


async def test_somebody_without_a_name_is_heard(line: Line) -> None:
    nameless = line.server.person(None)
    await nameless.says("chào")
    await line.door.until(lambda: bool(line.door.inbound))
    assert line.door.inbound[0].name is None


BROKEN: list[Any] = [
    {},
    {"result": None},
    {"event_name": "message.text.received"},
    {"event_name": 5, "message": {}},
    {"event_name": "message.text.received", "message": []},
    {"event_name": "message.text.received", "message": {"text": "x", "message_id": "1", "chat": 7, "from": "?"}},
    {"event_name": "message.text.received", "message": {"text": "x", "chat": {"id": "a"}, "from": {"id": "a"}}},
    {"event_name": "message.text.received", "message": {"text": "x", "message_id": [], "chat": {"id": "a"}}},
    {"event_name": "message.text.received", "message": {"text": "x", "message_id": "1", "chat": {"id": "a" * 9000}}},
    {"event_name": "message.text.received", "message": {"text": "x", "message_id": "1", "chat": {"id": True}}},
    {"event_name": "bot.of_next_year", "x": 1},
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: json.dumps(broken)[:60])
async def test_an_update_that_nobody_can_read_stops_no_other(line: Line, an: Person, broken: Any) -> None:
    await line.server.deliver(broken)
    await an.says("chào")
    await line.door.until(lambda: bool(line.door.inbound))
    assert [text for _, text, _ in line.door.arrived] == ["chào"]
    assert line.channel.trouble is None


def test_an_update_is_read_or_called_unreadable_whatever_it_is() -> None:
    odd: list[Any] = [None, 5, "x", [], [{}], b""]
    for raw in odd:
        with pytest.raises(Unreadable):
            read(raw, "zalo_bot:1")
    assert isinstance(read({"event_name": "x", "message": None}, "zalo_bot:1"), Nothing)
    said = read({"message": {"text": "chào", "message_id": "1", "from": {"id": "a"}}}, "zalo_bot:1")
    assert isinstance(said, Said)
    assert (said.inbound.kind, said.inbound.address.id) == (Kind.TEXT, "a")


async def test_another_machine_is_not_answered(hooked: Line, an: Person) -> None:
    await an.says("chào", **{"from": {"id": an.id, "is_bot": True}})
    assert hooked.door.inbound == []


@pytest.mark.parametrize("chat", [{"id": "zgr-1", "chat_type": "GROUP"}, {"id": "zgr-1"}, {"id": "zgr-1", "chat_type": "CHANNEL"}])
async def test_groups_are_declined_once(line: Line, an: Person, chat: dict[str, str]) -> None:
    line.server._known.add("zgr-1")
    for words in ("chào bot", "sao không trả lời"):
        await an.says(words, chat=chat)
    await an.says("xong")
    await line.door.until(lambda: bool(line.door.inbound))
    await line.server.until(lambda: bool(line.server.screens["zgr-1"]))
    assert [message.text for message in line.server.screens["zgr-1"]] == ["«group»"]
    assert [one.text for one in line.door.inbound] == ["xong"]


async def test_what_could_not_be_stored_is_not_lost(line: Line, an: Person) -> None:
    line.door.trouble = StoreBusy("the database did not answer")
    await an.says("đừng mất")
    if line.hook:
        assert line.server.hook_answers == [503] * len(line.server.hook_answers)
        line.door.trouble = None
        await an.says("đừng mất")
    else:
        await line.server.until(lambda: not line.server.pending)
        line.door.trouble = None
    await line.door.until(lambda: bool(line.door.arrived))
    assert [text for _, text, _ in line.door.arrived] == ["đừng mất"]


async def test_a_mistake_of_ours_in_one_message_does_not_keep_the_others_waiting(polled: Line, an: Person) -> None:
    stumble = RuntimeError("a mistake made up for this test")

    class Stumbling(type(polled.door)):  # type: ignore[misc]
        async def __call__(self, inbound: Any) -> Any:
            if inbound.text == "hỏng":
                raise stumble
            return await super().__call__(inbound)

    polled.door.__class__ = Stumbling
    await an.says("hỏng")
    await an.says("còn đây")
    await polled.door.until(lambda: bool(polled.door.arrived))
    assert [text for _, text, _ in polled.door.arrived] == ["còn đây"]


async def test_typing_is_shown_while_somebody_waits_and_no_longer(server: ZaloBotServer, an: Person) -> None:
    async with zalo_bot_line(server, "webhook", typing_after=0) as line:
        await an.says("làm thế nào")
        await server.until(lambda: len(server.asked("sendChatAction")) == 1)
        await line.channel.send(Outgoing(1, line.address(an), "Thế này.", (), 1))
        assert line.channel._manners._typing == {}
        line.door.answering = False
        await an.says("chị ơi")
        assert len(server.asked("sendChatAction")) == 1


async def test_who_is_answered_at_once_sees_no_typing(server: ZaloBotServer, an: Person) -> None:
    async with zalo_bot_line(server, "webhook", typing_after=0.1) as line:
        await an.says("menu")
        await line.channel.send(Outgoing(1, line.address(an), "Đây.", (), 1))
        await asyncio.sleep(0.3)
        assert server.asked("sendChatAction") == []


# --- the webhook's secret


@pytest.mark.parametrize("given", [None, "", "forged", SECRET + "x", SECRET[:-1], SECRET.upper(), "bí mật"])
@pytest.mark.parametrize("size", [0, 2 * 1024 * 1024], ids=["small", "huge"])
async def test_who_does_not_know_the_secret_is_turned_away(hooked: Line, an: Person, given: str | None, size: int) -> None:
    headers = [] if given is None else [(SECRET_HEADER.encode(), given.encode())]
    body = json.dumps(an.update("text", text="giả" + "x" * size)).encode()
    async with httpx.AsyncClient() as http:
        response = await http.post(hooked.hook, content=body, headers=headers)
    assert response.status_code == 403
    assert hooked.door.inbound == []


def test_without_a_secret_of_ours_nobody_is_authentic() -> None:
    assert not any(authentic(given, secret) for given in (None, "", "x") for secret in (None, ""))


async def test_without_a_webhook_there_is_no_such_page(polled: Line) -> None:
    assert polled.channel.routes == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe", b"[" * 100_000, b"a=1"], ids=lambda body: str(body[:9])
)
async def test_a_body_that_is_no_update_is_refused(hooked: Line, body: bytes) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.post(hooked.hook, content=body, headers={SECRET_HEADER: SECRET})
    assert response.status_code == 400


async def test_a_huge_body_is_refused_before_it_is_read(hooked: Line) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.post(hooked.hook, content=b" " * 2 * 1024 * 1024, headers={SECRET_HEADER: SECRET})
    assert response.status_code == 413


# --- one poller


async def test_only_who_holds_the_office_polls(server: ZaloBotServer, an: Person) -> None:
    office = FakeOffice(held=False)
    async with zalo_bot_line(server, "polling", office=office) as line:
        await an.says("chào")
        await asyncio.sleep(0.1)
        assert server.asked("getUpdates") == []
        office.held = True
        await line.door.until(lambda: bool(line.door.inbound))
    assert office.resigned


async def test_an_idle_poll_is_no_trouble(polled: Line, an: Person) -> None:
    await polled.server.until(lambda: len(polled.server.asked("getUpdates")) >= 2)
    assert polled.channel.trouble is None
    await an.says("chào")
    await polled.door.until(lambda: bool(polled.door.inbound))
    assert polled.channel.trouble is None


async def test_what_comes_while_we_stop_is_stored(server: ZaloBotServer, an: Person) -> None:
    async with zalo_bot_line(server, "polling") as line:
        await server.until(lambda: server.polling > 0)
        stopping = asyncio.create_task(line.channel.stop())
        await asyncio.sleep(0)
        await an.says("vừa kịp")
        await stopping
        assert [one.text for one in line.door.inbound] == ["vừa kịp"]


@pytest.mark.parametrize(
    ("code", "named"), [(401, "ZALO_BOT_TOKEN"), (404, "ZALO_BOT_API"), (409, "another program polls"), (429, "month")]
)
async def test_what_keeps_us_from_polling_is_named(server: ZaloBotServer, code: int, named: str) -> None:
    async def refuse(_params: object) -> None:
        raise Refusal(code, "no")

    server._getUpdates = refuse  # type: ignore[method-assign,assignment]
    async with zalo_bot_line(server, "polling") as line:
        while line.channel.trouble is None:
            await asyncio.sleep(0.01)
        assert named in line.channel.trouble


async def test_a_webhook_that_is_not_taken_is_named(server: ZaloBotServer) -> None:
    async def refuse(_params: object) -> None:
        server.hook = {"url": "asked"}
        raise Refusal(400, "url is not reachable")

    server._setWebhook = refuse  # type: ignore[method-assign,assignment]
    async with zalo_bot_line(server, "webhook") as line:
        while line.channel.trouble is None:
            await asyncio.sleep(0.01)
        assert "url is not reachable" in line.channel.trouble


async def test_many_people_at_once_are_all_heard(hooked: Line) -> None:
    crowd = [hooked.server.person(f"người {number}") for number in range(8)]

    async def speak(person: Person) -> None:
        for number in range(3):
            await person.says(f"{person.name} {number}")

    await asyncio.gather(*map(speak, crowd))
    await hooked.door.until(lambda: len(hooked.door.arrived) == 24)
    assert {one.text for one in hooked.door.inbound} == {f"{person.name} {number}" for person in crowd for number in range(3)}
