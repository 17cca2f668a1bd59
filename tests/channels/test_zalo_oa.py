"""A Zalo OA over real HTTP, against a strict fake of Zalo: all that people send, and all that is wrong with a webhook."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.channels.webchat import WebChat
from bot.channels.zalo_oa import IGNORED, ZaloOa
from bot.channels.zalo_oa_updates import Echo, Membership, Nothing, Said, Unreadable, read
from bot.channels.zalo_oa_webhook import MOST_BODY, authentic, webhook
from bot.model.errors import StoreBusy
from bot.model.message import Address, Inbound, Kind, Received, Tap

from ..fakes.behind_web import Behind, serving
from ..fakes.door import FakeDoor
from ..fakes.zalo_oa import APP, APP_SECRET, OA, OA_SECRET, Person, ZaloServer, zalo_server
from .contract import TEXTS, Case, Outcome
from .zalo_line import Line, account, zalo_channel, zalo_line

ACCOUNT = account(OA)


@pytest.fixture
async def server() -> AsyncIterator[ZaloServer]:
    async with zalo_server(time.time) as fake:
        yield fake


@pytest.fixture
async def line(server: ZaloServer) -> AsyncIterator[Line]:
    async with zalo_line(server) as open_line:
        yield open_line


@pytest.fixture
def an(server: ZaloServer) -> Person:
    return server.person()


class OnThePhone:
    """The table's adapter: types and taps as people on Zalo do."""

    def __init__(self, line: Line, person: Person) -> None:
        self.door = line.door
        self._person = person

    async def text(self, text: str, key: str) -> tuple[Outcome, str]:
        await self._person.says(text)
        return Outcome.STORED, ""

    async def tap(self, payload: str, key: str) -> tuple[Outcome, str]:
        await self._person.says(payload)
        return Outcome.STORED, ""


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.name)
async def test_the_table_of_every_channel(line: Line, an: Person, case: Case) -> None:
    await case.send(OnThePhone(line, an))  # type: ignore[misc]
    ((kind, text, _),) = line.door.arrived
    assert (kind, text) == (Kind.TEXT, case.arrives)
    assert line.server.hook_answers == [200]


@pytest.mark.parametrize("payload", ["rubbish", ":act:menu", "x:act:menu", "12:30", "7:dance:now", "1:", "#menu"])
async def test_what_is_no_tap_of_ours_is_words(line: Line, an: Person, payload: str) -> None:
    """A tap comes as words here, so that foreign ones, of the OA's own menu say, are read as words."""
    await an.says(payload)
    assert [(one.kind, one.text, one.tap) for one in line.door.inbound] == [(Kind.TEXT, payload, None)]


CLICKS: list[dict[str, Any]] = [
    {"message": {"msg_id": "1", "payload": "7:act:menu"}},
    {"message": {"msg_id": "1", "text": "7:act:menu"}},
    {"message": {"msg_id": "1"}, "data": {"payload": "7:act:menu"}},
    {"payload": "7:act:menu"},
]


@pytest.mark.parametrize("shape", CLICKS, ids=lambda shape: json.dumps(shape)[:50])
async def test_a_tap_however_it_comes(line: Line, an: Person, shape: dict[str, Any]) -> None:
    await line.server.deliver(line.server.event("user_click_button", sender={"id": an.id}, recipient={"id": OA}, **shape))
    await an.says("7:act:menu")
    assert [(one.kind, one.tap) for one in line.door.inbound] == [(Kind.TAP, Tap("act:menu", 7))] * 2


KINDS = [
    ("image", Kind.PHOTO, {"attachments": [{"type": "image", "payload": {"url": "https://x", "thumbnail": "https://y"}}]}),
    ("file", Kind.FILE, {"attachments": [{"type": "file", "payload": {"url": "…", "name": "a.pdf", "size": "1024000", "type": "pdf"}}]}),
    ("audio", Kind.VOICE, {"attachments": [{"type": "audio", "payload": {"url": "…"}}]}),
    ("video", Kind.FILE, {}),
    ("sticker", Kind.STICKER, {}),
    ("gif", Kind.STICKER, {}),
    ("location", Kind.LOCATION, {"attachments": [{"payload": {"coordinates": {"latitude": "10.76", "longitude": "106.65"}}}]}),
    ("business_card", Kind.CONTACT, {}),
    ("link", Kind.OTHER, {"attachments": "odd"}),
    ("something_of_next_year", Kind.OTHER, {"x": [1]}),
]


@pytest.mark.parametrize(("name", "kind", "message"), KINDS, ids=lambda value: str(value) if isinstance(value, str) else "")
async def test_every_kind_reaches_the_door_without_its_content(
    line: Line, an: Person, name: str, kind: Kind, message: dict[str, Any]
) -> None:
    event = await an.sends(name, **message)
    (inbound,) = line.door.inbound
    assert (inbound.kind, inbound.text, inbound.address) == (kind, "", line.address(an))
    assert inbound.external_id == event["message"]["msg_id"]
    assert inbound.sent_at is not None


async def test_the_words_with_a_picture_or_a_link_are_read(line: Line, an: Person) -> None:
    await an.sends("image", text="máy báo lỗi này", attachments=[])
    await an.sends("link", text="https://gia-mao.example")
    assert [(one.kind, one.text) for one in line.door.inbound] == [
        (Kind.PHOTO, "máy báo lỗi này"),
        (Kind.TEXT, "https://gia-mao.example"),
    ]


async def test_shared_details_are_an_arrival_and_thrown_away(line: Line, an: Person) -> None:
    info = {"name": "Vàng Thị Dính", "phone": "84912345678", "address": "…"}
    event = line.server.event("user_submit_info", sender={"id": an.id}, recipient={"id": OA}, info=info)
    for _ in range(2):
        await line.server.deliver(event)
    (arrived,) = line.door.arrived
    assert arrived[:2] == (Kind.CONTACT, "")
    assert "84912345678" not in repr(line.door.inbound)


async def test_what_comes_twice_is_the_same_arrival(line: Line, an: Person) -> None:
    event = await an.says("xin chào")
    await line.server.deliver({**event, "timestamp": str(int(event["timestamp"]) + 5)})
    assert len(line.door.inbound) == 2
    assert len(line.door.arrived) == 1


async def test_an_event_of_two_hours_ago_is_taken_once(line: Line, an: Person) -> None:
    """Zalo repeats with the first time; the signature is of that time."""
    late = an.event("text", text="đừng mất")
    late["timestamp"] = str(int((time.time() - 2 * 3600) * 1000))
    for _ in range(3):
        assert await line.server.deliver(late) == 200
    assert [text for _, text, _ in line.door.arrived] == ["đừng mất"]


@pytest.mark.parametrize("as_header", [True, False])
async def test_ids_and_times_as_numbers(line: Line, an: Person, as_header: bool) -> None:
    event = line.server.event("user_send_text", sender={"id": int(an.id)}, recipient={"id": int(OA)}, message={"msg_id": 77, "text": 5})
    event["timestamp"] = int(event["timestamp"])
    raw = json.dumps(event, indent=2).encode()
    headers = line.server.signed(raw, str(event["timestamp"]))
    if as_header:
        headers["X-ZEvent-Timestamp"] = str(event["timestamp"])
    assert await line.server.post(raw, headers) == 200
    assert [(one.address, one.external_id, one.text) for one in line.door.inbound] == [(line.address(an), "77", "5")]


async def test_following_and_leaving_count_once(line: Line, an: Person) -> None:
    event = line.server.event("unfollow", oa_id=OA, follower={"id": an.id})
    for _ in range(3):
        await line.server.deliver(event)
    await an.follows()
    assert line.door.reached == [(line.address(an), False), (line.address(an), True)]


async def test_what_the_oa_says_is_told_and_never_answered(line: Line, an: Person) -> None:
    await line.server.deliver(line.server.echo(an.id, "m-1", "Chào bác, cháu ở xã đây"))
    assert line.door.echoes == [(line.address(an), "m-1", "Chào bác, cháu ở xã đây")]
    assert line.door.inbound == []


IGNORABLE: list[tuple[str, dict[str, Any]]] = [
    ("user_received_message", {"sender": {"id": OA}, "recipient": {"id": "1"}, "message": {"msg_id": "1"}}),
    ("user_seen_message", {"sender": {"id": OA}, "recipient": {"id": "1"}, "message": {"msg_ids": ["1", "2"]}}),
    ("anonymous_send_text", {"sender": {"id": "x"}, "recipient": {"id": OA}, "message": {"text": "chào"}}),
    ("user_reacted_message", {}),
    ("add_user_to_tag", {}),
    ("user_click_chatnow", {}),
    ("shop_has_order", {"x": 1}),
]


@pytest.mark.parametrize(("name", "parts"), IGNORABLE, ids=[name for name, _ in IGNORABLE])
async def test_what_asks_for_nothing_is_counted(line: Line, name: str, parts: dict[str, Any]) -> None:
    counted = IGNORED.labels("unknown" if name == "shop_has_order" else name)
    before = counted._value.get()
    await line.server.deliver(line.server.event(name, **parts))
    assert counted._value.get() == before + 1
    assert line.door.inbound == []


BROKEN: list[Any] = [
    [],
    5,
    {},
    {"event_name": 5},
    {"event_name": "user_send_text"},
    {"event_name": "user_send_text", "sender": "x", "message": []},
    {"event_name": "user_send_text", "sender": {"id": ""}, "message": {"msg_id": "1", "text": "x"}},
    {"event_name": "user_send_text", "sender": {"id": True}},
    {"event_name": "user_send_text", "sender": {"id": 1.5}},
    {"event_name": "user_send_text", "sender": {"id": "a b\x00"}},
    {"event_name": "follow"},
    {"event_name": "oa_send_text", "sender": {"id": OA}},
    {"event_name": "user_submit_info", "info": None},
]


@pytest.mark.parametrize("raw", BROKEN, ids=lambda raw: json.dumps(raw)[:50])
def test_an_event_that_nobody_can_read_is_called_so(raw: Any) -> None:
    with pytest.raises(Unreadable):
        read(raw, ACCOUNT, OA)


async def test_an_event_that_nobody_can_read_stops_no_other(line: Line, an: Person) -> None:
    for raw in BROKEN[3:]:
        assert await line.server.deliver({"timestamp": "1", **raw}) == 200
    await an.says("chào")
    assert [text for _, text, _ in line.door.arrived] == ["chào"]


def event(name: str, **parts: Any) -> dict[str, Any]:
    return {"event_name": name, "timestamp": "1699003881354", "sender": {"id": "7"}, "recipient": {"id": OA}, **parts}


def test_messages_without_an_id_are_told_apart_by_their_time() -> None:
    first, again = (read(event("user_send_text", message={"text": "a"}), ACCOUNT, OA) for _ in range(2))
    later = read({**event("user_send_text", message={"text": "a"}), "timestamp": "1699003881355"}, ACCOUNT, OA)
    assert isinstance(first, Said)
    assert isinstance(later, Said)
    assert first == again
    assert first.inbound.external_id != later.inbound.external_id


@pytest.mark.parametrize("odd", ["x" * 5000, "có dấu", "\ud800", "a\x00b"])
def test_odd_ids_become_ids_that_can_be_kept(odd: str) -> None:
    said = read(event("user_send_text", message={"msg_id": odd, "text": "a"}), ACCOUNT, OA)
    assert isinstance(said, Said)
    assert said.inbound.external_id.startswith("h-")
    assert len(said.inbound.external_id) < 100


@pytest.mark.parametrize("timestamp", [None, "", "x", [], 10**30, "-5", 0, 1e300])
def test_odd_times_do_no_harm(timestamp: Any) -> None:
    said = read({**event("user_send_text", message={"msg_id": "1", "text": "a"}), "timestamp": timestamp}, ACCOUNT, OA)
    assert isinstance(said, Said)
    assert said.inbound.sent_at is None


def test_events_of_another_oa_are_not_ours() -> None:
    others = [
        event("user_send_text", recipient={"id": "1"}, message={"msg_id": "1", "text": "a"}),
        event("follow", oa_id="1", follower={"id": "7"}),
        event("oa_send_text", sender={"id": "1"}, recipient={"id": "7"}, message={"msg_id": "1", "text": "a"}),
    ]
    assert [type(read(one, ACCOUNT, OA)) for one in others] == [Nothing] * 3
    own = event("user_send_text", sender={"id": OA}, message={"msg_id": "1", "text": "a"})
    assert isinstance(read(own, ACCOUNT, OA), Nothing)


def test_the_frame_of_following_has_no_sender() -> None:
    followed = read({"event_name": "follow", "oa_id": OA, "follower": {"id": "7"}, "timestamp": "1677721200000"}, ACCOUNT, OA)
    assert isinstance(followed, Membership)
    assert followed.follows
    assert followed.at is not None
    said = read(event("oa_send_image", sender={"id": OA}, recipient={"id": "7"}, message={"msg_id": "9"}), ACCOUNT, OA)
    assert isinstance(said, Echo)


# --- the signature


def text_of(person: Person) -> tuple[bytes, str]:
    made = person.event("text", text="giả")
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False).encode(), str(made["timestamp"])


def digest(*parts: bytes | str) -> str:
    return hashlib.sha256(b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)).hexdigest()


async def test_every_right_way_to_sign(line: Line, an: Person) -> None:
    for number, prefix in enumerate(("mac=", "", "MAC=")):
        raw, timestamp = text_of(an)
        good = digest(APP, raw, timestamp, OA_SECRET)
        assert await line.server.post(raw, {"X-ZEvent-Signature": prefix + (good.upper() if number == 2 else good)}) == 200
    raw, _ = text_of(an)
    other_time = {"X-ZEvent-Timestamp": "123", "X-ZEvent-Signature": f"mac={digest(APP, raw, '123', OA_SECRET)}"}
    assert await line.server.post(raw, other_time) == 200
    assert len(line.door.inbound) == 4


async def test_every_wrong_way_to_sign(line: Line, an: Person) -> None:
    raw, timestamp = text_of(an)
    parsed = json.loads(raw)
    wrong = {
        "nothing": None,
        "empty": "",
        "mac alone": "mac=",
        "the app's secret": digest(APP, raw, timestamp, APP_SECRET),
        "HMAC of the body": hmac.new(OA_SECRET.encode(), raw, hashlib.sha256).hexdigest(),
        "the OA's id for the app's": digest(OA, raw, timestamp, OA_SECRET),
        "written anew": digest(APP, json.dumps(parsed), timestamp, OA_SECRET),
        "no time": digest(APP, raw, OA_SECRET),
        "another order": digest(raw, APP, timestamp, OA_SECRET),
        "cut": digest(APP, raw, timestamp, OA_SECRET)[:-1],
        "no hex": "ă" * 64,
    }
    for name, given in wrong.items():
        headers = {} if given is None else {"X-ZEvent-Signature": given.encode()}
        assert await line.server.post(raw, headers) == 403, name
    assert line.door.inbound == []


async def test_a_body_that_a_proxy_wrote_anew_is_refused(line: Line, an: Person) -> None:
    raw, timestamp = text_of(an)
    assert await line.server.post(json.dumps(json.loads(raw), indent=1).encode(), line.server.signed(raw, timestamp)) == 403


async def test_zalos_unsigned_look_whether_somebody_is_here(line: Line) -> None:
    assert [await line.server.post(body, {}) for body in (b"", b"{}", b" {}\n")] == [200, 200, 200]
    assert [await line.server.post(body, {}) for body in (b'{"a":1}', b"[]", b"{ }{}", b"null")] == [403] * 4
    assert line.door.inbound == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"timestamp":' + b"9" * 5000 + b"}"], ids=len)
async def test_a_body_that_is_no_event_is_refused(line: Line, body: bytes) -> None:
    assert await line.server.post(body, line.server.signed(body, "1")) == 403


async def test_a_huge_body_is_refused_before_it_is_read(line: Line) -> None:
    assert await line.server.post(b" " * (2 * MOST_BODY), {}) == 413


def test_without_a_secret_of_ours_nobody_is_authentic() -> None:
    for secret in (None, ""):
        assert not authentic(b"{}", digest(APP, b"{}", "1", secret or ""), APP, secret, "1", None)


async def test_without_a_secret_the_webhook_is_closed(server: ZaloServer, an: Person) -> None:
    async with zalo_line(server, lambda fake: zalo_channel(fake, secret=None)) as line:
        server.secret = ""
        await an.says("chào")
        assert set(server.hook_answers) == {403}
        assert line.door.inbound == []


# --- storing


async def test_what_could_not_be_stored_is_brought_again(line: Line, an: Person) -> None:
    line.door.trouble = StoreBusy("the database did not answer")
    event = await an.says("đừng mất")
    assert set(line.server.hook_answers) == {503}
    line.door.trouble = None
    assert await line.server.deliver(event) == 200
    assert [text for _, text, _ in line.door.arrived] == ["đừng mất"]


async def test_a_slow_database_is_not_waited_for_longer_than_zalo_waits(server: ZaloServer, an: Person) -> None:
    class Slow(FakeDoor):
        async def __call__(self, inbound: Inbound) -> Received:
            await asyncio.sleep(30)
            raise AssertionError

    channel: ZaloOa = zalo_channel(server)
    await channel.start(Slow())
    raw, timestamp = text_of(an)
    async with serving(Behind(), WebChat(), str, routes=[webhook(channel.take, APP, OA_SECRET, within=0.1)]) as url:
        server.hook = f"{url}/channels/zalo-oa"
        began = time.monotonic()
        assert await server.post(raw, server.signed(raw, timestamp)) == 503
        assert time.monotonic() - began < 2
    await channel.stop()
    await channel.close()


async def test_an_event_that_makes_us_stumble_is_left_behind_after_some_tries(line: Line, an: Person) -> None:
    line.door.trouble = RuntimeError("a mistake made up for this test")
    await an.says("hỏng")
    assert line.server.hook_answers == [503, 503, 200]
    line.door.trouble = None
    await an.says("chào")
    assert [text for _, text, _ in line.door.arrived] == ["chào"]


async def test_the_domain_is_proved(line: Line) -> None:
    async with httpx.AsyncClient() as http:
        page = await http.get(line.server.hook.replace("/channels/zalo-oa", "/zalo_verifierQwErTy.html"))
    assert 'name="zalo-platform-site-verification" content="QwErTy"' in page.text


def test_addresses_are_of_one_oa() -> None:
    said = read(event("user_send_text", message={"msg_id": "1", "text": "a"}), ACCOUNT, OA)
    assert isinstance(said, Said)
    assert said.inbound.address == Address(f"zalo_oa:{OA}", "7")
